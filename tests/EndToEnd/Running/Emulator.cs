using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>A message as it really stands in Slack's stead, whatever faults hide.</summary>
internal sealed record SlackMessage(string Channel, string Ts, string? ThreadTs, string Text, bool Deleted, int Edits, string? BotId, JsonElement Raw)
{
    public DateTimeOffset StoredAt => Raw.GetProperty("storedAt").GetDateTimeOffset();
}

/// <summary>The emulator's own interface: the truth that tests of order and count are judged by.</summary>
internal sealed class Emulator(Uri address) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };

    public Uri Address => address;

    /// <summary>The token of a workspace that is made on demand: the emulator derives it from the team.</summary>
    public static string BotTokenOf(string team) =>
        $"xoxb-{team}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"bot token of {team}")))[..24]}";

    public async Task<IReadOnlyList<SlackMessage>> Messages(string team, string channel, string? thread = null)
    {
        string query = $"/emulator/messages?team={team}&channel={channel}" + (thread is null ? "" : $"&thread_ts={thread}");
        var answer = await _http.GetFromJsonAsync<JsonElement>(new Uri(query, UriKind.Relative));
        return [.. answer.GetProperty("messages").EnumerateArray().Select(message => new SlackMessage(
            Text(message, "channel")!, Text(message, "ts")!, Text(message, "thread_ts"), Text(message, "text") ?? "",
            message.GetProperty("deleted").GetBoolean(), message.GetProperty("edits").GetArrayLength(), Text(message, "bot_id"), message))];
    }

    public async Task<IReadOnlyList<string>> MakeChannels(string team, int count)
    {
        var answer = await Post("/emulator/channels", new { team, count });
        return [.. answer.GetProperty("channels").EnumerateArray().Select(channel => channel.GetString()!)];
    }

    /// <summary>The token of our app in a workspace, which is there since its first channel.</summary>
    public async Task<string> BotToken(string team)
    {
        var answer = await _http.GetFromJsonAsync<JsonElement>(new Uri("/emulator/workspaces", UriKind.Relative));
        return answer.GetProperty("workspaces").EnumerateArray().Single(workspace => Text(workspace, "team") == team).GetProperty("botToken").GetString()!;
    }

    public Task<JsonElement> Click(string team, string channel, string ts, string actionId, string user, int? copies = null, string? userTeam = null) =>
        Post("/emulator/click", new { team, channel, ts, actionId, user, copies, userTeam });

    /// <summary>Slack gives a channel another id; returns it.</summary>
    public async Task<string> ChangeId(string channel) =>
        (await Post($"/emulator/channels/{channel}/change_id", new { })).GetProperty("channel").GetString()!;

    public Task<JsonElement> Delete(string channel, string ts) => Post($"/emulator/messages/{channel}/{ts}/delete", new { });

    public Task<JsonElement> Archive(string channel) => Post($"/emulator/channels/{channel}/archive", new { });

    public Task<JsonElement> Unarchive(string channel) => Post($"/emulator/channels/{channel}/unarchive", new { });

    public Task<JsonElement> Kick(string channel) => Post($"/emulator/channels/{channel}/kick", new { });

    /// <summary>A person invites the app back into a channel.</summary>
    public Task<JsonElement> Invite(string channel) => Post($"/emulator/channels/{channel}/invite", new { });

    /// <summary>Sends an event that did not happen, or happened otherwise.</summary>
    public Task<JsonElement> Event(string team, object inner) => Post("/emulator/events", new Dictionary<string, object> { ["team"] = team, ["event"] = inner });

    /// <summary>A person writes; returns the message's ts.</summary>
    public async Task<string> Say(string team, string channel, string? thread, string user, string text) =>
        (await Post("/emulator/say", new { team, channel, thread_ts = thread, user, text })).GetProperty("ts").GetString()!;

    public async Task<IReadOnlyList<JsonElement>> Ephemerals(string team, string channel, string user)
    {
        var answer = await _http.GetFromJsonAsync<JsonElement>(new Uri($"/emulator/ephemerals?team={team}&channel={channel}&user={user}", UriKind.Relative));
        return [.. answer.GetProperty("ephemerals").EnumerateArray()];
    }

    public async Task<IReadOnlyList<JsonElement>> Calls(string method)
    {
        var answer = await _http.GetFromJsonAsync<JsonElement>(new Uri($"/emulator/calls?method={method}", UriKind.Relative));
        return [.. answer.GetProperty("calls").EnumerateArray()];
    }

    public async Task Faults(int seed, params object[] rules)
    {
        using var answer = await _http.PutAsJsonAsync(new Uri("/emulator/faults", UriKind.Relative), new { seed, rules }, Sparse);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>What the app was granted; none given: everything.</summary>
    public Task Scopes(params string[] granted) => Put("/emulator/scopes", new { scopes = granted.Length == 0 ? null : granted });

    /// <summary>Where clicks and events go from now on, and whether there are events at all.</summary>
    public Task App(string requestUrl, bool events) => Put("/emulator/app", new { requestUrl, events });

    /// <summary>Slack's clock, as its Date header shows it.</summary>
    public Task Clock(int aheadSeconds) => Put("/emulator/clock", new { aheadSeconds });

    private async Task Put(string path, object body)
    {
        using var answer = await _http.PutAsJsonAsync(new Uri(path, UriKind.Relative), body, Sparse);
        answer.EnsureSuccessStatusCode();
    }

    public async Task NoLimits()
    {
        using var answer = await _http.PutAsJsonAsync(
            new Uri("/emulator/limits", UriKind.Relative),
            new { channelPerSecond = 0, workspacePerMinute = 0, repliesPerMinute = 0, updatesPerMinute = 0 });
        answer.EnsureSuccessStatusCode();
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> Post(string path, object body)
    {
        using var answer = await _http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Sparse);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    private static readonly JsonSerializerOptions Sparse = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
