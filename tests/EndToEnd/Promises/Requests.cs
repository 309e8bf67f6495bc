using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ThreadGrains.EndToEnd.Tests.Running;

namespace ThreadGrains.EndToEnd.Tests.Promises;

/// <summary>By one process.</summary>
[Collection(OnOneProcess.Name)]
public sealed class RequestsAlone(OneProcess running) : Requests
{
    private protected override Deployment Product => running.Product;
}

/// <summary>What those who call the API may rely on, whatever runs. Where there are several gateways, what one took the other knows.</summary>
public abstract partial class Requests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private protected abstract Deployment Product { get; }

    [Fact]
    public async Task A_batch_is_answered_line_by_line_lands_in_its_order_and_sent_again_elsewhere_is_a_duplicate()
    {
        var (channel, root) = await Announced("batch");
        await Product.Tracker.Note("batch", "batch.0", "told before");
        string lines = string.Join('\n',
            Line("batch.1", "batch", "first"), Line("batch.0", "batch", "told before"), "{\"id\": \"batch.2\", \"group\": \"batch\"", Line("batch.0", "batch", "told otherwise"),
            Line("batch.3", "nobody-knows-it", "lost"), Line("batch.4", "batch", "second"), Line("batch.1", "batch", "first"), Line("batch.5", "batch", "third"));

        var answers = await Batch(Product.Gateways[0], lines);
        Assert.Equal(["accepted", "duplicate", "400", "409", "no_group", "accepted", "duplicate", "accepted"], answers.Select(Outcome));
        Assert.Equal(Enumerable.Range(1, 8), answers.Select(answer => answer.GetProperty("line").GetInt32()));
        Assert.Equal([3, 2, 4, 3, 5], Sequences(answers));

        var again = await Batch(Product.Gateways[^1], lines);
        Assert.Equal(["duplicate", "duplicate", "400", "409", "no_group", "duplicate", "duplicate", "duplicate"], again.Select(Outcome));
        Assert.Equal(Sequences(answers), Sequences(again));

        await Stand(channel, root.Ts, "told before", "first", "second", "third");
        await Product.Gateways[^1].Note("batch", "batch.6", "and on");
        await Stand(channel, root.Ts, "told before", "first", "second", "third", "and on");
    }

    [Fact]
    public async Task A_hundred_equal_activities_at_once_through_every_gateway_are_one_and_a_different_one_is_refused()
    {
        var (channel, root) = await Announced("equal");
        var receipts = await Task.WhenAll(Enumerable.Range(0, 100).Select(n => Product.Gateways[n % Product.Gateways.Count].Note("equal", "equal.1", "the same")));
        Assert.Single(receipts, receipt => receipt.Outcome == "accepted");
        Assert.Equal(99, receipts.Count(receipt => receipt.Outcome == "duplicate"));
        Assert.Equal((2L, 1), Assert.Single(receipts.Select(receipt => (receipt.Sequence!.Value, receipt.Threads!.Value)).Distinct()));
        Assert.All(await Task.WhenAll(Product.Gateways.Select(gateway => gateway.Note("equal", "equal.1", "another"))), receipt => Assert.Equal(HttpStatusCode.Conflict, receipt.Status));
        await Product.Tracker.Note("equal", "equal.2", "the next one");
        await Stand(channel, root.Ts, "the same", "the next one");
    }

    [Fact]
    public async Task Every_id_counts_once_however_often_it_comes_and_through_whichever_gateways()
    {
        // 1 to 20 copies of each id, a third of the ids with all copies at once; one id in twenty comes with other content, too.
        const int ids = 60;
        var (channel, root) = await Announced("copies");
        var heard = new ConcurrentDictionary<int, Receipt[]>();
        var refused = new ConcurrentBag<int>();
        await Parallel.ForEachAsync(Enumerable.Range(0, ids), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (id, _) =>
        {
            Task<Receipt> Copy(int copy, string text) => Product.Gateways[(id + copy) % Product.Gateways.Count].Note("copies", $"copies.{id}", text);
            int copies = 1 + (id * 7 % 20);
            if (id % 3 == 0)
            {
                heard[id] = await Task.WhenAll(Enumerable.Range(0, copies).Select(copy => Copy(copy, $"text {id}.")));
            }
            else
            {
                var receipts = new List<Receipt>();
                for (int copy = 0; copy < copies; copy++)
                {
                    receipts.Add(await Copy(copy, $"text {id}."));
                }

                heard[id] = [.. receipts];
            }

            if (id % 20 == 0 && (await Copy(1, $"other text {id}.")).Status == HttpStatusCode.Conflict)
            {
                refused.Add(id);
            }
        });

        Assert.Equal([0, 20, 40], refused.Order());
        Assert.All(heard.Values, receipts =>
        {
            Assert.Single(receipts, receipt => receipt.Outcome == "accepted");
            Assert.Equal(receipts.Length - 1, receipts.Count(receipt => receipt.Outcome == "duplicate"));
            Assert.Single(receipts.Select(receipt => (receipt.Sequence, receipt.Threads, receipt.Reason)).Distinct());
        });

        // What stands in the thread is each once, in the order of the receipts; where the thread falls far behind, several in one message.
        string[] expected = [.. heard.OrderBy(id => id.Value[0].Sequence).Select(id => $"text {id.Key}.")];
        await Eventually.Get(
            async () => (await Product.Slack.Messages(Product.Workspace, channel, root.Ts)).SelectMany(message => Told().Matches(message.Text)).Select(match => match.Value).ToList(),
            told => told.SequenceEqual(expected), Patience, "each is told once, in order", told => string.Join(' ', told));
    }

    [Fact]
    public async Task A_thread_closed_by_hand_can_be_opened_again_and_shows_the_present_state()
    {
        var (channel, root) = await Announced("reopened");
        string thread = $"/v1/groups/reopened/threads/{(await Product.Tracker.Get("/v1/groups/reopened")).GetProperty("threads")[0].GetProperty("id").GetString()}";
        Assert.Equal(HttpStatusCode.OK, (await Product.Gateways[0].Post($"{thread}/close")).Status);
        Assert.Equal("no_threads", (await Product.Gateways[^1].Activity("reopened", "reopened.1", "resolved")).Reason);
        Assert.Equal(HttpStatusCode.OK, (await Product.Gateways[^1].Post($"{thread}/reopen")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await Product.Gateways[0].Post($"{thread}/reopen")).Status);
        Assert.Equal(1, (await Product.Gateways[0].Note("reopened", "reopened.2", "heard again")).Threads);
        await Stand(channel, root.Ts, "heard again");
        await Eventually.Get(
            async () => (await Product.Slack.Messages(Product.Workspace, channel))[0], message => message.Text.Contains("resolved", StringComparison.Ordinal), Patience, "the parent shows the state");
        Assert.Equal(root.Ts, (await Product.Slack.Messages(Product.Workspace, channel))[0].Ts);
    }

    private async Task<(string Channel, SlackMessage Root)> Announced(string group)
    {
        string channel = (await Product.Slack.MakeChannels(Product.Workspace, 1))[0];
        Assert.Equal("accepted", (await Product.Tracker.Alert(group, $"{group}.e", Product.Workspace, channel)).Outcome);
        await Eventually.Get(
            () => Product.Tracker.Get($"/v1/groups/{group}"), view => view.GetProperty("threads")[0].GetProperty("state").GetString() == "open", Patience, $"the thread of {group} is open");
        return (channel, (await Product.Slack.Messages(Product.Workspace, channel)).Single());
    }

    /// <summary>The thread shows these texts, in this order, and nothing else.</summary>
    private Task Stand(string channel, string root, params string[] texts) => Eventually.Get(
        () => Product.Slack.Messages(Product.Workspace, channel, root),
        thread => thread.Count == texts.Length && thread.Zip(texts).All(pair => pair.First.Text.Contains(pair.Second, StringComparison.Ordinal)), Patience,
        $"the thread shows {string.Join(", ", texts)}", thread => string.Join(" | ", thread.Select(message => message.Text)));

    [GeneratedRegex(@"text [0-9]+\.")]
    private static partial Regex Told();

    private static string Line(string id, string group, string text) =>
        JsonSerializer.Serialize(new { id, group, type = "note", actor = new { type = "user", id = "u1", name = "Ada" }, data = new { text } });

    private static async Task<IReadOnlyList<JsonElement>> Batch(Tracker gateway, string lines)
    {
        using var content = new StringContent(lines, Encoding.UTF8, "application/x-ndjson");
        using var answer = await gateway.Http.PostAsync(new Uri("/v1/activities/batch", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return [.. (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    /// <summary>The reason or else the outcome of a receipt; a problem's status.</summary>
    private static string Outcome(JsonElement line) => line.GetProperty("status").GetInt32() is var status and not 202 ? $"{status}"
        : line.TryGetProperty("reason", out var reason) ? reason.GetString()! : line.GetProperty("outcome").GetString()!;

    private static IEnumerable<int> Sequences(IEnumerable<JsonElement> lines) =>
        lines.Where(line => line.TryGetProperty("sequence", out _)).Select(line => line.GetProperty("sequence").GetInt32());
}
