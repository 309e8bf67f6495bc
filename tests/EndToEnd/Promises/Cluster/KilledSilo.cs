using ThreadGrains.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace ThreadGrains.EndToEnd.Tests.Promises.Cluster;

/// <summary>A silo is killed in the middle of its work: others go on with it, once and in order.</summary>
[Collection(OnTheCluster.Name), Trait(OnTheCluster.Runs, OnTheCluster.Alone)]
public sealed class KilledSilo(RunningCluster cluster, ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public Task InitializeAsync() => cluster.IsWhole();

    public async Task DisposeAsync() => await cluster.Product.Slack.Faults(1);

    [Fact]
    public async Task Killed_while_2000_activities_over_100_groups_flow_everything_accepted_stands_once_in_order_idle_groups_go_on_within_8_seconds_and_all_others_within_40()
    {
        var product = cluster.Product;
        var busy = await Conversations.Begin(product, "killed", 100, Patience);
        var idle = await Conversations.Begin(product, "killed-idle", 30, Patience);
        int silo = product.Pid("silo-2");

        // Each post takes a while, so that the kill finds many under way, which are in doubt from then on.
        await product.Slack.Faults(1, new { method = "chat.postMessage", rate = 1.0, fault = "slow", milliseconds = 600 });
        var senders = Senders.Of(product, busy, 2000);
        await senders.Accept(500);
        await InFlight.Reach(product, silo: 1, count: 3, Patience);
        var killed = DateTimeOffset.UtcNow;
        await Deployment.Signal("KILL", silo);
        await product.Slack.Faults(1);
        var leftBehind = InFlight.LeftBehind(product, TimeSpan.FromSeconds(1));
        // About a third of them lived there; which, nobody outside knows. The slowest is one of those.
        await idle.TellEach("after", Patience);
        var stood = await idle.Stood("after", Patience);

        await senders.All();
        Assert.Equal(2000, busy.Oracle.Count);
        int doubled = await busy.Settled(Patience) + await idle.Settled(Patience);
        output.WriteLine($"from the kill to the next post of an idle group: {Conversations.Seconds(stood, killed)}");
        // What still reached Slack had left the silo before.
        var reached = killed + TimeSpan.FromSeconds(1);
        Assert.NotEmpty(await leftBehind);
        var doubtful = await busy.FirstAfter(reached, await leftBehind);
        var wentOn = await busy.FirstAfter(reached, busy.Groups);
        output.WriteLine($"from the kill to the next post where one was in flight: {Conversations.Seconds(doubtful, killed)}; of all busy groups: {Conversations.Seconds(wentOn, killed)}");
        output.WriteLine($"2,000 accepted with {senders.Attempts.Count - 2000} attempts that were not; everything stood after {(DateTimeOffset.UtcNow - killed).TotalSeconds:0.0} s; doubled ever: {doubled}, lost: 0");
        Assert.InRange(stood[^1] - killed, TimeSpan.Zero, TimeSpan.FromSeconds(8));
        Assert.InRange(wentOn[^1] - killed, TimeSpan.Zero, TimeSpan.FromSeconds(40));
        Assert.NotEqual(silo, await cluster.ReturnOf("silo-2", silo));
    }
}
