using System.Text.Json;

namespace ThreadGrains.CrashPoints.Running;

/// <summary>The emulator's own interface, as far as crash points need it.</summary>
internal sealed class EmulatedSlack(Uri address, string team, string channel) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>Every message ever stored in the channel, in the order of storage.</summary>
    public async Task<IReadOnlyList<StoredMessage>> Messages()
    {
        var answer = await _http.GetFromJsonAsync<JsonElement>(new Uri($"/emulator/messages?team={team}&channel={channel}", UriKind.Relative));
        return
        [
            .. answer.GetProperty("messages").EnumerateArray().Select(message => new StoredMessage(
                message.GetProperty("ts").GetString()!,
                message.TryGetProperty("thread_ts", out var thread) && thread.GetString() != message.GetProperty("ts").GetString() ? thread.GetString() : null,
                message.GetProperty("text").GetString() ?? "",
                message.GetProperty("deleted").GetBoolean(),
                message.GetRawText().Contains("tg.unresolve", StringComparison.Ordinal))),
        ];
    }

    /// <summary>A person deletes a message.</summary>
    public Task Delete(string ts) => Ask(HttpMethod.Post, $"/emulator/messages/{channel}/{ts}/delete", new { });

    /// <summary>Slack without limits, which answers badly to the first note's post.</summary>
    public async Task BeginWith(Story story)
    {
        await Ask(HttpMethod.Put, "/emulator/limits", new { channelPerSecond = 0, workspacePerMinute = 0, repliesPerMinute = 0, updatesPerMinute = 0 });
        var (fault, milliseconds) = story switch
        {
            Story.RequestLost => ("lost_request", 0),
            Story.AnswerLost => ("lost_answer", 0),
            Story.LateCopy => ("late", (int)Windows.LateBy.TotalMilliseconds),
            _ => (null, 0),
        };
        if (fault is not null)
        {
            await Ask(HttpMethod.Put, "/emulator/faults", new { seed = 1, rules = new[] { new { method = "chat.postMessage", nth = 2, times = 1, fault, milliseconds = Math.Max(1, milliseconds) } } });
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task Ask(HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = JsonContent.Create(body) };
        using var answer = await _http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }
}
