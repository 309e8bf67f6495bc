using System.Globalization;

namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>Groups, each announced in a channel of its own, and what was promised about them.</summary>
internal sealed class Conversations
{
    private readonly Deployment _product;
    private readonly Dictionary<string, string> _channels;

    private Conversations(Deployment product, Dictionary<string, string> channels)
    {
        _product = product;
        _channels = channels;
        Groups = [.. channels.Keys];
    }

    public IReadOnlyList<string> Groups { get; }

    public Oracle Oracle { get; } = new();

    /// <summary>Announces so many groups and waits until each announcement stands: nothing of them is in flight then.</summary>
    public static async Task<Conversations> Begin(Deployment product, string prefix, int count, TimeSpan patience)
    {
        var channels = await product.Slack.MakeChannels(product.Workspace, count);
        var conversations = new Conversations(product, Enumerable.Range(0, count).ToDictionary(n => $"{prefix}-{n}", n => channels[n]));
        await Parallel.ForEachAsync(conversations.Groups, new ParallelOptions { MaxDegreeOfParallelism = 10 }, async (group, _) =>
        {
            var receipt = await Tracker.Until(() => product.Tracker.Alert(group, $"{group}-e", product.Workspace, conversations._channels[group]), Eventually.Pause, patience);
            Assert.True(receipt.Outcome is "accepted" or "duplicate", receipt.ToString());
        });
        foreach (string group in conversations.Groups)
        {
            await Eventually.Get(() => conversations.Messages(group), messages => messages.Count == 1, patience, $"{group} is announced");
        }

        return conversations;
    }

    /// <summary>Tells each group one thing at once, through all gateways.</summary>
    public Task TellEach(string id, TimeSpan patience) => Task.WhenAll(Groups.Select(async (group, n) =>
    {
        string note = $"{group}-{id}";
        int turn = n;
        // One that does not answer finally is followed by the other one.
        var receipt = await Tracker.Until(() => _product.Gateways[turn++ % _product.Gateways.Count].Note(group, note, Oracle.Mark(note)), Eventually.Pause, patience);
        Oracle.Promised(group, note, receipt);
    }));

    /// <summary>When the note that <see cref="TellEach"/> told was stored by Slack, for each group, in order.</summary>
    public async Task<IReadOnlyList<DateTimeOffset>> Stood(string id, TimeSpan patience)
    {
        var times = new List<DateTimeOffset>();
        foreach (string group in Groups)
        {
            string mark = Oracle.Mark($"{group}-{id}");
            var messages = await Eventually.Get(
                () => Messages(group), found => found.Any(message => message.Text.Contains(mark, StringComparison.Ordinal)), patience, $"{mark} stands");
            times.Add(messages.First(message => message.Text.Contains(mark, StringComparison.Ordinal)).StoredAt);
        }

        times.Sort();
        return times;
    }

    /// <summary>When the first message since a moment was stored by Slack, for each of these groups, in order.</summary>
    public async Task<IReadOnlyList<DateTimeOffset>> FirstAfter(DateTimeOffset moment, IEnumerable<string> groups)
    {
        var messages = await Task.WhenAll(groups.Select(Messages));
        return [.. messages.Select(each => each.Select(message => message.StoredAt).Where(stored => stored > moment).Min()).Order()];
    }

    /// <summary>Waits until every promise is kept, in every thread.</summary>
    /// <returns>How many copies stood beside a first one at any time, whether or not they were taken away again.</returns>
    public async Task<int> Settled(TimeSpan patience)
    {
        foreach (string group in Groups)
        {
            await Eventually.Get(() => Judge(group), wrong => wrong.Count == 0, patience, "every promise is kept", wrong => string.Join('\n', wrong));
        }

        // Once more from the beginning: what came too much may have come after we looked.
        int doubled = 0;
        foreach (string group in Groups)
        {
            Assert.Empty(await Judge(group));
            doubled += Oracle.DoubledEver(Replies(await Messages(group)));
        }

        return doubled;
    }

    /// <summary>A row of seconds as it is printed.</summary>
    public static string Seconds(IReadOnlyList<DateTimeOffset> sorted, DateTimeOffset since) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(sorted[0] - since).TotalSeconds:0.0} / {(sorted[sorted.Count / 2] - since).TotalSeconds:0.0} / {(sorted[^1] - since).TotalSeconds:0.0} s (first / half / last of {sorted.Count})");

    private async Task<IReadOnlyList<string>> Judge(string group)
    {
        var messages = await Messages(group);
        int roots = messages.Count(message => !message.Deleted && IsRoot(message));
        return roots == 1 ? Oracle.Judge(group, Replies(messages)) : [$"{group}: {roots} messages stand in the channel itself"];
    }

    private Task<IReadOnlyList<SlackMessage>> Messages(string group) => _product.Slack.Messages(_product.Workspace, _channels[group]);

    private static List<SlackMessage> Replies(IReadOnlyList<SlackMessage> messages) => [.. messages.Where(message => !IsRoot(message))];

    private static bool IsRoot(SlackMessage message) => message.ThreadTs is null || message.ThreadTs == message.Ts;
}
