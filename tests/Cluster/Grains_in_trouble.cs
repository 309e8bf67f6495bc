using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using ThreadGrains.Grains.Organizations;
using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Organizations;
using ThreadGrains.Workspaces;

namespace ThreadGrains.Cluster.Tests;

/// <summary>Workspaces, organizations and groups whose surroundings fail, are slow, or know more than they do.</summary>
public sealed class Grains_in_trouble : IAsyncLifetime
{
    private static readonly ChannelAddress Place = new(GroupCluster.Team, GroupCluster.Channel);

    private GroupCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await GroupCluster.Start(new LedgerOnSqlite());

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task A_workspace_whose_probe_failed_is_probed_anew_by_the_next_wake()
    {
        var lane = _cluster.Grains.GetGrain<IWorkspaceLaneGrain>(GroupCluster.Team);
        await lane.Trouble("token_revoked");
        var workspace = _cluster.Grains.GetGrain<ISlackWorkspaceGrain>(GroupCluster.Team);
        _cluster.StorageFails = true;
        await Assert.ThrowsAnyAsync<Exception>(workspace.Wake);

        _cluster.StorageFails = false;
        await lane.Trouble("token_revoked");
        Assert.Null((await workspace.Wake()).Error);
    }

    [Fact]
    public async Task A_root_whose_ts_only_the_ledger_knows_yet_closes_its_thread_when_it_is_deleted()
    {
        await _cluster.Tell(HttpMethod.Put, "faults", new { rules = new[] { new { method = "chat.postMessage", fault = "slow", milliseconds = 2500, rate = 1.0 } } });
        await _cluster.Group("g").Announce(new Alert("first", new IssueFacts("Checkout is down")));
        var thread = (await _cluster.View("g")).Threads.Single().Id;
        PostRow? post = null;
        await GroupCluster.Until(async () => (post = (await _cluster.Ledger.ReadThread(thread, 0, default))?.InFlight) is not null, "the root is under way");

        // Somebody else knows the outcome and writes it down: the activation's memory does not have it.
        const string ts = "1700000000.000100";
        Assert.IsType<SettleOutcome.Settled>(await _cluster.Ledger.Settle(post!.Id, new PostResult.Sent(ts), default));
        Assert.Equal(OperatorOutcome.Done, (await _cluster.Group("g").ParentDeleted(Place, ts)).Outcome);
        Assert.Equal("closed", (await _cluster.View("g")).Threads.Single().State);
    }

    [Fact]
    public async Task Many_new_channels_are_looked_up_side_by_side_while_Slack_is_slow()
    {
        await _cluster.Tell(HttpMethod.Put, "faults", new { rules = new[] { new { method = "conversations.info", fault = "slow", milliseconds = 4000, rate = 1.0 } } });
        var routes = Enumerable.Range(0, 20).Select(i => new AlertRoute($"route {i}", [new ChannelAddress(GroupCluster.Team, $"C0NEW{i:00}")])).ToList();

        // One after the other they would take 16 s; a gateway waits 5.
        var faults = await _cluster.Grains.GetGrain<IOrganizationGrain>(GroupCluster.Organization).SetRoutes(routes).WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Empty(faults);
    }

    [Fact]
    public async Task Organizations_that_a_caller_made_up_are_not_remembered()
    {
        var receipts = await Task.WhenAll(Enumerable.Range(0, 50).Select(i =>
            _cluster.Grains.GetGrain<IIssueGroupGrain>(new GroupKey($"invented-{i}", "g").ToString()).Announce(new Alert("first", new IssueFacts("Nothing"), Channels: [Place]))));
        Assert.All(receipts, receipt => Assert.Equal(AcceptOutcome.Refused, receipt.Outcome));
        Assert.All(_cluster.Silos.Silos.Cast<InProcessSiloHandle>(), silo => Assert.InRange(silo.ServiceProvider.GetRequiredService<OrganizationSettingsCache>().Count, 0, 1));
    }
}
