using ThreadGrains.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace ThreadGrains.EndToEnd.Tests.Promises.Cluster;

/// <summary>A silo is killed in the middle of its work: others go on with it, once and in order.</summary>
[Collection(OnTheCluster.Name)]
public sealed class KilledSilo(RunningCluster cluster, ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public Task InitializeAsync() => cluster.IsWhole();

    public async Task DisposeAsync() => await cluster.Product.Slack.Faults(1);

    [Fact]
    public async Task Killed_while_2000_activities_over_100_groups_flow_everything_accepted_stands_once_in_order_and_groups_go_on_within_8_or_40_seconds()
    {
        var product = cluster.Product;
        var busy = await Conversations.Begin(product, "killed", 100, Patience);
        var idle = await Conversations.Begin(product, "killed-idle", 30, Patience);
        var midway = await Conversations.Begin(product, "killed-midway", 30, Patience);
        int silo = product.Pid("silo-2");

        // Some posts take a while, so that the kill finds a few under way in groups that have little else to tell.
        await product.Slack.Faults(1, new { method = "chat.postMessage", rate = 0.25, fault = "slow", milliseconds = 600 });
        var stream = Senders.Steady(product, midway);
        await stream.Accept(60);
        var senders = Senders.Of(product, busy, 2000);
        await senders.Accept(500);
        var killed = DateTimeOffset.UtcNow;
        await Deployment.Signal("KILL", silo);
        // About a third of them lived there; which, nobody outside knows. The slowest is one of those.
        await Task.WhenAll(idle.TellEach("after", Patience), midway.TellEach("after", Patience));
        await stream.Stop();
        var (idleStood, midwayStood) = (await idle.Stood("after", Patience), await midway.Stood("after", Patience));

        await senders.All();
        Assert.Equal(2000, busy.Oracle.Count);
        int doubled = await busy.Settled(Patience) + await idle.Settled(Patience) + await midway.Settled(Patience);
        output.WriteLine($"from the kill to the next post, groups with nothing in flight: {Conversations.Seconds(idleStood, killed)}");
        output.WriteLine($"from the kill to the next post, groups with posts in flight:   {Conversations.Seconds(midwayStood, killed)}");
        output.WriteLine($"2,000 accepted with {senders.Attempts.Count - 2000} attempts that were not; everything stood after {(DateTimeOffset.UtcNow - killed).TotalSeconds:0.0} s; doubled ever: {doubled}, lost: 0");
        Assert.InRange(idleStood[^1] - killed, TimeSpan.Zero, TimeSpan.FromSeconds(8));
        Assert.InRange(midwayStood[^1] - killed, TimeSpan.Zero, TimeSpan.FromSeconds(40));
        Assert.NotEqual(silo, await cluster.ReturnOf("silo-2", silo));
    }
}
