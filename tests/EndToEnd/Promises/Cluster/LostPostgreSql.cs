using System.Globalization;
using ThreadGrains.EndToEnd.Tests.Running;
using ThreadGrains.Tests.Processes;
using Xunit.Abstractions;

namespace ThreadGrains.EndToEnd.Tests.Promises.Cluster;

/// <summary>The database goes away and comes back.</summary>
[Collection(OnTheCluster.Name), Trait(OnTheCluster.Runs, OnTheCluster.Alone)]
public sealed class LostPostgreSql(RunningCluster cluster, ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public Task InitializeAsync() => cluster.IsWhole();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Restarted_and_killed_under_load_accepts_are_refused_cleanly_meanwhile_and_nothing_accepted_is_lost_or_doubled()
    {
        var product = cluster.Product;
        var groups = await Conversations.Begin(product, "database", 40, Patience);
        var senders = Senders.Steady(product, groups);
        await senders.Accept(60);

        await Lose("restarted (SIGINT)", server => Deployment.Signal("INT", server));
        await Lose("killed with its children (SIGKILL)", server => Deployment.Signal("KILL", [server, .. ProcessTree.ChildrenOf(server)]));

        await senders.Stop();
        var refused = senders.Attempts.Where(attempt => !attempt.IsAccepted).ToList();
        Assert.NotEmpty(refused);
        Assert.All(refused, attempt => Assert.True(attempt.IsCleanRefusal, attempt.ToString()));
        await cluster.IsWhole();
        int doubled = await groups.Settled(Patience);
        output.WriteLine($"{groups.Oracle.Count} accepted, {refused.Count} attempts refused with 503 and Retry-After; doubled ever: {doubled}, lost: 0");

        async Task Lose(string how, Func<int, Task> strike)
        {
            int server = product.Pid("postgresql");
            var struck = DateTimeOffset.UtcNow;
            await strike(server);
            await cluster.ReturnOf("postgresql", server);
            var started = DateTimeOffset.UtcNow;
            await senders.AcceptMore(60);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{how}: started again after {(started - struck).TotalSeconds:0.0} s, 60 more accepted after {(DateTimeOffset.UtcNow - struck).TotalSeconds:0.0} s"));
        }
    }
}
