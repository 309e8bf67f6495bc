using ThreadGrains.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace ThreadGrains.EndToEnd.Tests.Promises;

/// <summary>In order, once, in every thread: whatever is killed, lost, refused or late on the way.</summary>
public sealed class Survival(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Killed_ten_times_in_the_middle_of_500_activities_over_50_groups_everything_accepted_stands_once_in_order()
    {
        await using var product = await Deployment.Start(Deployment.QuickDoubts, Deployment.NoPacing, Deployment.NoEvents);
        await product.Slack.NoLimits();
        // A pause at each post, so that a kill finds posts under way; Slack needs about as long.
        await product.Slack.Faults(1, new { method = "chat.postMessage", rate = 0.5, fault = "slow", milliseconds = 150 });
        var oracle = new Oracle();
        var channels = await product.Slack.MakeChannels(product.Workspace, 50);
        var groups = Enumerable.Range(0, 50).Select(i => $"kill-{i}").ToList();
        await Each(groups, group => Announce(product, group, channels[groups.IndexOf(group)]));

        for (int round = 0; round < 10; round++)
        {
            int from = round;
            var sending = Each(groups, group => Tell(product, oracle, group, $"{group}-n{from}"));
            // The kill comes while this round's notes are accepted and posted.
            await Eventually.Get(() => Task.FromResult(oracle.Count), count => count >= (from * 50) + 25, Patience, "half of the round is accepted");
            await product.Kill();
            await product.StartAgain();
            await product.Slack.NoLimits();
            await product.Slack.Faults(round, new { method = "chat.postMessage", rate = 0.5, fault = "slow", milliseconds = 150 });
            await sending;
        }

        Assert.Equal(500, oracle.Count);
        await Settled(product, oracle, groups, channels);
    }

    [Fact]
    public async Task With_every_kind_of_fault_together_1000_activities_stand_once_in_order()
    {
        await using var product = await Deployment.Start(Deployment.QuickDoubts, Deployment.NoPacing, Deployment.NoEvents);
        await product.Slack.NoLimits();
        var oracle = new Oracle();
        var channels = await product.Slack.MakeChannels(product.Workspace, 50);
        var groups = Enumerable.Range(0, 50).Select(i => $"fault-{i}").ToList();
        await Each(groups, group => Announce(product, group, channels[groups.IndexOf(group)]));
        int seed = Random.Shared.Next(1, 1_000_000);
        output.WriteLine($"seed of the faults: {seed}");
        await product.Slack.Faults(
            seed,
            new { method = "chat.postMessage", rate = 0.05, fault = "lost_answer" },
            new { method = "chat.postMessage", rate = 0.05, fault = "lost_request" },
            new { method = "chat.postMessage", rate = 0.05, fault = "http_500" },
            new { method = "chat.postMessage", rate = 0.05, fault = "rate_limited", retryAfter = 1 },
            new { method = "chat.postMessage", rate = 0.02, fault = "late", milliseconds = 800 });

        await Each(groups, async group =>
        {
            for (int i = 0; i < 20; i++)
            {
                await Tell(product, oracle, group, $"{group}-n{i}");
            }
        });

        Assert.Equal(1000, oracle.Count);
        await Settled(product, oracle, groups, channels);
    }

    private static Task Each(IReadOnlyList<string> groups, Func<string, Task> work) =>
        Parallel.ForEachAsync(groups, new ParallelOptions { MaxDegreeOfParallelism = 25 }, async (group, _) => await work(group));

    private static async Task Announce(Deployment product, string group, string channel)
    {
        var receipt = await Tracker.Until(() => product.Tracker.Alert(group, $"{group}-e", product.Workspace, channel), Eventually.Pause, Patience);
        Assert.True(receipt.Outcome is "accepted" or "duplicate", receipt.ToString());
    }

    private static async Task Tell(Deployment product, Oracle oracle, string group, string id)
    {
        var receipt = await Tracker.Until(() => product.Tracker.Note(group, id, Oracle.Mark(id)), Eventually.Pause, Patience);
        oracle.Promised(group, id, receipt);
    }

    private async Task Settled(Deployment product, Oracle oracle, IReadOnlyList<string> groups, IReadOnlyList<string> channels)
    {
        var wrong = await Eventually.Get(
            async () =>
            {
                var found = new List<string>();
                for (int i = 0; i < groups.Count; i++)
                {
                    found.AddRange(await Judge(product, oracle, groups[i], channels[i]));
                }

                return found;
            },
            found => found.Count == 0, Patience, "every promise kept", found => string.Join('\n', found.Take(20)));
        Assert.Empty(wrong);

        int ever = 0;
        for (int i = 0; i < groups.Count; i++)
        {
            var root = (await product.Slack.Messages(product.Workspace, channels[i])).First(message => message.ThreadTs is null || message.ThreadTs == message.Ts);
            ever += Oracle.DoubledEver(await product.Slack.Messages(product.Workspace, channels[i], root.Ts));
        }

        output.WriteLine($"{oracle.Count} accepted, doubled ever: {ever}, doubled and left: 0");
    }

    private static async Task<IReadOnlyList<string>> Judge(Deployment product, Oracle oracle, string group, string channel)
    {
        var messages = await product.Slack.Messages(product.Workspace, channel);
        var roots = messages.Where(message => !message.Deleted && (message.ThreadTs is null || message.ThreadTs == message.Ts)).ToList();
        return roots.Count == 1
            ? oracle.Judge(group, await product.Slack.Messages(product.Workspace, channel, roots[0].Ts))
            : [$"{group}: {roots.Count} messages stand in the channel itself"];
    }
}
