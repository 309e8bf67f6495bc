using ThreadGrains.Groups;
using ThreadGrains.Workspaces;

namespace ThreadGrains.Cluster.Tests;

/// <summary>The app lacks a right, while its token holds: the workspace says which, and is tried less and less often until it is there.</summary>
public sealed class A_missing_scope : IAsyncLifetime
{
    private GroupCluster _cluster = null!;

    private ISlackWorkspaceGrain Workspace => _cluster.Grains.GetGrain<ISlackWorkspaceGrain>(GroupCluster.Team);

    public async Task InitializeAsync() =>
        _cluster = await GroupCluster.Start(new LedgerOnSqlite(), new Dictionary<string, string?> { ["ThreadGrains:Pacing:FirstProbe"] = "00:00:01" });

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task To_post_is_named_and_what_waits_goes_once_it_is_there()
    {
        await Grant("channels:history", "groups:history");
        await _cluster.Group("a").Announce(new Alert("alert.a", new IssueFacts("mark[a]")));
        await GroupCluster.Until(async () => (await Workspace.GetHealth()).Error == "missing_scope", "the workspace waits");
        var health = await Workspace.GetHealth();
        Assert.Equal(("chat:write", "channels:history,groups:history"), (health.Needed, health.Provided));
        Assert.Equal(["chat:write"], health.MissingScopes);

        // auth.test succeeds all the while: two probes, and nothing was posted on the strength of that.
        await GroupCluster.Until(async () => (await Workspace.GetHealth()).ProbeAt > health.Since!.Value.AddSeconds(6), "it was probed again, later each time");
        Assert.Single((await _cluster.Tell(HttpMethod.Get, "calls?method=chat.postMessage"))["calls"]!.AsArray());

        await _cluster.Tell(HttpMethod.Put, "scopes", new { });
        await GroupCluster.Until(async () => (await _cluster.Roots()).Count == 1, "it goes");
        await GroupCluster.Until(async () => await Workspace.GetHealth() is { Error: null, Needed: null, MissingScopes: null }, "all is well");
    }

    [Fact]
    public async Task To_read_is_named_before_anything_is_in_doubt()
    {
        await Grant("chat:write", "channels:history");
        Assert.Equal(["groups:history"], (await Workspace.GetHealth()).MissingScopes);
        Assert.Null((await Workspace.GetHealth()).Error);
    }

    private Task Grant(params string[] scopes) => _cluster.Tell(HttpMethod.Put, "scopes", new { scopes });
}
