using System.Globalization;
using ThreadGrains.Groups;

namespace ThreadGrains.Cluster.Tests;

/// <summary>Slack answers 429 with "0 seconds" for a while, again and again: posts and edits come less and less often, and all go afterwards.</summary>
public sealed class A_limiter_that_names_no_wait : IAsyncLifetime
{
    private const int Groups = 4;

    private GroupCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await GroupCluster.Start(new LedgerOnSqlite(), new Dictionary<string, string?>
    {
        ["ThreadGrains:Pacing:ChannelPerSecond"] = "1",
        ["ThreadGrains:Pacing:UpdatesPerMinute"] = "50",
    });

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task It_is_not_called_round_and_round()
    {
        await Task.WhenAll(Enumerable.Range(0, Groups).Select(i => _cluster.Group($"g{i}").Announce(new Alert($"a{i}", new IssueFacts($"mark[{i}]")))));
        await GroupCluster.Until(async () => (await _cluster.Roots()).Count == Groups, "all are announced");
        await _cluster.Tell(HttpMethod.Put, "faults", new
        {
            rules = new[] { "chat.postMessage", "chat.update" }.Select(method => new { method, fault = "rate_limited", retryAfter = 0 }),
        });
        await Task.WhenAll(Enumerable.Range(0, Groups).Select(i => _cluster.Send($"g{i}", new Activity($"r{i}", "resolved", new Actor("user", Name: "Robin")))));

        await GroupCluster.Until(async () => (await Refused("chat.postMessage")).Count >= 5 && (await Refused("chat.update")).Count >= Groups + 3, "it was tried again and again");
        foreach (var (method, burst) in new[] { ("chat.postMessage", 3), ("chat.update", Groups) })
        {
            var calls = await Refused(method);
            // After the burst: 1, 2, 4 and 8 s.
            Assert.InRange(calls.Count(at => at < calls[0].AddSeconds(6.5)), burst, burst + 4);
        }

        await _cluster.Tell(HttpMethod.Delete, "faults");
        await GroupCluster.Until(async () => (await _cluster.Ledger.Totals(null, default)) is { Pending: 0, Sending: 0, InDoubt: 0, Dead: 0 }, "everything ends");
    }

    private async Task<IReadOnlyList<DateTimeOffset>> Refused(string method) =>
    [
        .. (await _cluster.Tell(HttpMethod.Get, $"calls?method={method}"))["calls"]!.AsArray()
            .Where(call => (string?)call!["fault"] == "rate_limited").Select(call => DateTimeOffset.Parse((string)call!["at"]!, CultureInfo.InvariantCulture)).Order(),
    ];
}
