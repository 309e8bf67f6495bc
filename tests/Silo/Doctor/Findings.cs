using ThreadGrains.Slack;
using ThreadGrains.Slack.WebApi;
using ThreadGrains.Standalone.Doctor;

namespace ThreadGrains.Silo.Tests.Doctor;

/// <summary>From facts to findings, without Slack: what the emulator cannot show, and the edges of each limit.</summary>
public sealed class Findings
{
    private static readonly Uri Api = new("https://slack.example/api/");
    private static readonly Uri Ours = new("http://127.0.0.1:5080/");
    private static readonly DateTimeOffset Noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly SlackIdentity Bot = new() { TeamId = "T1TEAM", UserId = "U1BOT", BotId = "B1BOT", AppId = "A1APP" };

    [Theory]
    [InlineData(0, "Ok")]
    [InlineData(30, "Ok")]
    [InlineData(31, "Warn")]
    [InlineData(-31, "Warn")]
    [InlineData(120, "Warn")]
    [InlineData(121, "Fail")]
    [InlineData(-121, "Fail")]
    public void A_clock_is_judged_by_its_distance_from_Slacks(int aheadSeconds, string verdict)
    {
        // The header's seconds are cut off, so half of one is the even case.
        var at = Noon.AddSeconds(aheadSeconds + 0.5);

        Assert.Equal(verdict, ConnectionCheck.Clock(Answer(date: Noon, at: at)).Verdict.ToString());
    }

    [Fact]
    public void Every_scope_of_the_list_is_missed_by_name_and_the_vital_ones_fail()
    {
        var findings = ConnectionCheck.Scopes(Answer(scopes: []), "T1TEAM").ToList();

        Assert.Equal(SlackScope.All.Count, findings.Count);
        Assert.All(SlackScope.All.Zip(findings), pair =>
        {
            Assert.Equal(pair.First.IsVital ? Verdict.Fail : Verdict.Warn, pair.Second.Verdict);
            Assert.StartsWith($"{pair.First.Name} is missing: {pair.First.Without}", pair.Second.Detail, StringComparison.Ordinal);
            Assert.Contains(pair.First.Name, pair.Second.Mend, StringComparison.Ordinal);
        });
        Assert.Equal(Verdict.Warn, Assert.Single(ConnectionCheck.Scopes(Answer(scopes: null), "T1TEAM")).Verdict);
    }

    [Fact]
    public void An_organizations_token_serves_another_workspace_and_any_other_does_not()
    {
        Assert.DoesNotContain(ConnectionCheck.Token(Answer(Bot with { IsEnterpriseInstall = true }), "T2OTHER", null, Api), finding => finding.Verdict == Verdict.Fail);
        Assert.Contains(ConnectionCheck.Token(Answer(Bot), "T2OTHER", null, Api), finding => finding.Verdict == Verdict.Fail);
        Assert.Contains(ConnectionCheck.Token(Answer(Bot with { BotId = null }), "T1TEAM", null, Api), finding => finding.Verdict == Verdict.Fail);
    }

    [Theory]
    [InlineData("dns", "DNS")]
    [InlineData("refused", "connection refused")]
    [InlineData("tls", "no trustworthy TLS")]
    [InlineData("proxy", "the proxy refuses")]
    [InlineData("connect_timeout", "no connection to slack.example:443")]
    public void Each_way_of_not_reaching_Slack_is_told_apart(string reason, string told)
    {
        var finding = ConnectionCheck.Reach(new FirstAnswer(new CallOutcome<SlackIdentity>.RetryLater(reason, WorkspaceWide: false), SlackHeaders.None, null), Api);

        Assert.Equal(Verdict.Fail, finding.Verdict);
        Assert.Contains(told, finding.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "in the channel")]
    [InlineData("1700000001.000000", "in another thread")]
    public void A_reply_that_Slack_did_not_put_into_its_thread_fails(string? landed, string where)
    {
        var root = SlackTs.Parse("1700000000.000000");
        var facts = new TestPostFacts
        {
            Root = new PostOutcome.Posted(root, "C1", null, HasMessage: true),
            Reply = new PostOutcome.Posted(SlackTs.Parse("1700000002.000000"), "C1", landed is null ? null : SlackTs.Parse(landed), HasMessage: true),
            Edit = new CallOutcome<UpdatedMessage>.Ok(new UpdatedMessage("C1", root), SlackHeaders.None),
        };

        var reply = Assert.Single(TestPostCheck.Of(facts, "C1", Api), finding => finding.What == "test reply in C1");

        Assert.Equal(Verdict.Fail, reply.Verdict);
        Assert.Contains(where, reply.Detail, StringComparison.Ordinal);
        Assert.Contains("exempt this channel", reply.Mend, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_that_could_not_be_deleted_or_found_is_told()
    {
        var facts = new TestPostFacts
        {
            Root = new PostOutcome.Unknown("timeout"),
            LeftBehind = true,
            Deletions = [new CallOutcome<DeletedMessage>.Refused(RefusalScope.Message, "cant_delete_message")],
        };

        var cleanUps = TestPostCheck.Of(facts, "C1", Api).Where(finding => finding.What == "clean-up in C1").ToList();

        Assert.Equal([Verdict.Warn, Verdict.Fail], cleanUps.Select(finding => finding.Verdict));
        Assert.All(cleanUps, finding => Assert.Contains("ThreadGrains doctor", finding.Mend, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(200, "{\"challenge\":\"threadgrains-doctor\"}", "Ok")]
    [InlineData(200, "threadgrains-doctor", "Ok")]
    [InlineData(200, "", "Warn")]
    [InlineData(404, "", "Warn")]
    public void The_events_address_is_well_when_it_answers_the_handshake(int status, string body, string verdict)
    {
        var facts = new AddressFacts(Answered(401), Answered(200), Answered(200), new ProbeAnswer.Answered(status, body, null));

        Assert.Equal(verdict, AddressCheck.Of(facts, Ours, "product", Ours).Single(finding => finding.What == "events at the product").Verdict.ToString());
    }

    [Theory]
    [InlineData("dns", "its name has no address")]
    [InlineData("timeout", "no answer in time")]
    [InlineData("tls", "TLS fails")]
    public void Each_way_of_not_reaching_ourselves_is_told_apart(string reason, string told) =>
        Assert.Contains(told, AddressCheck.Of(new AddressFacts(new ProbeAnswer.None(reason), null, null, null), Ours, "product", Ours).Single().Detail, StringComparison.Ordinal);

    [Fact]
    public void A_login_page_before_the_product_and_a_product_that_is_not_ready_are_told_apart()
    {
        var login = AddressCheck.Of(new AddressFacts(new ProbeAnswer.Answered(401, "<html>", null), null, null, null), Ours, "product", Ours).Single();
        var notReady = AddressCheck.OfReady(new ProbeAnswer.Answered(503, "{}", null), Ours, runs: true);

        Assert.Contains("asks for a login", login.Detail, StringComparison.Ordinal);
        Assert.Contains("is not ready", notReady.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("xoxe.xoxb-1-abc", "token rotation is on")]
    [InlineData("xapp-1-abc", "an app-level token")]
    [InlineData("xoxb-", "ends too early")]
    [InlineData("xoxb-1-2-ab cd", "characters that no token has")]
    [InlineData("hunter2", "does not begin with xoxb-")]
    public void A_token_of_another_kind_is_named_by_its_kind_and_not_shown(string token, string told)
    {
        var finding = ConfigurationCheck.OfToken("token", token, "SETTING");

        Assert.Equal(Verdict.Fail, finding.Verdict);
        Assert.Contains(told, finding.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(token[(token.IndexOf('-', StringComparison.Ordinal) + 1)..] is { Length: > 0 } secret ? secret : "\0", finding.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, "Fail")]
    [InlineData(null, "old-token", "Warn")]
    [InlineData("0123456789abcdef0123456789abcdef", null, "Ok")]
    [InlineData("0123456789abcdef0123456789abcdef, fedcba9876543210fedcba9876543210", null, "Ok")]
    [InlineData("0123456789abcdef0123456789abcdef,", null, "Fail")]
    [InlineData("xoxb-1-2-3", null, "Fail")]
    [InlineData("not Slack's", null, "Warn")]
    public void A_signing_secret_is_judged_by_its_form(string? secrets, string? legacy, string verdict) =>
        Assert.Equal(verdict, ConfigurationCheck.OfSecret(secrets, legacy).Verdict.ToString());

    [Theory]
    [InlineData("tg_local_0123456789012345678901234567890123456789012", "Ok")]
    [InlineData("tg_other_0123456789012345678901234567890123456789012", "Fail")]
    [InlineData("tg_local_short", "Fail")]
    [InlineData(null, "Warn")]
    public void An_API_key_is_judged_by_its_form(string? key, string verdict) =>
        Assert.Equal(verdict, ConfigurationCheck.OfApiKey(key, "local").Verdict.ToString());

    [Fact]
    public void A_token_in_a_line_is_cut_down_whatever_put_it_there()
    {
        var finding = Finding.Fail("what", "it is xoxb-1-2-secret", "not xoxb-1-2-secret");

        Assert.DoesNotContain("secret", Report.Line(finding) + Report.Json([finding]), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_failure_of_Slack_has_its_advice()
    {
        CallOutcome<SlackIdentity>[] outcomes =
        [
            new CallOutcome<SlackIdentity>.Limited(null, "ratelimited"), new CallOutcome<SlackIdentity>.RetryLater("accesslimited", true),
            new CallOutcome<SlackIdentity>.Refused(RefusalScope.Unknown, "a_code_of_tomorrow"), new CallOutcome<SlackIdentity>.Unknown("http_500"),
            new CallOutcome<SlackIdentity>.NotSlack("302"),
        ];

        Assert.Null(Trouble.Of(Answer().Outcome));
        Assert.All(outcomes, outcome => Assert.NotEmpty(Trouble.Of(outcome)!.Explain(Api).Mend));
    }

    private static ProbeAnswer Answered(int status) => new ProbeAnswer.Answered(status, "", null);

    private static FirstAnswer Answer(SlackIdentity? identity = null, string[]? scopes = null, DateTimeOffset? date = null, DateTimeOffset? at = null)
    {
        var headers = new SlackHeaders(scopes, date ?? Noon, null);
        return new FirstAnswer(new CallOutcome<SlackIdentity>.Ok(identity ?? Bot, headers), headers, at ?? Noon);
    }
}
