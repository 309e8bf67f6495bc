namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>
/// One process on SQLite with quick doubts and probes. Unpaced, since what it shows is not pace; and Slack tells nothing by itself,
/// so that what is shown is what the product finds out.
/// </summary>
public sealed class OneProcess() : SharedProduct(isLimited: false, Deployment.QuickDoubts, Deployment.QuickProbes, Deployment.NoPacing, Deployment.NoEvents);

[CollectionDefinition(Name)]
public sealed class OnOneProcess : ICollectionFixture<OneProcess>
{
    public const string Name = "one process";
}
