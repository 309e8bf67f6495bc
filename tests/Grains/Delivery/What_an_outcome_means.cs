using System.Reflection;
using ThreadGrains.Grains.Delivery;
using ThreadGrains.Ledger;
using ThreadGrains.Slack;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Tests.Delivery;

/// <summary>What a post's outcome means for its delivery, its thread and its lanes.</summary>
public class What_an_outcome_means
{
    private static readonly SlackTs Ts = SlackTs.Parse("1700000009.000100");
    private static readonly SlackTs Parent = SlackTs.Parse(Given.Thread.Ts!);

    private static PostDecision After(PostOutcome outcome, DeliveryRow? head = null) =>
        DeliveryEngine.After(Given.Thread, (head ?? Given.Reply) with { Attempts = (head ?? Given.Reply).Attempts + 1 }, outcome, Given.Now, 0.5, Given.Rules);

    [Fact]
    public void A_reply_that_landed_in_its_thread_is_sent() =>
        Assert.Equal(new PostResult.Sent(Ts.ToString()), After(new PostOutcome.Posted(Ts, "C1", Parent, true)).Result);

    [Fact]
    public void A_reply_that_Slack_put_into_the_channel_is_an_orphan_although_it_said_ok()
    {
        Assert.Equal(new PostResult.Orphaned(Ts.ToString()), After(new PostOutcome.Posted(Ts, "C1", null, true)).Result);
        Assert.Equal(new PostResult.Orphaned(Ts.ToString()), After(new PostOutcome.Posted(Ts, "C1", SlackTs.Parse("1600000000.000100"), true)).Result);
    }

    [Fact]
    public void An_answer_that_does_not_show_the_message_leaves_its_landing_in_doubt() =>
        Assert.IsType<PostResult.Doubt>(After(new PostOutcome.Posted(Ts, "C1", null, false)).Result);

    [Fact]
    public void A_root_is_sent_wherever_Slack_says_it_is() =>
        Assert.IsType<PostResult.Sent>(After(new PostOutcome.Posted(Ts, "C1", null, true), Given.Root).Result);

    [Fact]
    public void What_was_sent_again_out_of_doubt_is_verified_a_minute_later() =>
        Assert.Equal(Given.Now.AddSeconds(60), Assert.IsType<PostResult.Sent>(After(new PostOutcome.Posted(Ts, "C1", Parent, true), Given.Reply with { Doubted = true }).Result).VerifyAt);

    [Fact]
    public void An_unknown_outcome_is_a_doubt_that_is_read_five_seconds_after_its_end() =>
        Assert.Equal(new PostResult.Doubt("timeout", KnownEnd: true, Given.Now.AddSeconds(5)), After(new PostOutcome.Unknown("timeout")).Result);

    [Fact]
    public void A_rate_limit_uses_no_attempt_and_pauses_the_lane()
    {
        var decision = After(new PostOutcome.Limited(TimeSpan.FromSeconds(7), "ratelimited"));
        Assert.False(Assert.IsType<PostResult.TryAgain>(decision.Result).UsesAttempt);
        Assert.Equal(new LaneReport.Throttled(TimeSpan.FromSeconds(7), WorkspaceWide: false), decision.Report);
        Assert.Equal(new LaneReport.Throttled(null, WorkspaceWide: true), After(new PostOutcome.Limited(null, "message_limit_exceeded")).Report);
        Assert.Equal(new LaneReport.Throttled(null, WorkspaceWide: true), After(new PostOutcome.Limited(null, "accesslimited")).Report);
        Assert.Equal(new LaneReport.Throttled(null, WorkspaceWide: false), After(new PostOutcome.Limited(null, "http_429")).Report);
    }

    [Fact]
    public void A_channel_that_cannot_be_posted_to_parks_and_uses_no_attempt()
    {
        var decision = After(new PostOutcome.Refused(RefusalScope.Channel, "is_archived"));
        Assert.False(Assert.IsType<PostResult.TryAgain>(decision.Result).UsesAttempt);
        Assert.Equal(new LaneReport.ChannelTrouble("is_archived"), decision.Report);
    }

    [Theory]
    [InlineData("msg_too_long")]
    [InlineData("msg_blocks_too_long")]
    [InlineData("invalid_blocks")]
    [InlineData("invalid_blocks_format")]
    public void Content_that_Slack_refuses_goes_once_more_as_a_plain_line_and_then_is_dead(string error)
    {
        var refused = new PostOutcome.Refused(RefusalScope.Message, error);
        foreach (var head in new[] { Given.Reply, Given.Root })
        {
            var again = Assert.IsType<PostResult.TryAgain>(After(refused, head).Result);
            Assert.Equal((Given.Now, $"shortened:{error}", false), (again.DueAt, again.Reason, again.UsesAttempt));
            Assert.Equal(new PostResult.Dead(error), After(refused, head with { Reason = again.Reason }).Result);
        }
    }

    [Fact]
    public void Content_that_can_never_go_is_dead() =>
        Assert.Equal(new PostResult.Dead("too_many_attachments"), After(new PostOutcome.Refused(RefusalScope.Message, "too_many_attachments")).Result);

    [Fact]
    public void A_thread_that_takes_no_replies_is_gone_but_a_root_just_dies()
    {
        Assert.Equal(new PostResult.ThreadGone("cannot_reply_to_message"), After(new PostOutcome.Refused(RefusalScope.Thread, "cannot_reply_to_message")).Result);
        Assert.Equal(new PostResult.Dead("restricted_action_non_threadable_channel"), After(new PostOutcome.Refused(RefusalScope.Thread, "restricted_action_non_threadable_channel"), Given.Root).Result);
    }

    [Fact]
    public void A_code_that_nobody_knows_gets_three_tries()
    {
        var unknown = new PostOutcome.Refused(RefusalScope.Unknown, "brand_new_error");
        Assert.IsType<PostResult.TryAgain>(After(unknown).Result);
        Assert.Equal(new PostResult.Dead("brand_new_error"), After(unknown, Given.Reply with { Attempts = 2 }).Result);
    }

    [Fact]
    public void Retries_end()
    {
        var failure = new PostOutcome.NotSent("refused");
        Assert.IsType<PostResult.TryAgain>(After(failure, Given.Reply with { Attempts = 10 }).Result);
        Assert.Equal(new PostResult.Dead("gave_up:refused"), After(failure, Given.Reply with { Attempts = 11 }).Result);
    }

    [Fact]
    public void A_closed_window_uses_no_attempt() =>
        Assert.False(Assert.IsType<PostResult.TryAgain>(After(new PostOutcome.NotSent("window_closed")).Result).UsesAttempt);

    [Fact]
    public void An_answer_that_is_not_Slacks_is_a_doubt_with_a_known_end_and_pauses_the_workspace()
    {
        foreach (var (answer, evidence, status) in new (PostOutcome, string, string)[]
        {
            (new PostOutcome.NotSlack("404"), "not_slack:404", "404"),
            (new PostOutcome.NotSlack("204"), "not_slack:204", "204"),
            (new PostOutcome.Unknown("not_json"), "not_json", "200"),
            (new PostOutcome.Unknown("without_ok"), "without_ok", "200"),
        })
        {
            var decision = After(answer);
            Assert.Equal(new PostResult.Doubt(evidence, KnownEnd: true, Given.Now.AddSeconds(5)), decision.Result);
            Assert.Equal(new LaneReport.NotSlack(status), decision.Report);
        }
    }

    /// <summary>C# does not check that a switch over a closed family is complete: every case is fed to the decision.</summary>
    [Fact]
    public void Every_outcome_and_every_scope_has_a_rule()
    {
        PostOutcome[] outcomes =
        [
            new PostOutcome.Posted(Ts, "C1", Parent, true), new PostOutcome.NotSent("dns"), new PostOutcome.Limited(null, "ratelimited"),
            new PostOutcome.RetryLater("x", false), new PostOutcome.RetryLater("x", true), new PostOutcome.Unknown("x"), new PostOutcome.NotSlack("500"),
            .. Enum.GetValues<RefusalScope>().Select(scope => new PostOutcome.Refused(scope, "x")),
        ];
        var family = typeof(PostOutcome).GetNestedTypes(BindingFlags.Public).Where(typeof(PostOutcome).IsAssignableFrom).ToHashSet();
        Assert.Equal(family, outcomes.Select(outcome => outcome.GetType()).ToHashSet());
        foreach (var outcome in outcomes)
        {
            Assert.NotNull(After(outcome).Result);
            Assert.NotNull(After(outcome, Given.Root).Result);
        }
    }
}
