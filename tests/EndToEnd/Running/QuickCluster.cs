namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>
/// Two silos, two gateways, a PostgreSQL and the emulator for what the API promises whatever runs, and for workspaces beside each
/// other: quick doubts and probes, posts paced as shipped, and further workspaces of the same organization.
/// </summary>
public sealed class QuickCluster : IAsyncLifetime
{
    /// <summary>Nothing but the test that names them posts there.</summary>
    internal const string Throttled = "T0THROTTLED", Revoked = "T0REVOKED", Flooded = "T0FLOODED", Quiet = "T0QUIET";

    private static readonly string[] Further = [Throttled, Revoked, Flooded, Quiet];

    internal RunningCluster Cluster { get; } = new(["--cluster", "2"], Deployment.QuickDoubts, Deployment.QuickProbes, Installations(), new Dictionary<string, string>
    {
        // Of Slack's fifty reads a minute the doubts of some tests one after another need more.
        ["ThreadGrains__Pacing__ReadsPerMinute"] = "0",
    });

    internal Deployment Product => Cluster.Product;

    public Task InitializeAsync() => Cluster.InitializeAsync();

    public Task DisposeAsync() => Cluster.DisposeAsync();

    /// <summary>Whether Slack tells by itself what happens there.</summary>
    internal Task SlackTells(bool events) => Product.Slack.App(Product.Env["THREADGRAINS_URL"], events);

    private static Dictionary<string, string> Installations() => Further.SelectMany((team, n) => new[]
    {
        KeyValuePair.Create($"ThreadGrains__Slack__Installations__{n}__Workspace", team),
        KeyValuePair.Create($"ThreadGrains__Slack__Installations__{n}__BotToken", Emulator.BotTokenOf(team)),
    }).ToDictionary();
}

/// <summary>Beside other collections: nothing here is measured in seconds but against itself.</summary>
[CollectionDefinition(Name)]
public sealed class OnTheQuickCluster : ICollectionFixture<QuickCluster>
{
    public const string Name = "quick cluster";
}
