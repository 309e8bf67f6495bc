using System.Text.Json;

namespace ThreadGrains.Chaos.Baselines;

/// <summary>Posts as a careful client of Slack's does without an intent record: ok is ok, everything else is a failure.</summary>
internal sealed class SlackPosts : IDisposable
{
    private readonly HttpClient _http;

    public SlackPosts(Uri api, string token)
    {
        _http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(3) }) { BaseAddress = api, Timeout = TimeSpan.FromSeconds(10) };
        _http.DefaultRequestHeaders.Authorization = new("Bearer", token);
    }

    /// <returns>Where it stands; null: the call failed, and after how many seconds Slack wants to be asked again.</returns>
    public async Task<(string? Ts, double RetrySeconds)> Post(string channel, string text, string? threadTs)
    {
        try
        {
            object message = threadTs is null ? new { channel, text } : new { channel, text, thread_ts = threadTs };
            using var answer = await _http.PostAsJsonAsync("chat.postMessage", message);
            double retry = answer.Headers.RetryAfter?.Delta?.TotalSeconds ?? 1;
            using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            return body.RootElement.GetProperty("ok").GetBoolean() ? (body.RootElement.GetProperty("ts").GetString(), 0) : (null, retry);
        }
        catch (Exception failed) when (failed is HttpRequestException or TaskCanceledException or JsonException or IOException)
        {
            return (null, 1);
        }
    }

    public void Dispose() => _http.Dispose();
}
