using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace ThreadGrains.WebhookGateway.Tests.Slack;

/// <summary>Requests as Slack makes them, signed by code of the tests' own: the product's verifier does not check itself.</summary>
internal static class SlackRequest
{
    public const string Form = "application/x-www-form-urlencoded";

    public static string Click(
        string team, string action = "tg.resolve", string channel = "C1234", string ts = "1503435956.000247", string user = "U42", string actionTs = "1700000000.000100",
        string extra = "", string? userTeam = null) => $$$"""
        {"type": "block_actions", "api_app_id": "A1", "token": "legacy-token", "team": {"id": "{{{team}}}", "domain": "d"}, "user": {"id": "{{{user}}}", "username": "ada", "name": "ada"{{{(userTeam is null ? "" : $", \"team_id\": \"{userTeam}\"")}}}},
         "channel": {"id": "{{{channel}}}", "name": "general"}, "container": {"type": "message", "message_ts": "{{{ts}}}", "channel_id": "{{{channel}}}"},
         "message": {"ts": "{{{ts}}}", "blocks": [{"type": "section", "block_id": "tg1:0199f2a1-6f50-7c3e-9a51-0c8f2b7e4d10"}]}, "response_url": "https://hooks.slack.com/actions/secret",
         "trigger_id": "1.2.abc", {{{extra}}} "actions": [{"type": "button", "action_id": "{{{action}}}", "block_id": "b", "action_ts": "{{{actionTs}}}", "value": "v"}]}
        """;

    public static string Payload(string json) => "payload=" + WebUtility.UrlEncode(json);

    public static Task<Answer> Send(
        World world, string body, string? contentType = Form, long? at = null, string secret = World.SigningSecret, Action<HttpRequestMessage>? change = null) =>
        Send(world, Encoding.UTF8.GetBytes(body), contentType, at, secret, change);

    public static Task<Answer> Event(World world, string json, string? contentType = "application/json", long? at = null, string secret = World.SigningSecret) =>
        Send(world, Encoding.UTF8.GetBytes(json), contentType, at, secret, path: "/slack/events");

    public static Task<Answer> Send(
        World world, byte[] body, string? contentType = Form, long? at = null, string secret = World.SigningSecret, Action<HttpRequestMessage>? change = null,
        string path = "/slack/actions")
    {
        string timestamp = (at ?? DateTimeOffset.UtcNow.ToUnixTimeSeconds()).ToString(CultureInfo.InvariantCulture);
        return world.Send(HttpMethod.Post, path, body, contentType, request =>
        {
            request.Headers.Authorization = null;
            request.Headers.Add("X-Slack-Request-Timestamp", timestamp);
            request.Headers.Add("X-Slack-Signature", Sign(secret, timestamp, body));
            change?.Invoke(request);
        });
    }

    public static string Sign(string secret, string timestamp, byte[] body) =>
        "v0=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.ASCII.GetBytes($"v0:{timestamp}:"), .. body]));
}
