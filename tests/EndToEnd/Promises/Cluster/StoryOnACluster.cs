using ThreadGrains.EndToEnd.Tests.Running;

namespace ThreadGrains.EndToEnd.Tests.Promises.Cluster;

/// <summary>By three silos and two gateways on PostgreSQL.</summary>
[Collection(OnTheCluster.Name), Trait(OnTheCluster.Runs, OnTheCluster.Alone)]
public sealed class StoryOnACluster(RunningCluster cluster) : Story(cluster.Product), IAsyncLifetime
{
    public Task InitializeAsync() => cluster.IsWhole();

    public Task DisposeAsync() => Task.CompletedTask;
}
