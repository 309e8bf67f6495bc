using System.Text.Json.Nodes;
using ThreadGrains.Groups;
using ThreadGrains.Workspaces;

namespace ThreadGrains.Cluster.Tests;

/// <summary>A group's threads are parked as soon as their channel is known to be in trouble, also while nothing waits in them.</summary>
public sealed class Channels_in_trouble : IAsyncLifetime
{
    // An event of long ago would be looked into first.
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private GroupCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _cluster = await GroupCluster.Start(new LedgerOnSqlite());
        await _cluster.Group("a").Announce(new Alert("alert.a", new IssueFacts("mark[a]")));
        await Shows("open", null);
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Slacks_events_park_a_quiet_thread_and_open_it_again()
    {
        (SlackHappening Shut, SlackHappening Opened, string Error)[] troubles =
        [
            (new SlackHappening.ChannelShut(GroupCluster.Channel, "is_archived"), new SlackHappening.ChannelOpened(GroupCluster.Channel), "is_archived"),
            (new SlackHappening.ChannelShut(GroupCluster.Channel, "channel_deleted"), new SlackHappening.ChannelOpened(GroupCluster.Channel), "channel_deleted"),
            (new SlackHappening.MemberLeft(GroupCluster.Channel, null), new SlackHappening.MemberJoined(GroupCluster.Channel, await Bot()), "not_in_channel"),
        ];
        foreach (var (i, (shut, opened, error)) in troubles.Index())
        {
            await Told($"{i}.1", Now.AddMinutes(i), shut);
            Assert.Equal(("parked", error), await Thread());
            await Told($"{i}.2", Now.AddMinutes(i).AddSeconds(1), opened);
            Assert.Equal(("open", null), await Thread());
        }
    }

    [Fact]
    public async Task An_edit_that_is_refused_for_the_channel_parks_it_too()
    {
        await _cluster.Tell(HttpMethod.Post, $"channels/{GroupCluster.Channel}/archive?team={GroupCluster.Team}");
        // What the system does changes the announcement and is not posted.
        await _cluster.Send("a", new Activity("resolved", "resolved", new Actor("system")), AcceptOutcome.Ignored);
        await Shows("parked", "is_inactive");
        await Told("1", Now, new SlackHappening.ChannelOpened(GroupCluster.Channel));
        Assert.Equal(("open", null), await Thread());
    }

    private async Task<(string State, string? Reason)> Thread()
    {
        var thread = Assert.Single((await _cluster.View("a")).Threads);
        return (thread.State, thread.Reason);
    }

    private Task Shows(string state, string? reason) => GroupCluster.Until(async () => await Thread() == (state, reason), $"the thread is {state}");

    private async Task Told(string id, DateTimeOffset at, SlackHappening happening) =>
        Assert.Equal(SlackEventOutcome.Done, await _cluster.Grains.GetGrain<ISlackWorkspaceGrain>(GroupCluster.Team).Take(new SlackEvent(id, at, happening)));

    private async Task<string> Bot() => (string)((JsonObject)(await _cluster.Roots())[0])["user"]!;
}
