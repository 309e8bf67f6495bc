using System.Text.Json;

namespace ThreadGrains.CrashPoints.Running;

/// <summary>A workspace of its own for one run, in an emulator that others share.</summary>
/// <param name="http">To the emulator's own interface.</param>
/// <param name="team">The workspace.</param>
/// <param name="channel">Its one channel that is used.</param>
/// <param name="botToken">The token of our app there.</param>
internal sealed class EmulatedSlack(HttpClient http, string team, string channel, string botToken)
{
    public string Team => team;

    public string Channel => channel;

    public string BotToken => botToken;

    /// <summary>What the product calls.</summary>
    public Uri Api => new(http.BaseAddress!, "/api/");

    /// <summary>Every message ever stored in the channel, in the order of storage.</summary>
    public async Task<IReadOnlyList<StoredMessage>> Messages()
    {
        var answer = await http.GetFromJsonAsync<JsonElement>(new Uri($"/emulator/messages?team={team}&channel={channel}", UriKind.Relative));
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
    public Task Delete(string ts) => http.Ask(HttpMethod.Post, $"/emulator/messages/{channel}/{ts}/delete?team={team}", new { });

    /// <summary>Slack answers badly to the first note's post, if the story says so.</summary>
    public async Task BeginWith(Story story)
    {
        var (fault, milliseconds) = story switch
        {
            Story.RequestLost => ("lost_request", 0),
            Story.AnswerLost => ("lost_answer", 0),
            Story.LateCopy => ("late", (int)Windows.LateBy.TotalMilliseconds),
            _ => (null, 0),
        };
        if (fault is not null)
        {
            await http.Ask(HttpMethod.Put, $"/emulator/faults?channel={channel}", new { rules = new[] { new { method = "chat.postMessage", channel, nth = 2, times = 1, fault, milliseconds = Math.Max(1, milliseconds) } } });
        }
    }
}
