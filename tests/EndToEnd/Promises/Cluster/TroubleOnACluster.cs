using ThreadGrains.EndToEnd.Tests.Running;

namespace ThreadGrains.EndToEnd.Tests.Promises.Cluster;

/// <summary>By silos and two gateways on PostgreSQL; Slack tells nothing by itself meanwhile.</summary>
[Collection(OnTheQuickCluster.Name)]
public sealed class TroubleOnACluster(QuickCluster quick) : Trouble, IAsyncLifetime
{
    private protected override Deployment Product => quick.Product;

    public Task InitializeAsync() => quick.SlackTells(events: false);

    public async Task DisposeAsync()
    {
        await quick.SlackTells(events: true);
        await Product.Slack.Faults(1);
    }
}
