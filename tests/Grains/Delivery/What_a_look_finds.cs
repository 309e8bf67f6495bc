using ThreadGrains.Grains.Delivery;
using ThreadGrains.Ledger;
using ThreadGrains.Slack;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Tests.Delivery;

/// <summary>Which messages of a thread are copies of a post (design 5.4), also after a restore from a backup (5.6).</summary>
public class What_a_look_finds
{
    private const string Early = "1700000100.000100";
    private const string Late = "1700000200.000100";

    private static readonly PostRow Restored = Given.Doubtful with { Restored = true, Members = [Given.Id(10)] };

    [Fact]
    public async Task The_post_is_known_by_its_own_id() =>
        Assert.Equal(Early, Found(await Look(Given.Doubtful, Message(Early, Given.Doubtful.Id, Given.Id(99)))).Ts);

    [Fact]
    public async Task A_restored_post_is_known_by_its_delivery_under_a_strange_id() =>
        Assert.Equal(Early, Found(await Look(Restored, Message(Early, Given.Id(77), Given.Id(10)))).Ts);

    [Fact]
    public async Task A_restored_post_is_known_wherever_it_stands_in_a_digest_that_came_after_the_backup()
    {
        var digest = Message(Early, Given.Id(77), null) with { Marker = PostMarker.Of(Given.Id(77), [Given.Id(9), Given.Id(10), Given.Id(11)]) };
        Assert.Equal(Early, Found(await Look(Restored, digest)).Ts);
        Assert.IsType<ReadEvidence.Absent>(await Look(Restored with { Members = [Given.Id(12)] }, digest));
    }

    [Fact]
    public async Task A_post_of_this_life_is_not_known_by_its_delivery() =>
        Assert.IsType<ReadEvidence.Absent>(await Look(Given.Doubtful, Message(Early, Given.Id(77), Given.Id(10))));

    [Fact]
    public async Task What_came_after_the_backup_is_neither_found_nor_a_further_copy()
    {
        Assert.IsType<ReadEvidence.Absent>(await Look(Restored, Message(Early, Given.Id(77), Given.Id(78)), Message(Late, Given.Id(79), null)));
        var found = Found(await Look(Restored, Message(Early, Given.Id(77), Given.Id(10)), Message(Late, Given.Id(79), Given.Id(78))));
        Assert.Empty(found.FurtherCopies);
    }

    [Fact]
    public async Task Two_copies_of_the_same_delivery_are_one_too_many_and_the_lowest_stays()
    {
        var found = Found(await Look(Restored, Message(Late, Given.Id(77), Given.Id(10)), Message(Early, Restored.Id, null)));
        Assert.Equal((Early, Late), (found.Ts, Assert.Single(found.FurtherCopies)));
    }

    [Fact]
    public async Task A_forged_delivery_is_not_ours() =>
        Assert.IsType<ReadEvidence.Absent>(await Look(Restored, Message(Early, Given.Id(77), Given.Id(10)) with { BotId = "B-other" }));

    [Fact]
    public async Task A_restored_root_is_looked_for_in_the_channel()
    {
        var root = Restored with { Kind = PostKind.Root, Members = [Given.Root.Id] };
        var slack = new OneThread([[Message(Early, Given.Id(77), Given.Root.Id) with { ThreadTs = null }]]);
        Assert.Equal(Early, Found(await Reader(slack).Look(Given.Thread, root, default)).Ts);
        Assert.True(slack.HistoryWasRead);
    }

    [Fact]
    public async Task Late_bytes_of_a_reply_whose_parent_is_gone_are_looked_for_in_the_channel()
    {
        var former = Message(Late, Given.Id(77), Given.Id(10)) with { ThreadTs = null };
        var parent = Message(Given.Thread.Ts!, Given.Root.Id, null) with { Subtype = "tombstone", Marker = null };
        var slack = new OneThread([[parent, Message(Early, Given.Post.Id, Given.Id(10))]]) { Channel = [former] };
        var (copies, _, _) = await Reader(slack).LookForCopies(Given.Thread, Given.Post, Given.Post.ClaimedAt, default);
        Assert.Equal([(Early, true), (Late, false)], copies!.Select(copy => (copy.Ts, copy.IsInThread)));
    }

    [Fact]
    public async Task As_long_as_its_parent_stands_no_copy_of_a_reply_can_be_outside_the_thread()
    {
        var slack = new OneThread([[Message(Early, Given.Post.Id, Given.Id(10))]]);
        Assert.Single((await Reader(slack).LookForCopies(Given.Thread, Given.Post, Given.Post.ClaimedAt, default)).Copies!);
        Assert.False(slack.HistoryWasRead);
    }

    private static ReadEvidence.Found Found(ReadEvidence evidence) => Assert.IsType<ReadEvidence.Found>(evidence);

    private static Task<ReadEvidence> Look(PostRow post, params ReadMessage[] messages) => Reader(new OneThread([messages])).Look(Given.Thread, post, default);

    private static ThreadReader Reader(OneThread slack) => new(slack, new ReadLanes(int.MaxValue), TimeSpan.FromMinutes(2), TimeProvider.System);

    internal static ReadMessage Message(string ts, Guid post, Guid? delivery) => new()
    {
        Ts = SlackTs.Parse(ts),
        ThreadTs = SlackTs.Parse(Given.Thread.Ts!),
        BotId = "B-ours",
        Marker = new PostMarker(post, delivery),
    };
}
