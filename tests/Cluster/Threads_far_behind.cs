using ThreadGrains.Groups;
using ThreadGrains.Ledger;

namespace ThreadGrains.Cluster.Tests;

/// <summary>Digests: a thread far behind gets what waits in few messages, each activity once and in order, whatever becomes of them.</summary>
public sealed class Threads_far_behind : IAsyncLifetime
{
    private const string Post = "chat.postMessage";

    private GroupCluster _cluster = null!;

    public async Task InitializeAsync() =>
        _cluster = await GroupCluster.Start(new LedgerOnSqlite(), new Dictionary<string, string?> { ["ThreadGrains:Pacing:Digests"] = "true" });

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task What_waits_comes_in_few_messages_each_once_and_in_order()
    {
        await Behind(70);
        Assert.Equal("50 20", await Shows(70));
    }

    [Fact]
    public async Task Slow_ones_come_one_by_one()
    {
        await Behind(10);
        Assert.Equal("1 1 1 1 1 1 1 1 1 1", await Shows(10));
    }

    [Fact]
    public async Task A_digest_that_Slack_refuses_for_its_content_is_taken_apart()
    {
        await Behind(12, new { method = Post, nth = 2, fault = "error", error = "invalid_blocks" });
        Assert.Equal("1 1 1 1 1 1 1 1 1 1 1 1", await Shows(12));
    }

    [Fact]
    public async Task A_digest_whose_answer_was_lost_is_found_and_not_sent_again()
    {
        await Behind(12, new { method = Post, nth = 2, fault = "lost_answer" });
        Assert.Equal("12", await Shows(12));
    }

    [Fact]
    public async Task A_digest_that_never_arrived_goes_again_in_its_company_also_after_a_rate_limit()
    {
        await Behind(
            12, new { method = Post, nth = 2, fault = "lost_request" },
            new { method = Post, nth = 3, fault = "rate_limited", retryAfter = 1 });
        await GroupCluster.Until(async () => (await Work()).InFlight is { State: PostState.InDoubt, Members.Count: 12 }, "the digest is in doubt");
        await Accept(13, 30);
        Assert.Equal("12 18", await Shows(30));
    }

    /// <summary>A thread whose root takes three seconds, while the activities come.</summary>
    private async Task Behind(int count, params object[] faults)
    {
        await _cluster.Tell(HttpMethod.Put, "faults", new { rules = (object[])[new { method = Post, nth = 1, fault = "slow", milliseconds = 2500 }, .. faults] });
        await _cluster.Group("g").Announce(new Alert("first", new IssueFacts("Checkout is down")));
        await Accept(1, count);
    }

    private async Task Accept(int first, int last)
    {
        var notes = Enumerable.Range(first, last - first + 1).Select(i => GroupCluster.Note($"n{i:000}")).ToList();
        Assert.All(await _cluster.Group("g").AcceptMany(notes), receipt => Assert.Equal(AcceptOutcome.Accepted, receipt.Outcome));
    }

    /// <summary>Waits until the thread shows them all.</summary>
    /// <returns>How many stand in each message.</returns>
    private async Task<string> Shows(int count)
    {
        string[] expected = [.. Enumerable.Range(1, count).Select(i => $"n{i:000}")];
        IReadOnlyList<string> replies = [];
        await GroupCluster.Until(
            async () => await _cluster.Roots() is [var root, ..] && MarksIn(string.Concat(replies = await _cluster.Replies((string)root["ts"]!))).Count >= count, $"{count} in the thread");
        Assert.Equal(expected, MarksIn(string.Concat(replies)));
        await GroupCluster.Until(async () => (await Work()).Thread.Sent == count + 1, "all are sent");
        return string.Join(' ', replies.Select(reply => MarksIn(reply).Count));
    }

    private async Task<ThreadWork> Work() =>
        Assert.IsType<ThreadWork>(await _cluster.Ledger.ReadThread((await _cluster.View("g")).Threads.Single().Id, 0, default));

    private static List<string> MarksIn(string text) => [.. text.Split("mark[").Skip(1).Select(part => part[..part.IndexOf(']', StringComparison.Ordinal)])];
}
