using ThreadGrains.EndToEnd.Tests.Running;

namespace ThreadGrains.EndToEnd.Tests.Promises.Cluster;

/// <summary>By silos and two gateways on PostgreSQL, all of which are killed at once.</summary>
[Collection(OnTheQuickCluster.Name)]
public sealed class SettingsOnACluster(QuickCluster quick) : Settings(quick.Product)
{
    public override Task InitializeAsync() => quick.Cluster.IsWhole();

    private protected override async Task KillAndStartAgain()
    {
        var former = quick.Cluster.Silos.Concat(quick.Cluster.Gateways).Select(name => (Name: name, Pid: quick.Product.Pid(name))).ToList();
        await Deployment.Signal("KILL", former.Select(process => process.Pid));
        foreach (var (name, pid) in former)
        {
            await quick.Cluster.ReturnOf(name, pid);
        }

        await quick.Cluster.IsWhole();
    }
}
