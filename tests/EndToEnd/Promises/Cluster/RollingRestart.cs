using System.Globalization;
using ThreadGrains.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace ThreadGrains.EndToEnd.Tests.Promises.Cluster;

/// <summary>Every silo is restarted, one after another, as for a new version.</summary>
[Collection(OnTheCluster.Name), Trait(OnTheCluster.Runs, OnTheCluster.Alone)]
public sealed class RollingRestart(RunningCluster cluster, ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public Task InitializeAsync() => cluster.IsWhole();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Under_load_no_accept_fails_for_a_sender_that_tries_the_other_gateway_once()
    {
        var product = cluster.Product;
        var groups = await Conversations.Begin(product, "rolling", 40, Patience);
        var senders = Senders.Steady(product, groups, perSecond: 15);
        await senders.Accept(60);

        foreach (string silo in cluster.Silos)
        {
            var (started, ready) = await cluster.Restart(silo);
            await senders.AcceptMore(30);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{silo}: ended and started again after {started.TotalSeconds:0.0} s, ready after {ready.TotalSeconds:0.0} s"));
        }

        await senders.Stop();
        var failed = senders.Attempts.Where(attempt => !attempt.IsAccepted).ToList();
        int doubled = await groups.Settled(Patience);
        output.WriteLine($"{groups.Oracle.Count} accepted; first tries that failed: {failed.Count(attempt => attempt.Try == 0)}; second ones: {failed.Count(attempt => attempt.Try > 0)}; doubled ever: {doubled}, lost: 0");
        Assert.DoesNotContain(failed, attempt => attempt.Try > 0);
    }
}
