using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ThreadGrains.SlackEmulator.Messages;

namespace ThreadGrains.SlackEmulator.Interactions;

/// <summary>What a click's webhook was answered.</summary>
internal sealed record ClickAnswer(int Status, string Body);

/// <summary>Sends what Slack sends when a person clicks: one signed, form-encoded block_actions payload, three seconds, no retry.</summary>
internal sealed class Clicks(Store store, EmulatorOptions options, Triggers triggers, ResponseUrls responseUrls, AppAddress app) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(3) };

    /// <summary>The button or menu in a message; null: the message has none of that id.</summary>
    public static (JsonObject Element, string BlockId)? Find(Message message, string actionId)
    {
        foreach (var block in (message.Blocks ?? []).OfType<JsonObject>())
        {
            var elements = (block["elements"] as JsonArray ?? []).Append(block["accessory"]).OfType<JsonObject>();
            if (elements.FirstOrDefault(element => (string?)element["action_id"] == actionId) is { } found)
            {
                return (found, (string?)block["block_id"] ?? "");
            }
        }

        return null;
    }

    public async Task<ClickAnswer> Send(Workspace team, Message message, JsonObject element, string blockId, string? value, string user, Uri self)
    {
        if (app.RequestUrl is not { } requestUrl)
        {
            return new ClickAnswer(0, "The emulator does not know where clicks go: start it with --request-url, or PUT /emulator/app.");
        }

        var now = DateTimeOffset.UtcNow;
        var person = team.People.FirstOrDefault(known => known.Id == user) ?? new Person(user, user, user);
        var channel = team.Channels[message.Channel];
        var action = new JsonObject
        {
            ["action_id"] = element["action_id"]!.DeepClone(), ["block_id"] = blockId, ["text"] = element["text"]?.DeepClone(), ["type"] = element["type"]?.DeepClone(),
            ["action_ts"] = string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeSeconds()}.{now.Ticks % TimeSpan.TicksPerSecond / 10:000000}"),
        };
        if (value is not null || element["value"] is not null)
        {
            action["value"] = value ?? (string?)element["value"];
        }

        if (element["style"] is not null)
        {
            action["style"] = element["style"]!.DeepClone();
        }

        var payload = new JsonObject
        {
            ["type"] = "block_actions",
            ["user"] = new JsonObject { ["id"] = person.Id, ["username"] = person.Name, ["name"] = person.Name, ["team_id"] = team.Team },
            ["api_app_id"] = options.AppId,
            ["token"] = "legacy-verification-token",
            ["container"] = new JsonObject { ["type"] = "message", ["message_ts"] = message.Ts, ["channel_id"] = channel.Id, ["is_ephemeral"] = false },
            ["trigger_id"] = triggers.Make(),
            ["team"] = new JsonObject { ["id"] = team.Team, ["domain"] = team.Team.ToLowerInvariant() },
            ["enterprise"] = null,
            ["is_enterprise_install"] = false,
            ["channel"] = new JsonObject { ["id"] = channel.Id, ["name"] = channel.Name },
            ["message"] = store.Read(() => MessageJson.ForSlack(message, team, options.AppId, allMetadata: false)),
            ["state"] = new JsonObject { ["values"] = new JsonObject() },
            ["response_url"] = new Uri(self, responseUrls.Make(team.Team, channel.Id, user, message.Ts)).ToString(),
            ["actions"] = new JsonArray(action),
        };
        byte[] body = Encoding.UTF8.GetBytes("payload=" + Uri.EscapeDataString(payload.ToJsonString()));
        long timestamp = now.ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(requestUrl, "/slack/actions")) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        request.Headers.TryAddWithoutValidation("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)");
        request.Headers.TryAddWithoutValidation("Accept", "application/json,*/*");
        request.Headers.Add("X-Slack-Request-Timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("X-Slack-Signature", Signature.Of(options.SigningSecret, timestamp, body));
        try
        {
            using var answer = await _http.SendAsync(request);
            return new ClickAnswer((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return new ClickAnswer(0, error is TaskCanceledException ? "No answer within 3 s." : $"{requestUrl} cannot be reached.");
        }
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>Where clicks and events go.</summary>
internal sealed class AppAddress(EmulatorOptions options)
{
    public Uri? RequestUrl { get; set; } = Uri.TryCreate(options.RequestUrl, UriKind.Absolute, out var url) ? url : null;
}
