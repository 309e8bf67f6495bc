using System.Net.Http.Headers;
using System.Text.Json;

namespace ThreadGrains.Chaos.Sending;

/// <summary>One gateway over HTTP; the product's and the baselines' speak the same.</summary>
internal sealed class GatewayClient : IDisposable
{
    private readonly HttpClient _http;

    public GatewayClient(Uri address, string apiKey)
    {
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 512 }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
    }

    public Uri Address => _http.BaseAddress!;

    public Task<Answer> Alert(string id, string group, string title, string workspace, IEnumerable<string> channels) => Send("/v1/alerts", new
    {
        id, group, issue = new { title, level = "error" }, channels = channels.Select(channel => new { workspace, channel }),
    });

    /// <param name="id">The sender's id.</param>
    /// <param name="group">The group.</param>
    /// <param name="type">note, or one that names a version.</param>
    /// <param name="text">What the note says, or the version.</param>
    public Task<Answer> Activity(string id, string group, string type, string text) => Send("/v1/activities", new
    {
        id, group, type, actor = new { type = "user", id = "u1", name = "Ada" },
        data = type == "note" ? (object)new { text } : new { version = text },
    });

    /// <summary>A document of the gateway's, or null where it does not answer with one.</summary>
    public async Task<JsonDocument?> Get(string path)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative));
            return answer.IsSuccessStatusCode ? await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync()) : null;
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<Answer> Send(string path, object body)
    {
        try
        {
            using var answer = await _http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
            string text = await answer.Content.ReadAsStringAsync();
            if ((int)answer.StatusCode != 202)
            {
                return new Answer((int)answer.StatusCode, null, null, null, text, answer.Headers.RetryAfter?.Delta?.TotalSeconds);
            }

            using var receipt = JsonDocument.Parse(text);
            var root = receipt.RootElement;
            return new Answer(
                202, root.GetProperty("outcome").GetString(),
                root.TryGetProperty("sequence", out var sequence) ? sequence.GetInt64() : null,
                root.TryGetProperty("threads", out var threads) ? threads.GetInt32() : null,
                root.TryGetProperty("reason", out var reason) ? reason.GetString() : null, null);
        }
        catch (Exception lost) when (lost is HttpRequestException or TaskCanceledException or IOException)
        {
            return new Answer(null, null, null, null, lost.Message, null);
        }
    }
}
