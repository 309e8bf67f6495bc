using System.Diagnostics;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Workspaces;

namespace ThreadGrains.Cluster.Tests;

/// <summary>Doubts of which few, or none, can be read back (design 5.4).</summary>
public sealed class Doubts_with_little_to_read : IAsyncLifetime
{
    private const string Post = "chat.postMessage";

    private GroupCluster? _cluster;

    private GroupCluster Cluster => _cluster ?? throw new InvalidOperationException("Each test starts its own.");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    /// <summary>Few enough that the workspace is not held back: fewer than half of its last twenty posts.</summary>
    [Fact]
    public async Task At_one_read_a_minute_Slacks_events_end_doubts_within_seconds_and_nobody_else_waits()
    {
        string[] groups = [.. Enumerable.Range(0, 8).Select(i => $"g{i}")];
        await Start(("ThreadGrains:Pacing:ReadsPerMinute", "1"));
        await Announce(groups);
        await Cluster.Tell(HttpMethod.Put, "faults", new { rules = new[] { new { method = Post, fault = "lost_answer", rate = 1.0 } } });
        await Task.WhenAll(groups.Select(group => Cluster.Send(group, GroupCluster.Note($"{group}-1"))));
        await GroupCluster.Until(async () => (await All(groups)).All(work => work.InFlight is { State: PostState.InDoubt } || work.Thread.Sent == 2), "all are in doubt");
        await Cluster.Tell(HttpMethod.Delete, "faults");
        await Task.WhenAll(groups.Select(group => Cluster.Send(group, GroupCluster.Note($"{group}-2"))));
        Assert.InRange((await All(groups)).Count(work => work.InFlight is not null), 5, 8);

        long began = Stopwatch.GetTimestamp();
        await Announce("free");
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 10);

        began = Stopwatch.GetTimestamp();
        await Task.WhenAll((await All(groups)).Select(Tell));
        await GroupCluster.Until(async () => (await All(groups)).All(work => work.Thread.Sent == 3), "all go on");
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 10);
        foreach (string group in groups)
        {
            Assert.Equal([$"{group}-1", $"{group}-2"], (await Replies(group)).Select(MarkOf));
        }
    }

    [Theory]
    [InlineData("resend", "sent", "g-1 g-2")]
    [InlineData("skip", "dead", "g-2")]
    public async Task What_cannot_be_read_for_long_is_sent_again_or_skipped_as_configured(string policy, string end, string shown)
    {
        await Start(
            ("ThreadGrains:InDoubt:Unreadable", policy), ("ThreadGrains:Delivery:UnreadablePatience", "00:00:03"), ("ThreadGrains:Delivery:UnreadableRetry", "00:00:01"));
        await Announce("g");
        await Cluster.Tell(HttpMethod.Put, "faults", new
        {
            rules = new object[]
            {
                new { method = Post, nth = 1, fault = "lost_request" },
                new { method = "conversations.replies", fault = "error", error = "missing_scope", rate = 1.0 },
            },
        });
        await Cluster.Send("g", GroupCluster.Note("g-1"));
        await Cluster.Send("g", GroupCluster.Note("g-2"));
        await GroupCluster.Until(async () => (await Work("g")) is { PendingCount: 0, InFlight: null }, "both have ended");

        Assert.Equal(shown, string.Join(' ', (await Replies("g")).Select(MarkOf)));
        var deliveries = await Cluster.Ledger.ReportDeliveries(new DeliveryQuery(GroupCluster.Organization, "g"), default);
        var first = deliveries.Single(delivery => delivery.Activity == "g-1");
        Assert.Equal(end, first.State.ToString().ToLowerInvariant());
        Assert.Equal(policy == "skip" ? "in_doubt" : null, first.Reason);
    }

    private async Task Start(params (string Name, string Value)[] settings) =>
        _cluster = await GroupCluster.Start(new LedgerOnSqlite(), settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value));

    private async Task Announce(params string[] groups)
    {
        await Task.WhenAll(groups.Select(group => Cluster.Group(group).Announce(new Alert(group, new IssueFacts($"root of {group}.")))));
        await GroupCluster.Until(async () => (await All(groups)).All(work => work.Thread.Sent == 1), "the roots stand");
    }

    private async Task<ThreadWork[]> All(IEnumerable<string> groups) => await Task.WhenAll(groups.Select(Work));

    private async Task<ThreadWork> Work(string group) =>
        Assert.IsType<ThreadWork>(await Cluster.Ledger.ReadThread((await Cluster.View(group)).Threads.Single().Id, 0, default));

    /// <summary>Slack's message event of what is in doubt, if anything is.</summary>
    private async Task Tell(ThreadWork work)
    {
        if (work.InFlight is not { } post)
        {
            return;
        }

        var message = (await Cluster.InThread(work.Thread.Ts!)).Single();
        var happening = new SlackHappening.PostSeen(GroupCluster.Channel, (string)message["ts"]!, post.Id, (string?)message["user"], null, work.Thread.Ts);
        var outcome = await Cluster.Grains.GetGrain<ISlackWorkspaceGrain>(GroupCluster.Team).Take(new SlackEvent($"Ev{post.Id:N}", DateTimeOffset.UnixEpoch, happening));
        Assert.NotEqual(SlackEventOutcome.Unavailable, outcome);
    }

    private async Task<IReadOnlyList<string>> Replies(string group) => await Cluster.Replies((await Work(group)).Thread.Ts!);

    private static string MarkOf(string text) => text.Split("mark[")[1].Split(']')[0];
}
