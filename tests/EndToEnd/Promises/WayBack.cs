using System.Diagnostics;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ThreadGrains.EndToEnd.Tests.Running;
using ThreadGrains.Silo;

namespace ThreadGrains.EndToEnd.Tests.Promises;

/// <summary>What is clicked in Slack comes to the tracker: signed, in order, at least once, whoever is down meanwhile.</summary>
public sealed class WayBack
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_click_is_told_to_the_tracker_its_echo_is_a_duplicate_and_what_it_refused_is_listed_and_sent_again()
    {
        await using var receiver = new CallbackReceiver();
        await using var product = await Deployment.Start(receiver.Settings, Deployment.NoPacing);
        await product.Slack.NoLimits();
        string root = await Announce(product, "back-1", product.Channel);

        // Twice the same request from Slack: one click.
        await Click(product, product.Channel, root, "tg.assign_me", copies: 2);
        var told = Assert.Single(await Taken(receiver, 1));
        CallbackReceiver.Verify(told);
        var data = told.Data;
        Assert.Equal(("assigned", "back-1", product.Workspace, root), (Text(data, "type"), Text(data, "group"), Text(data.GetProperty("slack"), "workspace"), Text(data.GetProperty("slack"), "messageTs")));

        // The tracker assigns, and tells the world by its usual webhook: nothing comes back to Slack.
        var echo = await product.Tracker.Http.PostAsJsonAsync(new Uri("/v1/activities", UriKind.Relative), new
        {
            id = Text(data, "id"), group = Text(data, "group"), type = Text(data, "type"), actor = data.GetProperty("actor"), data = data.GetProperty("data"),
        });
        string answer = await echo.Content.ReadAsStringAsync();
        Assert.True(answer.Contains("\"outcome\":\"duplicate\"", StringComparison.Ordinal), answer);

        // Gone, and refused: both are given up, visible with their reason, and the next click is not held up by them.
        receiver.Status = 410;
        await Click(product, product.Channel, root, "tg.resolve");
        var gone = Assert.Single(await Listed(product, "state=dead&kind=callback", 1));
        Assert.Equal(("gone", "callback", false), (Text(gone, "reason"), Text(gone, "kind"), gone.TryGetProperty("channel", out _)));
        receiver.Status = 404;
        await Click(product, product.Channel, root, "tg.unresolve");
        Assert.Equal(2, Assert.Single(await Listed(product, "state=dead&reason=callback_failed:404", 1)).GetProperty("attempts").GetInt32());
        receiver.Status = 204;
        await Click(product, product.Channel, root, "tg.archive");
        Assert.Equal("archived", Text((await Taken(receiver, 2))[1].Data, "type"));

        using var one = await product.Tracker.Http.PostAsync(new Uri($"/v1/deliveries/{Text(gone, "id")}/replay", UriKind.Relative), null);
        Assert.Equal(202, (int)one.StatusCode);
        using var rest = await product.Tracker.Http.PostAsJsonAsync(new Uri("/v1/deliveries/replay", UriKind.Relative), new { kind = "callback", limit = 10 });
        Assert.Equal(1, (await rest.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("replayed").GetInt32());

        var all = await Taken(receiver, 4);
        Assert.Equal(["resolved", "unresolved"], all.Skip(2).Select(callback => Text(callback.Data, "type")));
        // The same bytes under the same id at every try.
        Assert.All(receiver.Received.GroupBy(callback => callback.Id), tries => Assert.Single(tries.Select(callback => callback.Body).Distinct()));
        Assert.All(receiver.Received, CallbackReceiver.Verify);
        Assert.Equal(4, (await Listed(product, "state=sent&kind=callback", 4)).Count);
        Assert.Equal(4, (await product.Tracker.Get("/v1/groups/back-1/deliveries?kind=callback")).GetProperty("items").GetArrayLength());
        Assert.DoesNotContain("whsec_", product.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_tracker_is_down_and_we_are_killed_nothing_is_lost_and_each_group_comes_in_order()
    {
        await using var receiver = new CallbackReceiver { Status = 503 };
        await using var product = await Deployment.Start(receiver.Settings, Deployment.QuickDoubts, Deployment.NoPacing);
        await product.Slack.NoLimits();
        string[] groups = [.. Enumerable.Range(0, 5).Select(i => $"down-{i}")];
        var channels = await product.Slack.MakeChannels(product.Workspace, groups.Length);
        var roots = await Task.WhenAll(groups.Select((group, i) => Announce(product, group, channels[i])));

        for (int round = 0; round < 3; round++)
        {
            foreach (string action in new[] { "tg.resolve", "tg.unresolve" })
            {
                for (int i = 0; i < groups.Length; i++)
                {
                    var answer = await Click(product, channels[i], roots[i], action);
                    Assert.Equal(200, answer.GetProperty("status").GetInt32());
                }
            }

            int tries = receiver.Received.Count;
            await Eventually.Get(() => Task.FromResult(receiver.Received.Count), count => count > tries, Patience, "it is tried while the tracker is down");
            if (round < 2)
            {
                await product.Kill();
                await product.StartAgain();
                await product.Slack.NoLimits();
            }
        }

        Assert.Empty(receiver.Taken);
        receiver.Status = 204;

        await Listed(product, "state=sent&kind=callback", 30);
        foreach (string group in groups)
        {
            // Told twice at most where a kill came between the answer and its commit: with the same id, and next to each other.
            var sequences = receiver.Taken.Where(callback => callback.Group == group).Select(callback => callback.Sequence).Distinct().ToList();
            Assert.Equal(6, sequences.Count);
            Assert.Equal(sequences.Order(), sequences);
        }

        Assert.Equal(30, receiver.Taken.Select(callback => callback.Id).Distinct().Count());
        Assert.All(receiver.Received.GroupBy(callback => callback.Id), tries => Assert.Single(tries.Select(callback => callback.Body).Distinct()));
        Assert.Empty((await product.Tracker.Get("/v1/deliveries?kind=callback&state=pending")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task The_sample_receivers_take_what_we_sign_and_nothing_else()
    {
        string secret = CallbackReceiver.Secret(RandomNumberGenerator.GetBytes(32));
        int port = LoopbackPorts.ChooseOne();
        await using var product = await Deployment.Start(CallbackReceiver.For($"http://127.0.0.1:{port}/", secret));
        foreach (string kind in new[] { "node", "dotnet" })
        {
            using var sample = await Sample(kind, port, secret);
            string root = await Announce(product, kind, product.Channel);

            await Click(product, product.Channel, root, "tg.resolve");

            Assert.Matches($"^resolved {kind} by .+ #2 slack:", await sample.StandardOutput.ReadLineAsync().WaitAsync(Patience) ?? "");
            using var http = new HttpClient();
            using var forged = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
            forged.Headers.Add("webhook-id", "x");
            forged.Headers.Add("webhook-timestamp", $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}");
            forged.Headers.Add("webhook-signature", "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
            Assert.Equal(401, (int)(await http.SendAsync(forged)).StatusCode);
            await Eventually.Get(
                () => product.Tracker.Get($"/v1/groups/{kind}/deliveries?kind=callback&state=sent"), page => page.GetProperty("items").GetArrayLength() == 1, Patience, "the callback is done");
            sample.Kill(entireProcessTree: true);
            await sample.WaitForExitAsync().WaitAsync(Patience); // the next one listens on its port
        }
    }

    private static async Task<Process> Sample(string kind, int port, string secret)
    {
        string folder = Path.Combine(Repository.Root, "samples", $"callback-receiver-{kind}");
        if (kind == "node" && !Directory.Exists(Path.Combine(folder, "node_modules")))
        {
            using var install = Process.Start(new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund"]) { WorkingDirectory = folder })!;
            await install.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
            Assert.Equal(0, install.ExitCode);
        }

        var start = kind == "node"
            ? new ProcessStartInfo("node", ["receiver.mjs"])
            : new ProcessStartInfo("dotnet", ["run", "-c", "Release", "--", "--urls", $"http://127.0.0.1:{port}"]);
        start.WorkingDirectory = folder;
        start.RedirectStandardOutput = true;
        start.Environment["CALLBACK_SECRET"] = secret;
        start.Environment["PORT"] = $"{port}";
        var sample = Process.Start(start)!;
        Assert.StartsWith("listening on", await sample.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(3)), StringComparison.Ordinal);
        return sample;
    }

    /// <summary>A person can only click what is there: after a change the card shows its new buttons a moment later.</summary>
    private static async Task<JsonElement> Click(Deployment product, string channel, string root, string action, int? copies = null)
    {
        await Eventually.Get(
            async () => (await product.Slack.Messages(product.Workspace, channel)).Single(message => message.Ts == root).Raw.GetProperty("blocks").GetRawText(),
            blocks => blocks.Contains($"\"{action}\"", StringComparison.Ordinal), Patience, $"the button {action}");
        return await product.Slack.Click(product.Workspace, channel, root, action, product.User, copies);
    }

    private static async Task<string> Announce(Deployment product, string group, string channel)
    {
        Assert.Equal("accepted", (await product.Tracker.Alert(group, $"{group}.alert", product.Workspace, channel)).Outcome);
        return (await Eventually.Get(
            async () => (await product.Slack.Messages(product.Workspace, channel)).Where(message => message.Text.Contains($"Problem {group}", StringComparison.Ordinal)).ToList(),
            roots => roots.Count == 1, Patience, "the announcement"))[0].Ts;
    }

    private static Task<IReadOnlyList<ReceivedCallback>> Taken(CallbackReceiver receiver, int count) =>
        Eventually.Get(() => Task.FromResult(receiver.Taken), taken => taken.Count >= count, Patience, $"{count} callbacks");

    private static Task<IReadOnlyList<JsonElement>> Listed(Deployment product, string query, int count) => Eventually.Get(
        async () => (IReadOnlyList<JsonElement>)[.. (await product.Tracker.Get($"/v1/deliveries?{query}")).GetProperty("items").EnumerateArray()],
        items => items.Count >= count, Patience, query, items => string.Join('\n', items));

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
