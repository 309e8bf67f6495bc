namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>
/// One process on SQLite for the classes of its collection, with quick doubts and probes. Unpaced, since what they show is not
/// pace; and Slack tells nothing by itself, so that what is shown is what the product finds out.
/// </summary>
public sealed class OneProcess : IAsyncLifetime
{
    internal Deployment Product { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Product = await Deployment.Start(Deployment.QuickDoubts, Deployment.QuickProbes, Deployment.NoPacing, Deployment.NoEvents);
        await Product.Slack.NoLimits();
    }

    public async Task DisposeAsync() => await Product.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class OnOneProcess : ICollectionFixture<OneProcess>
{
    public const string Name = "one process";
}
