using ThreadGrains.Groups;
using ThreadGrains.Workspaces;

namespace ThreadGrains.Cluster.Tests;

/// <summary>Slack answers nothing for a while, with much to be posted: few posts come into doubt, and all of it ends well.</summary>
public sealed class An_outage_of_Slack : IAsyncLifetime
{
    private const int Groups = 200;

    private GroupCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await GroupCluster.Start(new LedgerOnSqlite());

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task It_brings_few_of_two_hundred_threads_into_doubt_and_afterwards_each_stands_once()
    {
        string[] methods = ["chat.postMessage", "conversations.history", "auth.test"];
        await _cluster.Tell(HttpMethod.Put, "faults", new { rules = methods.Select(method => new { method, fault = "http_500", rate = 1.0 }) });
        await Task.WhenAll(Enumerable.Range(0, Groups).Select(i => _cluster.Group($"g{i}").Announce(new Alert($"a{i}", new IssueFacts($"mark[{i}]")))));
        var workspace = _cluster.Grains.GetGrain<ISlackWorkspaceGrain>(GroupCluster.Team);
        await GroupCluster.Until(async () => (await workspace.GetHealth()).Error == "not_answering", "the workspace is held back");
        // Two probes long: a breaker that let more through would show it.
        var probe = (await workspace.GetHealth()).ProbeAt;
        await GroupCluster.Until(async () => (await workspace.GetHealth()).ProbeAt > probe!.Value.AddSeconds(4), "a probe was tried");
        Assert.InRange((await _cluster.Ledger.Totals(null, default)).InDoubt, 10, 60);

        await _cluster.Tell(HttpMethod.Delete, "faults");
        await GroupCluster.Until(async () => (await _cluster.Ledger.Totals(null, default)) is { Pending: 0, Sending: 0, InDoubt: 0, Dead: 0 }, "everything ends");
        Assert.Equal(Groups, (await _cluster.Roots()).Select(root => (string)root["text"]!).Distinct().Count());
        Assert.Equal(Groups, (await _cluster.Roots()).Count);
        Assert.Null((await workspace.GetHealth()).Error);
    }
}
