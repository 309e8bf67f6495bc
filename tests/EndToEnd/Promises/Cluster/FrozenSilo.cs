using ThreadGrains.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace ThreadGrains.EndToEnd.Tests.Promises.Cluster;

/// <summary>A silo stands still for half a minute, as under a debugger or on a machine that is suspended, and then goes on.</summary>
[Collection(OnTheCluster.Name), Trait(OnTheCluster.Runs, OnTheCluster.Alone)]
public sealed class FrozenSilo(RunningCluster cluster, ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Freeze = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public Task InitializeAsync() => cluster.IsWhole();

    public async Task DisposeAsync() => await cluster.Product.Slack.Faults(1);

    [Fact]
    public async Task Groups_go_on_elsewhere_and_when_it_wakes_it_posts_nothing_that_others_have_posted()
    {
        var product = cluster.Product;
        var idle = await Conversations.Begin(product, "frozen-idle", 30, Patience);
        var busy = await Conversations.Begin(product, "frozen", 30, Patience);
        // Each post takes a while, so that the freeze finds many under way.
        await product.Slack.Faults(1, new { method = "chat.postMessage", rate = 1.0, fault = "slow", milliseconds = 300 });
        var senders = Senders.Steady(product, busy, perSecond: 60);
        await senders.Accept(60);

        int silo = product.Pid("silo-3");
        var frozen = DateTimeOffset.UtcNow;
        await Deployment.Signal("STOP", silo);
        var waking = Wake();
        await Task.WhenAll(idle.TellEach("after", Patience), busy.TellEach("after", Patience));
        await senders.Stop();
        var (idleStood, busyStood) = (await idle.Stood("after", Patience), await busy.Stood("after", Patience));
        await waking;

        // It finds itself declared dead, ends, and is started again.
        await cluster.ReturnOf("silo-3", silo);
        await cluster.IsWhole();
        Assert.Equal(0, await idle.Settled(Patience) + await busy.Settled(Patience));
        output.WriteLine($"from the freeze to the next post, groups with nothing in flight: {Conversations.Seconds(idleStood, frozen)}");
        output.WriteLine($"from the freeze to the next post, groups with posts in flight:   {Conversations.Seconds(busyStood, frozen)}");
        output.WriteLine($"{idle.Oracle.Count + busy.Oracle.Count} accepted, doubled ever: 0, lost: 0");
        Assert.InRange(idleStood[^1] - frozen, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.InRange(busyStood[^1] - frozen, TimeSpan.Zero, TimeSpan.FromSeconds(45));

        async Task Wake()
        {
            await Eventually.Pause(Freeze);
            await Deployment.Signal("CONT", silo);
        }
    }
}
