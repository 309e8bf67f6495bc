using System.IO.Compression;
using System.Text;
using ThreadGrains.EndToEnd.Tests.Running;

namespace ThreadGrains.EndToEnd.Tests.Promises;

/// <summary>
/// The drill of docs/backup.md with real processes: a backup while activities flow, more activities, a crash, a restore on
/// another folder; Slack has meanwhile gone on, and the emulator's log is the judge.
/// </summary>
public sealed class Restoring
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Kept over the restore, which brings no secrets along.</summary>
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["ThreadGrains__ApiKey"] = "tg_local_0123456789012345678901234567890123456789012",
        ["ThreadGrains__Pacing__FirstProbe"] = "00:00:02",
    };

    private static readonly string[] Flowing = ["flow-0", "flow-1", "flow-2", "flow-3"];
    private static readonly string[] Fresh = ["fresh-0", "fresh-1", "fresh-2"];
    private static readonly string[] Stuck = ["stuck-0", "stuck-1"];

    private readonly Dictionary<string, string> _channels = [];

    [Fact]
    public async Task After_a_restore_no_old_message_is_posted_again_and_the_loss_is_exactly_what_came_after_the_backup()
    {
        await using var slack = await Deployment.StartSlack();
        string archive = Path.Combine(slack.Folder, "backup.zip");
        await slack.Slack.NoLimits();
        string[] groups = [.. Flowing, .. Fresh, .. Stuck];
        var made = await slack.Slack.MakeChannels(slack.Workspace, groups.Length + 1);
        for (int i = 0; i < groups.Length; i++)
        {
            _channels[groups[i]] = made[i];
        }

        _channels["later"] = made[^1];
        IReadOnlyList<SlackMessage> old;
        string[] before, during, after;
        await using (var product = await Deployment.StartBeside(slack, Deployment.NewFolder(), Deployment.QuickDoubts, Deployment.NoPacing, Settings))
        {
            // What is long done: four threads, and one whose channel is archived then; its neighbour never gets a root.
            string[] settled = [.. Flowing.SelectMany(group => Ids(group, "settled", 2)), .. Ids("stuck-0", "settled", 1)];
            foreach (string group in Flowing.Append("stuck-0"))
            {
                await Announce(product, slack, group);
            }

            await Tell(product, settled);
            await Stand(slack, settled);
            await slack.Slack.Archive(_channels["stuck-0"]);
            await slack.Slack.Archive(_channels["stuck-1"]);

            // From here on each post takes a while, so that the backup finds some pending and some under way.
            await slack.Slack.Faults(1, new { method = "chat.postMessage", rate = 1.0, fault = "slow", milliseconds = 400 });
            before = [.. Flowing.SelectMany(group => Ids(group, "before", 5)), .. Fresh.SelectMany(group => Ids(group, "before", 2)), .. Stuck.SelectMany(group => Ids(group, "before", 2))];
            foreach (string group in Fresh.Append("stuck-1"))
            {
                await Announce(product, slack, group);
            }

            await Tell(product, before);
            during = [.. Ids("flow-0", "during", 20)];
            var telling = Tell(product, during);
            var backup = await Deployment.Command("backup", archive, "--data", product.Folder);
            Assert.True(backup.Exit == 0, backup.Errors);
            await telling;
            Assert.DoesNotContain(" 0 deliveries unfinished", backup.Output, StringComparison.Ordinal);

            // After the backup: everything pending is posted but for the archived channels, more comes, and a state changes.
            after = [.. Flowing.SelectMany(group => Ids(group, "after", 2)), .. Fresh.SelectMany(group => Ids(group, "after", 1))];
            await Tell(product, after);
            await Announce(product, slack, "later");
            await Tell(product, Ids("later", "after", 1));
            Assert.Equal("accepted", (await product.Tracker.Activity("flow-1", "flow-1.resolved", "resolved")).Outcome);
            await Stand(slack, [.. before.Where(id => !IsStuck(id)), .. during, .. after, .. Ids("later", "after", 1)]);
            await ParentSays(slack, "flow-1", "(resolved)");
            await product.Kill();
            old = await Everything(slack);
        }

        Assert.DoesNotContain(old, message => IsStuck(message.Text) && message.Text.Contains("before", StringComparison.Ordinal));
        NoSecretIn(archive, [Settings["ThreadGrains__ApiKey"], slack.Env["SLACK_SIGNING_SECRET"], slack.Env["SLACK_BOT_TOKEN"]]);
        string folder = Deployment.NewFolder();
        Directory.Delete(folder);
        var restore = await Deployment.Command("restore", archive, "--data", folder);
        Assert.True(restore.Exit == 0, restore.Errors);
        await slack.Slack.Unarchive(_channels["stuck-0"]);
        await slack.Slack.Unarchive(_channels["stuck-1"]);
        await slack.Slack.Faults(2);

        await using var restored = await Deployment.StartBeside(slack, folder, Deployment.QuickDoubts, Deployment.NoPacing, Settings);
        await Stand(slack, [.. before.Where(IsStuck)]);
        await NothingUnfinished(restored);

        // No message was posted again, none is gone; new are those that were never posted, with the root of one of them.
        var now = await Everything(slack);
        Assert.All(old, message => Assert.False(Assert.Single(now, same => same.Channel == message.Channel && same.Ts == message.Ts).Deleted));
        var posted = now.Where(message => !old.Any(same => same.Channel == message.Channel && same.Ts == message.Ts)).ToList();
        Assert.Equal(
            before.Where(IsStuck).Order(StringComparer.Ordinal),
            posted.Select(message => MarkIn(message.Text)).OfType<string>().Order(StringComparer.Ordinal));
        Assert.Equal("stuck-1", Assert.Single(posted, message => MarkIn(message.Text) is null) is { } root ? GroupOf(root.Channel) : null);

        // The ledger names for each delivery the message that stands in Slack, whoever posted it.
        var deliveries = await Deliveries(restored);
        foreach (string id in before)
        {
            var (state, ts, late) = deliveries[id];
            Assert.Equal(("sent", Assert.Single(now, message => MarkIn(message.Text) == id).Ts, false), (state, ts, late));
        }

        // The loss: all that came after the backup, nothing that came before it, and of what was under way meanwhile a beginning.
        Assert.All(after, id => Assert.DoesNotContain(id, deliveries.Keys));
        Assert.Equal(during.Take(during.Count(deliveries.ContainsKey)), during.Where(deliveries.ContainsKey));
        using (var gone = await restored.Tracker.Http.GetAsync(new Uri("/v1/groups/later", UriKind.Relative)))
        {
            Assert.Equal(System.Net.HttpStatusCode.NotFound, gone.StatusCode);
        }

        // The announcement shows again what the ledger knows; and life goes on at the end of the same threads.
        await ParentSays(slack, "flow-1", "(unresolved)");
        string[] onward = [.. groups.SelectMany(group => Ids(group, "onward", 2))];
        await Tell(restored, onward);
        await Stand(slack, onward);
        foreach (string group in groups)
        {
            var thread = await Thread(slack, group);
            Assert.Equal(Ids(group, "onward", 2), thread.TakeLast(2).Select(message => MarkIn(message.Text)));
            var marks = thread.Select(message => MarkIn(message.Text)).OfType<string>().ToList();
            Assert.Equal(Ids(group, "before", 2), marks.Where(id => id.StartsWith($"{group}/before", StringComparison.Ordinal)).Take(2));
            Assert.Equal(marks.Count, marks.Distinct().Count());
        }

        // The promise ends here, and docs/backup.md says so: what came after the backup is unknown, its ids are free again.
        Assert.Equal("accepted", (await Note(restored, after[0])).Outcome);
        Assert.Equal("duplicate", (await Note(restored, before[0])).Outcome);
    }

    private static IEnumerable<string> Ids(string group, string when, int count) => Enumerable.Range(0, count).Select(i => $"{group}/{when}-{i:00}");

    private static bool IsStuck(string text) => text.Contains("stuck-", StringComparison.Ordinal);

    private string? GroupOf(string channel) => _channels.FirstOrDefault(pair => pair.Value == channel).Key;

    private static string? MarkIn(string text)
    {
        int start = text.IndexOf("mark[", StringComparison.Ordinal);
        return start < 0 ? null : text[(start + 5)..text.IndexOf(']', start)];
    }

    private async Task Announce(Deployment product, Deployment slack, string group) =>
        Assert.Equal("accepted", (await product.Tracker.Alert(group, $"{group}.alert", slack.Workspace, _channels[group])).Outcome);

    private static Task<Receipt> Note(Deployment product, string id) => product.Tracker.Note(id.Split('/')[0], id.Replace('/', '.'), Oracle.Mark(id));

    private static async Task Tell(Deployment product, IEnumerable<string> ids)
    {
        foreach (string id in ids)
        {
            Assert.Equal("accepted", (await Note(product, id)).Outcome);
        }
    }

    private async Task<IReadOnlyList<SlackMessage>> Everything(Deployment slack)
    {
        var all = new List<SlackMessage>();
        foreach (string channel in _channels.Values)
        {
            all.AddRange(await slack.Slack.Messages(slack.Workspace, channel));
        }

        return all;
    }

    private async Task<IReadOnlyList<SlackMessage>> Thread(Deployment slack, string group)
    {
        var root = (await slack.Slack.Messages(slack.Workspace, _channels[group])).Single(message => message.ThreadTs is null || message.ThreadTs == message.Ts);
        return await slack.Slack.Messages(slack.Workspace, _channels[group], root.Ts);
    }

    /// <summary>Each of these notes stands in Slack, once.</summary>
    private Task Stand(Deployment slack, IEnumerable<string> ids) => Eventually.Get(
        async () =>
        {
            var marks = (await Everything(slack)).Select(message => MarkIn(message.Text)).OfType<string>().ToList();
            Assert.Equal(marks.Count, marks.Distinct().Count());
            return ids.Except(marks).ToList();
        },
        missing => missing.Count == 0, Patience, "all notes stand in Slack", missing => string.Join(' ', missing));

    private Task ParentSays(Deployment slack, string group, string state) => Eventually.Get(
        async () => (await slack.Slack.Messages(slack.Workspace, _channels[group])).Single(message => message.ThreadTs is null || message.ThreadTs == message.Ts).Text,
        text => text.Contains(state, StringComparison.Ordinal), Patience, $"the announcement of {group} says {state}");

    private static Task NothingUnfinished(Deployment product) => Eventually.Get(
        async () => (await Deliveries(product)).Where(pair => pair.Value.State is not "sent").Select(pair => $"{pair.Key} {pair.Value.State}").ToList(),
        unfinished => unfinished.Count == 0, Patience, "nothing is unfinished", unfinished => string.Join(", ", unfinished));

    private static async Task<Dictionary<string, (string State, string? Ts, bool Late)>> Deliveries(Deployment product)
    {
        var all = new Dictionary<string, (string, string?, bool)>();
        string? next = null;
        do
        {
            var page = await product.Tracker.Get("/v1/deliveries?limit=100" + (next is null ? "" : $"&cursor={next}"));
            foreach (var item in page.GetProperty("items").EnumerateArray())
            {
                all[item.GetProperty("activity").GetString()!.Replace('.', '/')] = (
                    item.GetProperty("state").GetString()!,
                    item.TryGetProperty("slackTs", out var ts) ? ts.GetString() : null, item.GetProperty("late").GetBoolean());
            }

            next = page.TryGetProperty("next", out var more) && more.ValueKind == System.Text.Json.JsonValueKind.String ? more.GetString() : null;
        }
        while (next is not null);
        return all;
    }

    private static void NoSecretIn(string archive, IReadOnlyList<string> secrets)
    {
        using var zip = ZipFile.OpenRead(archive);
        Assert.Equal(["manifest.json", "ledger.db", "grains.db"], zip.Entries.Select(entry => entry.FullName));
        foreach (var entry in zip.Entries)
        {
            using var read = entry.Open();
            using var bytes = new MemoryStream();
            read.CopyTo(bytes);
            string text = Encoding.Latin1.GetString(bytes.ToArray());
            Assert.All(secrets, secret => Assert.False(text.Contains(secret, StringComparison.Ordinal), $"{entry.FullName} holds a secret"));
        }
    }
}
