namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>One process with the settings that it is shipped with, under Slack's default limits, for the classes of its collection.</summary>
public sealed class AsShipped : IAsyncLifetime
{
    internal Deployment Product { get; private set; } = null!;

    public async Task InitializeAsync() => Product = await Deployment.Start();

    public async Task DisposeAsync() => await Product.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class OnOneAsShipped : ICollectionFixture<AsShipped>
{
    public const string Name = "one process as shipped";
}
