using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ThreadGrains.EndToEnd.Tests.Running;
using ThreadGrains.Silo;

namespace ThreadGrains.EndToEnd.Tests.Promises;

/// <summary>What an operator's tools see of the product: traces, metrics, logs; and no secret and no message in any of them.</summary>
public sealed class Watching : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private readonly Collector _collector = new();
    private readonly int _prometheus = LoopbackPorts.ChooseOne();

    private Deployment Product { get; set; } = null!;

    public async Task InitializeAsync() => Product = await Deployment.Start(
        _collector.Settings, Deployment.QuickDoubts, Deployment.NoPacing,
        new Dictionary<string, string>
        {
            ["ThreadGrains__Telemetry__Prometheus"] = $"{_prometheus}",
            ["ThreadGrains__Telemetry__TotalsEvery"] = "00:00:01",
            ["ThreadGrains__Telemetry__ConservationEvery"] = "00:00:01",
            // Nobody listens there: what is told about a callback that fails is among what is looked at.
            ["ThreadGrains__Callback__Url"] = "http://127.0.0.1:9/hook?CANARY-callback-query",
            ["ThreadGrains__Callback__AllowPrivate"] = "true",
            ["ThreadGrains__Callback__Secret"] = "whsec_Q0FOQVJZY2FsbGJhY2stMDEyMzQ1Njc4OWFiY2RlZg==",
            ["Logging__LogLevel__Default"] = "Debug",
            ["Logging__LogLevel__ThreadGrains"] = "Debug",
            ["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment.name=test",
        });

    public async Task DisposeAsync()
    {
        await Product.DisposeAsync();
        _collector.Dispose();
    }

    [Fact]
    public async Task A_request_is_one_trace_down_to_the_commit_its_post_is_linked_to_it_and_nothing_tells_a_secret()
    {
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        await Product.Tracker.Alert("billing-42", "e1");
        Product.Tracker.Http.DefaultRequestHeaders.Add("traceparent", $"00-{trace}-b7ad6b7169203331-01");
        await Product.Tracker.Note("billing-42", "a1", "CANARY-note");
        Product.Tracker.Http.DefaultRequestHeaders.Remove("traceparent");

        var spans = await Eventually.Get(
            () => Task.FromResult(_collector.Spans), spans => spans.Any(span => span.Name == "slack post" && span.LinkedTraces.Contains(trace)), Patience,
            "the span of the note's post", spans => string.Join('\n', spans));
        var own = spans.Where(span => span.Trace == trace).ToList();
        var request = Assert.Single(own, span => span.Parent == "b7ad6b7169203331");
        Assert.Contains("/v1/activities", request.Name, StringComparison.Ordinal);
        var commit = Assert.Single(own, span => span.Name == "ledger commit");
        Assert.True(commit.Tags.ContainsKey("threadgrains.commit.batch_size"));
        var ancestors = Ancestors(commit, own);
        Assert.Contains(ancestors, span => span.Source == "Microsoft.Orleans.Application");
        Assert.Equal(request, ancestors[^1]);
        var post = Assert.Single(spans, span => span.Name == "slack post" && span.LinkedTraces.Contains(trace));
        Assert.NotEqual(trace, post.Trace);
        Assert.Equal("", post.Parent);
        Assert.Equal("reply", post.Tags["threadgrains.kind"]);
        Assert.Equal("posted", post.Tags["threadgrains.outcome"]);
        Assert.Equal(Product.Channel, post.Tags["threadgrains.channel"]);

        string metrics = await Scraped("threadgrains_ledger_conservation_errors");
        foreach (string name in new[]
        {
            "threadgrains_events_accepted", "threadgrains_deliveries_ended", "threadgrains_deliveries_unfinished", "threadgrains_deliveries_oldest_age",
            "threadgrains_deliveries_dead", "threadgrains_ledger_commit_duration", "threadgrains_ledger_commit_writes", "threadgrains_slack_call_duration",
        })
        {
            Assert.Contains(name, metrics, StringComparison.Ordinal);
        }

        // They are sent at intervals of their own.
        await Eventually.Get(() => Task.FromResult(_collector.Paths), paths => paths.Contains("/v1/metrics"), Patience, "metrics are sent", paths => string.Join(' ', paths));
        Assert.Contains("dbug", Product.Output, StringComparison.Ordinal);
        using (var http = new HttpClient())
        using (var onThePublicPort = await http.GetAsync(new Uri(new Uri(Product.Env["THREADGRAINS_URL"]), "/metrics")))
        {
            Assert.Equal(HttpStatusCode.NotFound, onThePublicPort.StatusCode);
        }

        await NothingTellsASecret();
    }

    private async Task NothingTellsASecret()
    {
        // Everything that can go wrong with what must stay unseen.
        var problems = new StringBuilder();
        await Product.Slack.Faults(1, new { method = "chat.postMessage", nth = 1, fault = "error", error = "msg_too_long" }, new { method = "chat.postMessage", nth = 2, fault = "lost_answer" });
        problems.Append((await Product.Tracker.Note("billing-42", "a2", "CANARY-refused")).Reason);
        problems.Append((await Product.Tracker.Note("billing-42", "a3", "CANARY-doubted")).Reason);
        problems.Append(await Post("/v1/activities", "{\"id\":\"CANARY-bad\",\"text\":\"CANARY-bad\"", Product.Env["THREADGRAINS_API_KEY"]));
        problems.Append(await Post("/v1/activities", "{}", $"tg_{Product.Env["THREADGRAINS_ORGANIZATION"]}_CANARYCANARYCANARYCANARYCANARYCANARYCANARY0"));
        string stored = await PutAToken(problems);
        var root = (await Product.Slack.Messages(Product.Workspace, Product.Channel))[0];
        string click = JsonSerializer.Serialize(new
        {
            type = "block_actions",
            api_app_id = Product.Env["SLACK_APP_ID"],
            team = new { id = Product.Workspace },
            user = new { id = Product.User, name = "ada", team_id = Product.Workspace },
            channel = new { id = Product.Channel },
            container = new { type = "message", message_ts = root.Ts, channel_id = Product.Channel },
            message = new { ts = root.Ts, text = "CANARY-message" },
            trigger_id = "1.2.CANARYtrigger",
            response_url = "https://hooks.slack.com/actions/CANARYresponse/1/2",
            actions = new[] { new { type = "button", action_id = "tg.resolve", block_id = "b", value = "v", action_ts = "1700000000.000100" } },
        });
        Assert.Equal(HttpStatusCode.OK, await Click(click, Product.Env["SLACK_SIGNING_SECRET"]));
        Assert.Equal(HttpStatusCode.Unauthorized, await Click(click, "another secret"));
        Assert.Equal(HttpStatusCode.BadRequest, await Click("{\"type\":\"CANARY-broken", Product.Env["SLACK_SIGNING_SECRET"]));
        await Eventually.Get(
            () => Product.Slack.Messages(Product.Workspace, Product.Channel, root.Ts),
            thread => thread.Any(message => message.Text.Contains("CANARY-doubted", StringComparison.Ordinal)), Patience, "the doubted post");
        string clicked = await Eventually.Get(
            () => Task.FromResult(_collector.Everything), all => all.Contains("/slack/actions", StringComparison.Ordinal), Patience, "the click's trace", _ => "none");

        string scraped = await Scraped("threadgrains_posts_refused");
        foreach (var (where, text) in new[] { ("traces and OTLP metrics", clicked), ("scrape", scraped), ("logs", Product.Output), ("problems", problems.ToString()) })
        {
            foreach (string secret in new[]
            {
                "CANARY", "Q0FOQVJZY2FsbGJhY2s", Product.Env["THREADGRAINS_API_KEY"], Product.Env["SLACK_SIGNING_SECRET"], Product.Env["SLACK_BOT_TOKEN"], "Problem billing-42",
                stored, File.ReadAllText(EncryptionKey).Trim(),
            })
            {
                int at = text.IndexOf(secret, StringComparison.Ordinal);
                Assert.True(at < 0, $"{where} tell {secret}: {(at < 0 ? "" : text[Math.Max(0, at - 200)..Math.Min(text.Length, at + 200)])}");
            }
        }
    }

    private string EncryptionKey => Path.Combine(Product.Folder, "encryption.key");

    /// <summary>A token that is kept and posted with, and two that are refused.</summary>
    private async Task<string> PutAToken(StringBuilder problems)
    {
        const string team = "T0STORED";
        string channel = (await Product.Slack.MakeChannels(team, 1))[0];
        string token = await Product.Slack.BotToken(team);
        string path = $"/v1/workspaces/{team}/installation";
        problems.Append((await Product.Tracker.Put(path, new { botToken = "xoxb-CANARY-unknown" })).Body);
        problems.Append((await Product.Tracker.Put(path, new Dictionary<string, string> { ["xoxb-CANARY-as-a-name"] = "botToken" })).Body);
        var put = await Product.Tracker.Put(path, new { botToken = token });
        Assert.Equal(HttpStatusCode.OK, put.Status);
        problems.Append(put.Body);
        problems.Append(await Product.Tracker.Get("/v1/workspaces"));
        await Eventually.Get(() => Product.Tracker.Alert("stored-1", "stored-1.e", team, channel), receipt => receipt.Status == HttpStatusCode.Accepted, Patience, "the alert is accepted");
        await Eventually.Get(() => Product.Slack.Messages(team, channel), all => all.Count == 1, Patience, "the announcement by the stored token");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(EncryptionKey));
        }

        return token;
    }

    private static List<Span> Ancestors(Span span, List<Span> all)
    {
        var found = new List<Span>();
        for (var next = span; all.Find(other => other.Id == next.Parent) is { } parent; next = parent)
        {
            found.Add(parent);
        }

        return found;
    }

    private async Task<string> Scraped(string until)
    {
        using var http = new HttpClient();
        return await Eventually.Get(
            () => http.GetStringAsync(new Uri($"http://127.0.0.1:{_prometheus}/metrics")), text => text.Contains(until, StringComparison.Ordinal), Patience, $"{until} in a scrape", text => text);
    }

    private async Task<string> Post(string path, string body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(Product.Env["THREADGRAINS_URL"]), path))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
            Headers = { Authorization = new("Bearer", key) },
        };
        using var http = new HttpClient();
        using var answer = await http.SendAsync(request);
        Assert.False(answer.IsSuccessStatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<HttpStatusCode> Click(string payload, string secret)
    {
        byte[] body = Encoding.UTF8.GetBytes("payload=" + Uri.EscapeDataString(payload));
        string at = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        byte[] signed = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.UTF8.GetBytes($"v0:{at}:"), .. body]);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(Product.Env["THREADGRAINS_URL"]), "/slack/actions"))
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/x-www-form-urlencoded") } },
            Headers = { { "X-Slack-Request-Timestamp", at }, { "X-Slack-Signature", $"v0={Convert.ToHexStringLower(signed)}" } },
        };
        using var http = new HttpClient();
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }
}
