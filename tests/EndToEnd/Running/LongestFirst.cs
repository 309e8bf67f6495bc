using ThreadGrains.EndToEnd.Tests.Promises;
using ThreadGrains.EndToEnd.Tests.Promises.Cluster;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("ThreadGrains.EndToEnd.Tests.Running.LongestFirst", "ThreadGrains.EndToEnd.Tests")]

namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>What takes longest begins first: begun last, it would go on alone when everything else is done.</summary>
internal sealed class LongestFirst : ITestCollectionOrderer
{
    /// <summary>How the collections' names end; a class without a collection is one of its own name.</summary>
    private static readonly string[] Long =
    [
        OnTheQuickCluster.Name, nameof(Upgrade), nameof(SurvivalOfKills), nameof(Doctor), nameof(SurvivalOfFaults), nameof(Supervision), nameof(WayBack),
        OnOneProcess.Name, nameof(StoredTokens), nameof(Restoring), OnOneAsShipped.Name, OnQuickReads.Name,
    ];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => Array.FindIndex(Long, name => collection.DisplayName.EndsWith(name, StringComparison.Ordinal)) is var place and >= 0 ? place : Long.Length);
}
