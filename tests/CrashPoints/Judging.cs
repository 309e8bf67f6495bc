using ThreadGrains.CrashPoints.Running;

namespace ThreadGrains.CrashPoints.Tests;

/// <summary>The judge is judged: whatever can be wrong is planted into a channel that is right.</summary>
public sealed class Judging
{
    private static readonly CrashCase Plain = new(Story.Plain, CrashPoint.Parse("Claim:after:2"), NextOwner.SameOnSqlite);
    private static readonly string[] Accepted = ["a1", "a2"];

    [Fact]
    public void A_channel_that_is_right_is_as_promised() => Assert.True(Judge.Of(Plain, Accepted, Right()).IsAsPromised);

    [Fact]
    public void A_reply_that_is_missing_is_lost() => Assert.Equal(1, Wrong([.. Right().Where(message => message.Ts != "2")]).Lost);

    [Fact]
    public void A_reply_that_stands_in_the_channel_is_lost_and_a_phantom()
    {
        var verdict = Wrong(With(1, reply => reply with { ThreadTs = null }));

        Assert.Equal((1, 1), (verdict.Lost, verdict.Phantom));
    }

    [Fact]
    public void A_second_copy_counts_even_when_it_is_deleted()
    {
        var left = Wrong([.. Right(), Right()[1] with { Ts = "4" }]);
        var deleted = Wrong([.. Right(), Right()[1] with { Ts = "4", Deleted = true }]);

        Assert.Equal((1, 1), (left.DoubledEver, left.DoubledLeft));
        Assert.Equal((1, 0), (deleted.DoubledEver, deleted.DoubledLeft));
    }

    [Fact]
    public void Replies_that_changed_places_are_out_of_order() => Assert.Equal(1, Wrong([Right()[0], Right()[2], Right()[1]]).OutOfOrder);

    [Fact]
    public void What_was_never_accepted_is_a_phantom() => Assert.Equal(1, Wrong([.. Right(), new("4", "1", Judge.Mark("a9"), false, false)]).Phantom);

    [Fact]
    public void A_reply_that_names_its_issue_by_its_title_is_no_announcement()
    {
        string titled = $"Ada commented on {Judge.Mark(Judge.Root)} (billing-42):\n> {Judge.Mark("a1")}";
        Assert.True(Judge.Of(Plain, Accepted, With(1, reply => reply with { Text = titled })).IsAsPromised);
        Assert.Equal((1, 1), (Wrong(With(1, reply => reply with { Text = $"{Judge.Mark(Judge.Root)} (unresolved)" })).Lost, Wrong(With(1, reply => reply with { Text = $"{Judge.Mark(Judge.Root)} (unresolved)" })).DoubledEver));
    }

    [Fact]
    public void A_card_of_before_is_stale() => Assert.True(Wrong(With(0, root => root with { OffersUnresolve = false })).StaleCard);

    [Fact]
    public void Of_a_thread_whose_parent_was_deleted_nothing_may_be_left()
    {
        var crash = Plain with { Story = Story.ParentGone };
        StoredMessage[] gone = [Right()[0] with { Deleted = true }, Right()[1] with { ThreadTs = null, Deleted = true }];

        Assert.True(Judge.Of(crash, Accepted, gone).IsAsPromised);
        Assert.Equal(1, Judge.Of(crash, Accepted, [gone[0], gone[1] with { Deleted = false }]).Phantom);
    }

    [Fact]
    public void A_late_copy_must_have_been_there_and_be_gone()
    {
        var crash = Plain with { Story = Story.LateCopy };

        Assert.False(Judge.Of(crash, Accepted, Right()).IsAsPromised);
        Assert.True(Judge.Of(crash, Accepted, [.. Right(), Right()[1] with { Ts = "4", Deleted = true }]).IsAsPromised);
        Assert.False(Judge.Of(crash, Accepted, [.. Right(), Right()[1] with { Ts = "4" }]).IsAsPromised);
    }

    private static StoredMessage[] Right() =>
        [new("1", null, Judge.Mark(Judge.Root), false, true), new("2", "1", Judge.Mark("a1"), false, false), new("3", "1", Judge.Mark("a2"), false, false)];

    private static StoredMessage[] With(int place, Func<StoredMessage, StoredMessage> change) =>
        [.. Right().Index().Select(message => message.Index == place ? change(message.Item) : message.Item)];

    private static Verdict Wrong(IReadOnlyList<StoredMessage> channel)
    {
        var verdict = Judge.Of(Plain, Accepted, channel);
        Assert.False(verdict.IsAsPromised, verdict.ToString());
        return verdict;
    }
}
