using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Workspaces;

namespace ThreadGrains.Cluster.Tests;

/// <summary>A channel that Slack gives another id: its threads go on there, and whoever names the old id means the new one.</summary>
public abstract class Channels_that_move : IAsyncLifetime
{
    private GroupCluster _cluster = null!;
    private string _anew = "";

    public async Task InitializeAsync() => _cluster = await GroupCluster.Start(await CreateLedgers());

    protected abstract Task<LedgerUnderTest> CreateLedgers();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    private string Old => _cluster.OtherChannel;

    private ISlackWorkspaceGrain Workspace => _cluster.Grains.GetGrain<ISlackWorkspaceGrain>(GroupCluster.Team);

    [Fact]
    public async Task Threads_clicks_alerts_and_edits_go_on_under_the_new_id()
    {
        string ts = await Announced("g1");
        await _cluster.Send("g1", GroupCluster.Note("n1"));
        await Announced("g2");
        await Moves();
        await Told("Ev1");
        await Told("Ev1");
        await Told("Ev2");
        foreach (string group in new[] { "g1", "g2" })
        {
            await GroupCluster.Until(async () => (await _cluster.View(group)).Threads.Single().Channel == _anew, $"{group} is in the new channel");
        }

        Assert.Equal((ts, "open"), ((await _cluster.View("g1")).Threads.Single().Ts, (await _cluster.View("g1")).Threads.Single().State));
        await _cluster.Send("g1", GroupCluster.Note("n2"));
        var click = new Click(new ChannelAddress(GroupCluster.Team, _anew), ts, ClickActions.Resolve, "1700000000.000001", "U0ROBIN");
        Assert.Equal(new GroupKey(GroupCluster.Organization, "g1"), await _cluster.Grains.GetGrain<ILedgerReaderGrain>(0).FindGroupOfMessage(click.Address, ts, null));
        Assert.Equal(ClickOutcome.Changed, (await _cluster.Group("g1").Click(click)).Outcome);
        await GroupCluster.Until(async () => (await _cluster.Replies(ts, _anew)).Count == 3, "n1, n2 and the click stand in the thread");
        Assert.Contains("n2]", (await _cluster.Replies(ts, _anew))[1], StringComparison.Ordinal);
        await GroupCluster.Until(
            async () => (await _cluster.Roots(_anew)).Any(root => (string)root["ts"]! == ts && ((string)root["text"]!).Contains("resolved", StringComparison.Ordinal)), "the card is edited");

        await _cluster.Group("g3").Announce(AlertOf("g3"));
        await GroupCluster.Until(async () => (await _cluster.View("g3")).Threads.Single() is { Ts: not null } thread && thread.Channel == _anew, "g3 is announced in the new channel");
        Assert.Equal(3, (await _cluster.Roots(_anew)).Count);
        Assert.Empty(await _cluster.Ledger.CheckConservation(default));
    }

    [Fact]
    public async Task What_the_old_id_held_up_is_posted_under_the_new_one()
    {
        string ts = await Announced("g1");
        await Moves();
        await _cluster.Send("g1", GroupCluster.Note("n1"));
        await GroupCluster.Until(
            async () => (await Deliveries("g1")).Any(delivery => delivery.Reason == "parked:channel_not_found"), "the channel is parked");
        await Told("Ev1");
        await GroupCluster.Until(async () => (await _cluster.Replies(ts, _anew)).Count == 1, "it is posted");
    }

    [Fact]
    public async Task A_reply_whose_outcome_is_unknown_is_found_under_the_new_id()
    {
        string ts = await Announced("g1");
        await _cluster.Tell(HttpMethod.Put, "faults", new { rules = new[] { new { method = "chat.postMessage", channel = Old, fault = "lost_answer" } } });
        await _cluster.Send("g1", GroupCluster.Note("n1"));
        await GroupCluster.Until(async () => (await _cluster.Replies(ts, Old)).Count == 1, "it stands, and nobody knows");
        await Moves();
        await Told("Ev1");
        await GroupCluster.Until(async () => (await Deliveries("g1")).All(delivery => delivery.State == "sent"), "it is found");
        Assert.Single(await _cluster.Replies(ts, _anew));
    }

    [Fact]
    public async Task An_older_move_undoes_no_newer_one()
    {
        await Announced("g1");
        await Moves();
        await Told("Ev1");
        await GroupCluster.Until(async () => (await _cluster.View("g1")).Threads.Single().Channel == _anew, "moved");
        Assert.Equal(SlackEventOutcome.Done, await Take("Ev2", _anew, Old, TimeSpan.FromSeconds(1)));
        await GroupCluster.Until(async () => (await _cluster.View("g1")).Threads.Single().Channel == Old, "moved back");
        Assert.Equal(SlackEventOutcome.NothingToDo, await Take("Ev3", Old, _anew, TimeSpan.Zero));
        Assert.Equal(Old, (await _cluster.View("g1")).Threads.Single().Channel);
    }

    private async Task Moves() => _anew = (string)(await _cluster.Tell(HttpMethod.Post, $"channels/{Old}/change_id", new { }))["channel"]!;

    private static readonly DateTimeOffset Began = TimeProvider.System.GetUtcNow();

    private Task<SlackEventOutcome> Take(string id, string old, string anew, TimeSpan after) =>
        Workspace.Take(new SlackEvent(id, Began + after, new SlackHappening.ChannelMoved(old, anew)));

    private async Task Told(string id) => Assert.Contains(await Take(id, Old, _anew, TimeSpan.Zero), new[] { SlackEventOutcome.Done, SlackEventOutcome.Repeated });

    private Alert AlertOf(string group) =>
        new($"first-{group}", new IssueFacts($"Checkout of {group} is down"), Channels: [new ChannelAddress(GroupCluster.Team, Old)]);

    private async Task<string> Announced(string group)
    {
        await _cluster.Group(group).Announce(AlertOf(group));
        ThreadView thread = null!;
        await GroupCluster.Until(async () => (thread = (await _cluster.View(group)).Threads.Single()).Ts is not null, "the announcement stands");
        return thread.Ts!;
    }

    private async Task<IReadOnlyList<DeliveryView>> Deliveries(string group) =>
        (await _cluster.Grains.GetGrain<ILedgerReaderGrain>(0).ListDeliveries(GroupCluster.Organization, new DeliveryFilter(Group: group), null, 100)).Items;
}

/// <summary>On the embedded database.</summary>
public sealed class Channels_that_move_on_SQLite : Channels_that_move
{
    protected override Task<LedgerUnderTest> CreateLedgers() => Task.FromResult<LedgerUnderTest>(new LedgerOnSqlite());
}

/// <summary>On a server.</summary>
public sealed class Channels_that_move_on_PostgreSQL : Channels_that_move
{
    protected override Task<LedgerUnderTest> CreateLedgers() => LedgerOnPostgreSql.Create();
}
