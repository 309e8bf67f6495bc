using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ThreadGrains.SlackEmulator.Messages;

namespace ThreadGrains.SlackEmulator.Interactions;

/// <summary>response_url: five uses in thirty minutes, and 404 afterwards (contract section 4).</summary>
internal sealed class ResponseUrls(Store store)
{
    private const int MaxUses = 5;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Grant> _grants = [];

    private sealed record Grant(string Team, string Channel, string User, string MessageTs, DateTimeOffset Until)
    {
        public int Uses { get; set; }
    }

    public string Make(string team, string channel, string user, string messageTs)
    {
        string path = $"/actions/{team}/{RandomNumberGenerator.GetInt32(int.MaxValue)}/{RandomNumberGenerator.GetHexString(24)}";
        lock (_lock)
        {
            _grants[path] = new Grant(team, channel, user, messageTs, DateTimeOffset.UtcNow + Life);
        }

        return path;
    }

    /// <summary>Carries out an answer. False: the URL is used up, expired, or never was.</summary>
    public async Task<bool> Use(string path, JsonObject body)
    {
        Grant grant;
        lock (_lock)
        {
            if (!_grants.TryGetValue(path, out grant!) || grant.Until < DateTimeOffset.UtcNow || grant.Uses >= MaxUses)
            {
                return false;
            }

            grant.Uses++;
        }

        var team = store.Team(grant.Team)!;
        var channel = team.Channels[grant.Channel];
        var source = store.Read(() => channel.ByTs.GetValueOrDefault(grant.MessageTs));
        string text = Text(body, "text") ?? "";
        var blocks = body["blocks"]?.DeepClone() as JsonArray;
        if (Flag(body, "delete_original") && source is not null)
        {
            await store.Delete(source);
        }
        else if (Flag(body, "replace_original") && source is not null)
        {
            await store.Update(source, text, blocks, null);
            return true;
        }

        if (text.Length == 0 && blocks is null)
        {
            return true;
        }

        if (Text(body, "response_type") == "in_channel")
        {
            await store.Post(team, channel, new PostWish(text, blocks, null, Text(body, "thread_ts"), false, team.BotUser, team.BotId, TimeSpan.Zero));
        }
        else
        {
            store.Whisper(new Ephemeral(grant.Team, grant.Channel, grant.User, Text(body, "thread_ts"), text, blocks, DateTimeOffset.UtcNow));
        }

        return true;
    }

    private static string? Text(JsonObject body, string name) => body[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static bool Flag(JsonObject body, string name) =>
        body[name] is JsonValue value && ((value.TryGetValue(out bool flag) && flag) || (value.TryGetValue(out string? text) && text == "true"));
}
