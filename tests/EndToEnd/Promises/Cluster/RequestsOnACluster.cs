using ThreadGrains.EndToEnd.Tests.Running;

namespace ThreadGrains.EndToEnd.Tests.Promises.Cluster;

/// <summary>By silos and two gateways on PostgreSQL.</summary>
[Collection(OnTheQuickCluster.Name)]
public sealed class RequestsOnACluster(QuickCluster quick) : Requests
{
    private protected override Deployment Product => quick.Product;
}
