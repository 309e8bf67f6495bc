using ThreadGrains.Groups;
using ThreadGrains.Workspaces;

namespace ThreadGrains.Cluster.Tests;

/// <summary>A proxy passes a post on and loses Slack's answer, or answers by itself: the post is read back, and the workspace waits until Slack says who we are.</summary>
public sealed class Answers_that_are_not_Slacks : IAsyncLifetime
{
    private GroupCluster _cluster = null!;

    public async Task InitializeAsync() =>
        _cluster = await GroupCluster.Start(new LedgerOnSqlite(), new Dictionary<string, string?> { ["ThreadGrains:Pacing:FirstProbe"] = "00:00:01" });

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Theory]
    [InlineData("http_404_stored", "not_slack:404")]
    [InlineData("empty_200_stored", "not_slack:200")]
    [InlineData("http_204", "not_slack:204")]
    public async Task The_post_stands_once_and_nothing_is_posted_until_Slack_says_who_we_are(string fault, string error)
    {
        var workspace = _cluster.Grains.GetGrain<ISlackWorkspaceGrain>(GroupCluster.Team);
        await _cluster.Tell(HttpMethod.Put, "faults", new
        {
            rules = new object[] { new { method = "chat.postMessage", nth = 1, fault }, new { method = "auth.test", fault = "http_404" } },
        });
        await _cluster.Group("a").Announce(new Alert("alert.a", new IssueFacts("mark[a]")));
        await GroupCluster.Until(async () => (await workspace.GetHealth()).Error == error, $"the workspace waits for {error}");
        await _cluster.Group("b").Announce(new Alert("alert.b", new IssueFacts("mark[b]")));
        await GroupCluster.Until(async () => (await _cluster.Tell(HttpMethod.Get, "calls?method=auth.test"))["calls"]!.AsArray().Any(call => (string?)call!["fault"] == "http_404"), "Slack is asked who we are");
        Assert.Equal((1, 0), (await Posts(), (await _cluster.Roots()).Count - (fault.EndsWith("_stored", StringComparison.Ordinal) ? 1 : 0)));

        await _cluster.Tell(HttpMethod.Delete, "faults");
        await GroupCluster.Until(async () => (await _cluster.Ledger.Totals(null, default)) is { Pending: 0, Sending: 0, InDoubt: 0, Dead: 0 }, "everything ends");
        Assert.Equal(2, (await _cluster.Roots()).Count);
        Assert.Equal(fault.EndsWith("_stored", StringComparison.Ordinal) ? 2 : 3, await Posts());
        Assert.Null((await workspace.GetHealth()).Error);
    }

    private async Task<int> Posts() => (await _cluster.Tell(HttpMethod.Get, "calls?method=chat.postMessage"))["calls"]!.AsArray().Count;
}
