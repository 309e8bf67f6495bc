using System.Globalization;
using System.Net;
using ThreadGrains.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace ThreadGrains.EndToEnd.Tests.Promises.Cluster;

/// <summary>A gateway that reaches no silo says so, and notices by itself when there is one again.</summary>
[Collection(OnTheCluster.Name), Trait(OnTheCluster.Runs, OnTheCluster.Alone)]
public sealed class NoSiloLeft(RunningCluster cluster, ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public Task InitializeAsync() => cluster.IsWhole();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Gateways_answer_503_with_Retry_After_while_there_is_none_and_accept_again_without_a_hand()
    {
        var product = cluster.Product;
        Assert.Equal("accepted", (await product.Tracker.Alert("alone-1", "alone-1.e")).Outcome);
        int[] silos = [.. cluster.Silos.Select(product.Pid)];
        // Frozen first: ended ones would be started again, perhaps before anybody asked.
        await Deployment.Signal("STOP", silos);

        var refusals = await Task.WhenAll(product.Gateways.Select((gateway, n) => gateway.Note("alone-1", $"alone-1.{n}", "does anybody hear")));
        Assert.All(refusals, refusal => Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "application/problem+json", true), (refusal.Status, refusal.ContentType, refusal.RetryAfter > TimeSpan.Zero)));
        Assert.All(product.Env["THREADGRAINS_URLS"].Split(','), url => Assert.False(cluster.IsReady(url).GetAwaiter().GetResult(), $"{url} says that it is ready"));

        var killed = DateTimeOffset.UtcNow;
        await Deployment.Signal("KILL", silos);
        foreach (var (gateway, n) in product.Gateways.Select((gateway, n) => (gateway, n)))
        {
            // The same ids: whether they were accepted after all, nobody was told.
            var receipt = await Tracker.Until(() => gateway.Note("alone-1", $"alone-1.{n}", "does anybody hear"), Eventually.Pause, Patience);
            Assert.Equal(HttpStatusCode.Accepted, receipt.Status);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"gateway {n + 1} accepts again {(DateTimeOffset.UtcNow - killed).TotalSeconds:0.0} s after every silo was killed"));
        }
    }
}
