using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Slack.WebApi;
using ThreadGrains.Workspaces;

namespace ThreadGrains.Grains.Tests.Workspaces;

/// <summary>Which tokens may be kept, and what is told of those that may not.</summary>
public class Proving_a_token
{
    private static CallOutcome<SlackIdentity> Ok(string team) => new CallOutcome<SlackIdentity>.Ok(new SlackIdentity { TeamId = team, UserId = "U0BOT" }, SlackHeaders.None);

    public static TheoryData<string, CallOutcome<SlackIdentity>, string?, InstallationOutcome, string?> Answers => new()
    {
        { "its own, unbound", Ok("T0ONE"), null, InstallationOutcome.Done, null },
        { "its own, bound to us", Ok("T0ONE"), "acme", InstallationOutcome.Done, null },
        { "its own, bound to others", Ok("T0ONE"), "other", InstallationOutcome.Taken, null },
        { "another's", Ok("T0TWO"), null, InstallationOutcome.OtherTeam, "T0TWO" },
        // Who has no token of the workspace does not learn that others use it.
        { "another's, bound to others", Ok("T0TWO"), "other", InstallationOutcome.OtherTeam, "T0TWO" },
        { "refused", new CallOutcome<SlackIdentity>.Refused(RefusalScope.Workspace, "token_revoked"), "other", InstallationOutcome.TokenRefused, "token_revoked" },
        { "limited", new CallOutcome<SlackIdentity>.Limited(null, "ratelimited"), null, InstallationOutcome.SlackSilent, null },
        { "later", new CallOutcome<SlackIdentity>.RetryLater("timeout", false), null, InstallationOutcome.SlackSilent, null },
        { "unknown", new CallOutcome<SlackIdentity>.Unknown("reset"), null, InstallationOutcome.SlackSilent, null },
        { "not Slack", new CallOutcome<SlackIdentity>.NotSlack("502"), null, InstallationOutcome.SlackSilent, null },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void Only_a_token_that_Slack_says_is_this_workspaces_and_nobody_elses_is_kept(
        string token, CallOutcome<SlackIdentity> said, string? boundTo, InstallationOutcome outcome, string? detail) =>
        Assert.Equal((token, outcome, detail), (token, InstallationProof.Of(said, "T0ONE", boundTo, "acme").Outcome, InstallationProof.Of(said, "T0ONE", boundTo, "acme").Detail));

    [Fact]
    public void Every_kind_of_answer_is_among_them() => Assert.Equal(
        typeof(CallOutcome<>).GetNestedTypes().Select(kind => kind.Name).Order(StringComparer.Ordinal),
        Answers.Select(row => ((object[])row)[1].GetType().Name).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("xoxb-1-2-abc", true)]
    [InlineData("xoxb-ab", false)]
    [InlineData("xoxb-abc\n", false)]
    [InlineData("xoxb-a b c", false)]
    [InlineData("xoxp-1-2-abc", false)]
    [InlineData("xoxe.xoxb-1-abc", false)]
    [InlineData("", false)]
    public void A_bot_token_has_a_form(string text, bool is_one)
    {
        Assert.Equal(is_one, InstallationRules.IsBotToken(text));
        Assert.False(InstallationRules.IsBotToken("xoxb-" + new string('a', 251)));
    }

    [Fact]
    public void What_carries_a_token_does_not_print_it() =>
        Assert.DoesNotContain("CANARY", $"{new InstallationRequest("acme", "xoxb-CANARY", "api key 1")}", StringComparison.Ordinal);

    [Fact]
    public void A_rotation_says_which_keys_are_still_needed()
    {
        var report = InstallationKeysGrain.Report("new", [new("new", true), new("new", false), new("old", false), new("older", false), new("old", false)], complete: true);
        Assert.Equal(("new", 5, 1, true), (report.Key, report.Stored, report.Reencrypted, report.IsComplete));
        Assert.Equal([new KeyUse("old", 2), new KeyUse("older", 1)], report.Remaining);
    }
}
