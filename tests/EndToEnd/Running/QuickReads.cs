namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>
/// One process whose reads after a lost answer are over within a second, and that looks for late copies only after minutes: what is
/// known sooner was told by Slack.
/// </summary>
public sealed class QuickReads() : SharedProduct(isLimited: false, Deployment.NoPacing, new Dictionary<string, string>
{
    ["ThreadGrains__Delivery__KnownEndFirstRead"] = "00:00:00.200",
    ["ThreadGrains__Delivery__KnownEndReadGap"] = "00:00:00.200",
    ["ThreadGrains__Delivery__FirstVerification"] = "00:10:00",
});

[CollectionDefinition(Name)]
public sealed class OnQuickReads : ICollectionFixture<QuickReads>
{
    public const string Name = "one process that reads quickly";
}
