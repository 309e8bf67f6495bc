using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ThreadGrains.Chaos.Judging;

namespace ThreadGrains.Chaos.Running;

/// <summary>A rule of the emulator's faults.</summary>
internal sealed record FaultRule(string Method, double? Rate, string Fault)
{
    public string? Error { get; init; }

    public int? Milliseconds { get; init; }

    public int? RetryAfter { get; init; }

    /// <summary>Only the first so many calls.</summary>
    public int? Times { get; init; }
}

/// <summary>The emulator's own interface: the facts, whatever faults hide.</summary>
internal sealed class EmulatorClient(Uri address, string workspace) : IDisposable
{
    private static readonly JsonSerializerOptions Sparse = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };

    public string Workspace => workspace;

    /// <summary>The token of a further workspace: the emulator has one for any team.</summary>
    public static string BotTokenOf(string team) =>
        $"xoxb-{team}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"bot token of {team}")))[..24]}";

    /// <param name="count">How many.</param>
    /// <param name="team">Of which workspace; null: the usual one.</param>
    public async Task<IReadOnlyList<string>> MakeChannels(int count, string? team = null)
    {
        using var answer = await _http.PostAsJsonAsync("/emulator/channels", new { team = team ?? workspace, count });
        answer.EnsureSuccessStatusCode();
        using var made = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync());
        return [.. made.RootElement.GetProperty("channels").EnumerateArray().Select(channel => channel.GetString()!)];
    }

    /// <summary>Slack's limits scaled; 0: none.</summary>
    public Task Limits(double channelPerSecond, double workspacePerMinute, double repliesPerMinute, double updatesPerMinute) =>
        Put("/emulator/limits", new { channelPerSecond, workspacePerMinute, repliesPerMinute, updatesPerMinute });

    public Task Faults(int seed, params IReadOnlyList<FaultRule> rules) => Put("/emulator/faults", new { seed, rules });

    /// <summary>Where clicks and events go from now on, and whether there are events at all.</summary>
    public Task App(Uri requestUrl, bool events) => Put("/emulator/app", new { requestUrl, events });

    /// <summary>Every message of ours that was ever stored, in the order of storage.</summary>
    public async Task<IReadOnlyList<StoredMessage>> Messages(IEnumerable<string> channels, string? team = null)
    {
        var all = new List<StoredMessage>();
        foreach (string channel in channels)
        {
            using var answer = await JsonDocument.ParseAsync(await _http.GetStreamAsync(new Uri($"/emulator/messages?team={team ?? workspace}&channel={channel}", UriKind.Relative)));
            all.AddRange(answer.RootElement.GetProperty("messages").EnumerateArray().Where(message => message.TryGetProperty("bot_id", out _)).Select(message => new StoredMessage(
                message.GetProperty("channel").GetString()!, message.GetProperty("ts").GetString()!,
                message.TryGetProperty("thread_ts", out var thread) ? thread.GetString() : null,
                message.GetProperty("text").GetString() ?? "", message.GetProperty("deleted").GetBoolean(), message.GetProperty("storedAt").GetDateTimeOffset())));
        }

        return all;
    }

    /// <summary>How many calls of a method there were since the emulator began.</summary>
    public async Task<IReadOnlyList<EmulatorCall>> Calls(string method)
    {
        using var answer = await JsonDocument.ParseAsync(await _http.GetStreamAsync(new Uri($"/emulator/calls?method={method}", UriKind.Relative)));
        return [.. answer.RootElement.GetProperty("calls").EnumerateArray().Select(call => new EmulatorCall(
            call.GetProperty("at").GetDateTimeOffset(), call.GetProperty("status").GetInt32(),
            call.TryGetProperty("fault", out var fault) ? fault.GetString() : null, call.TryGetProperty("ts", out var ts) ? ts.GetString() : null))];
    }

    public void Dispose() => _http.Dispose();

    private async Task Put(string path, object body)
    {
        using var answer = await _http.PutAsJsonAsync(new Uri(path, UriKind.Relative), body, Sparse);
        answer.EnsureSuccessStatusCode();
    }
}

/// <summary>A call that reached the emulator.</summary>
internal sealed record EmulatorCall(DateTimeOffset At, int Status, string? Fault, string? Ts);
