using CsCheck;
using ThreadGrains.Grains.Delivery;
using ThreadGrains.Grains.Rendering;
using ThreadGrains.Ledger;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Tests.Delivery;

/// <summary>Which deliveries of a thread go as one post (design 5.5).</summary>
public class Which_go_together
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private static DeliveryRow Row(int n) => Given.Reply with { Id = Given.Id(100 + n), Position = 100 + n };

    private static DeliveryRow[] Rows(int count) => [.. Enumerable.Range(0, count).Select(Row)];

    private static DeliveryStep.Post Next(DeliveryRow[] pending, TimeSpan laneWait = default, int length = 0, int text = 0, bool digests = true) => Assert.IsType<DeliveryStep.Post>(
        DeliveryEngine.Next(Given.With(pending), Given.Rules with { Digests = digests }, new DigestMeasure(laneWait, _ => new RenderedLength(length, text))));

    private static int Count(DeliveryStep.Post step)
    {
        Assert.Equal(step.Members.Count > 1 ? PostKind.Digest : PostKind.Reply, step.Kind);
        return step.Members.Count;
    }

    [Theory]
    [InlineData(10, 0, 1)]
    [InlineData(11, 0, 11)]
    [InlineData(2, 29, 1)]
    [InlineData(2, 30, 2)]
    [InlineData(80, 0, 50)]
    public void A_thread_far_behind_gets_up_to_fifty_as_one(int waiting, int secondsInTheLane, int together) =>
        Assert.Equal(together, Count(Next(Rows(waiting), TimeSpan.FromSeconds(secondsInTheLane))));

    [Fact]
    public void What_was_held_up_for_an_hour_comes_as_digests_also_after_a_restart()
    {
        DeliveryRow[] old = [.. Rows(3).Select(row => row with { Activity = row.Activity with { AcceptedAt = Given.Now.AddHours(-1) } })];
        Assert.Equal(3, Count(Next(old)));
        Assert.Equal(1, Count(Next([.. old.Select(row => row with { Activity = row.Activity with { AcceptedAt = Given.Now.AddMinutes(-59) } })])));
    }

    [Fact]
    public void Without_digests_they_go_one_by_one_but_for_what_was_in_doubt_together()
    {
        Assert.Equal(1, Count(Next(Rows(60), Long, digests: false)));
        var doubted = Rows(3).Select(row => row with { Doubted = true, Post = Given.Id(77) }).Append(Row(3));
        Assert.Equal(3, Count(Next([.. doubted], digests: false)));
    }

    [Fact]
    public void What_was_in_doubt_goes_again_in_exactly_its_company()
    {
        DeliveryRow[] pair = [.. Rows(2).Select(row => row with { Doubted = true, Post = Given.Id(77) })];
        DeliveryRow[] next = [.. Rows(60).Skip(2)];
        Assert.Equal(2, Count(Next([.. pair, .. next], Long)));
        Assert.Equal(1, Count(Next([pair[0], .. next], Long)));
        Assert.Equal(1, Count(Next([pair[0], pair[1] with { Post = Given.Id(78) }, .. next], Long)));
        Assert.Equal(2, Count(Next([Row(0), Row(1), pair[0] with { Position = 102 }], Long)));
    }

    [Fact]
    public void A_root_and_a_recap_are_never_in_a_digest_but_repeats_are()
    {
        Assert.Equal(PostKind.Root, Next([Given.Root, .. Rows(20)], Long).Kind);
        Assert.Equal(3, Count(Next([Row(0), Row(1), Row(2), Row(3) with { Kind = DeliveryKind.Recap }, .. Rows(20)], Long)));
        Assert.Equal(3, Count(Next([Row(0), Row(1) with { Kind = DeliveryKind.Repeat }, Row(2)], Long)));
    }

    [Fact]
    public void A_broadcast_reply_ends_the_digest_before_it_and_goes_alone()
    {
        var broadcast = Row(2) with { Broadcast = true };
        Assert.Equal(2, Count(Next([Row(0), Row(1), broadcast, Row(3)], Long)));
        Assert.Equal(1, Count(Next([broadcast, Row(3)], Long)));
    }

    [Fact]
    public void Whatever_may_not_go_yet_ends_the_digest()
    {
        Assert.Equal(1, Count(Next([Row(0), Row(1) with { DueAt = Given.Now.AddSeconds(1) }, Row(2)], Long)));
        Assert.Equal(1, Count(Next([Row(0), Row(1) with { DoubtPost = Given.Id(77) }, Row(2)], Long)));
    }

    [Fact]
    public void What_Slack_refused_together_goes_one_by_one()
    {
        DeliveryRow[] refused = [.. Rows(2).Select(row => row with { Reason = DigestChoice.RefusedTogether + "invalid_blocks" })];
        Assert.Equal(1, Count(Next([.. refused, .. Rows(60).Skip(2)], Long)));
        Assert.Equal(1, Count(Next([refused[1], .. Rows(60).Skip(2)], Long)));
        Assert.Equal(2, Count(Next([Row(0), Row(1), refused[0]], Long)));
        Assert.Equal(1, Count(Next([Row(0) with { Reason = "shortened:msg_too_long" }, .. Rows(60).Skip(1)], Long)));
    }

    [Fact]
    public void A_digest_that_can_never_go_is_taken_apart_unless_it_was_in_doubt()
    {
        DeliveryRow[] members = [.. Rows(3).Select(row => row with { Attempts = 1 })];
        PostResult After(IReadOnlyList<DeliveryRow> tried, PostOutcome outcome) => DeliveryEngine.After(Given.Thread, tried, outcome, Given.Now, 0.5, Given.Rules).Result;
        var poison = new PostOutcome.Refused(RefusalScope.Message, "invalid_blocks");
        Assert.Equal(new PostResult.TryAgain(Given.Now, "digest_refused:invalid_blocks", UsesAttempt: false), After(members, poison));
        Assert.Equal(new PostResult.TryAgain(Given.Now, "shortened:invalid_blocks", UsesAttempt: false), After(members[..1], poison));
        Assert.Equal(new PostResult.TryAgain(Given.Now, "shortened:invalid_blocks", UsesAttempt: false), After([.. members.Select(row => row with { Doubted = true })], poison));
        Assert.Equal(new PostResult.Dead("invalid_blocks"), After([members[0] with { Reason = "shortened:invalid_blocks" }], poison));
        Assert.Equal(new PostResult.Dead("invalid_blocks"), After([.. members.Select(row => row with { Doubted = true, Reason = "shortened:invalid_blocks" })], poison));
        // The head's tries are used up, not those of its company.
        Assert.IsType<PostResult.TryAgain>(After([members[0] with { Attempts = 12 }, .. members[1..]], new PostOutcome.NotSent("refused")));
        Assert.Equal(new PostResult.ThreadGone("thread_not_found"), After(members, new PostOutcome.Refused(RefusalScope.Thread, "thread_not_found")));
    }

    /// <summary>Whatever waits: the posts' members in order are what waited, each once; at least one a post, never above the limits.</summary>
    [Fact]
    public void Post_by_post_everything_goes_in_order_within_the_limits() =>
        Gen.Select(Gen.Int[0, 3000].Array[1, 150], Gen.Int[0, 9].Array[150], Gen.Int[0, 40]).Sample((lengths, kinds, wait) =>
        {
            var waiting = lengths.Select((_, i) => kinds[i] switch
            {
                0 => Row(i) with { Broadcast = true },
                1 => Row(i) with { Doubted = true, Post = Given.Id(i - (i % 3)) },
                2 => Row(i) with { Reason = DigestChoice.RefusedTogether + "x" },
                3 => Row(i) with { Kind = DeliveryKind.Repeat },
                _ => Row(i),
            }).ToList();
            RenderedLength LengthOf(DeliveryRow row) => new(lengths[(int)row.Position - 100], lengths[(int)row.Position - 100] / (1 + (wait % 4)));
            var left = waiting.ToList();
            var went = new List<DeliveryRow>();
            while (left.Count > 0)
            {
                var work = Given.With([.. left.Take(DigestChoice.MaxMembers)]) with { PendingCount = left.Count };
                var step = (DeliveryStep.Post)DeliveryEngine.Next(work, Given.Rules, new DigestMeasure(TimeSpan.FromSeconds(wait), LengthOf));
                Assert.InRange(Count(step), 1, DigestChoice.MaxMembers);
                var length = step.Members.Select(LengthOf).Aggregate((one, other) => one + other);
                Assert.True(step.Members.Count == 1 || length is { Shown: <= DigestChoice.MaxShown, Text: <= DigestChoice.MaxText } || step.Members[0].Doubted);
                went.AddRange(step.Members);
                left.RemoveRange(0, step.Members.Count);
            }

            Assert.Equal(waiting, went);
        }, iter: 300);
}
