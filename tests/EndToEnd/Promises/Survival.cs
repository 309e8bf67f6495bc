using ThreadGrains.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace ThreadGrains.EndToEnd.Tests.Promises;

/// <summary>In order, once, in every thread: whatever is killed, lost, refused or late on the way.</summary>
public abstract class Survival(ITestOutputHelper output)
{
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private protected void Say(string line) => output.WriteLine(line);

    private protected static Task Each(IReadOnlyList<string> groups, Func<string, Task> work) =>
        Parallel.ForEachAsync(groups, new ParallelOptions { MaxDegreeOfParallelism = 25 }, async (group, _) => await work(group));

    private protected static async Task Announce(Deployment product, string group, string channel)
    {
        var receipt = await Tracker.Until(() => product.Tracker.Alert(group, $"{group}-e", product.Workspace, channel), Eventually.Pause, Patience);
        Assert.True(receipt.Outcome is "accepted" or "duplicate", receipt.ToString());
    }

    private protected static async Task Tell(Deployment product, Oracle oracle, string group, string id)
    {
        var receipt = await Tracker.Until(() => product.Tracker.Note(group, id, Oracle.Mark(id)), Eventually.Pause, Patience);
        oracle.Promised(group, id, receipt);
    }

    private protected async Task Settled(Deployment product, Oracle oracle, IReadOnlyList<string> groups, IReadOnlyList<string> channels)
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
