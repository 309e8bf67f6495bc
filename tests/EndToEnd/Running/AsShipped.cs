namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>One process with the settings that it is shipped with, under Slack's default limits.</summary>
public sealed class AsShipped() : SharedProduct(isLimited: true);

[CollectionDefinition(Name)]
public sealed class OnOneAsShipped : ICollectionFixture<AsShipped>
{
    public const string Name = "one process as shipped";
}
