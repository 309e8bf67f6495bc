using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>A receipt as the API gives it, with the status that it came with.</summary>
internal sealed record Receipt(HttpStatusCode Status, string? Outcome, string? Reason, long? Sequence, int? Threads)
{
    /// <summary>When to come back, as a refusal says.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The type of a refusal's document.</summary>
    public string? ContentType { get; init; }
}

/// <summary>A tracker that tells ThreadGrains by HTTP what happens to its issues.</summary>
internal sealed class Tracker : IDisposable
{
    private readonly HttpClient _http;

    public Tracker(Uri address, string apiKey)
    {
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(15) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
    }

    public HttpClient Http => _http;

    public Task<Receipt> Alert(string group, string id, string? workspace = null, params string[] channels) => Send("/v1/alerts", new
    {
        id,
        group,
        issue = new { title = $"Problem {group}", url = $"https://tracker.example/{group}", project = "billing", level = "error" },
        channels = channels.Length == 0 ? null : channels.Select(channel => new { workspace, channel }).ToArray(),
    });

    public Task<Receipt> Note(string group, string id, string text) => Activity(group, id, "note", new { text });

    public Task<Receipt> Activity(string group, string id, string type, object? data = null, string actor = "user") => Send("/v1/activities", new
    {
        id,
        group,
        type,
        actor = new { type = actor, id = "u1", name = "Ada" },
        data,
    });

    /// <summary>As a sender that wants its event through: the same id again after anything that is no final answer.</summary>
    public static async Task<Receipt> Until(Func<Task<Receipt>> send, Func<TimeSpan, Task> pause, TimeSpan patience)
    {
        var end = DateTime.UtcNow + patience;
        while (true)
        {
            try
            {
                var receipt = await send();
                if (receipt.Status is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
                {
                    return receipt;
                }
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException && DateTime.UtcNow < end)
            {
                // No answer: it may have been accepted or not, the id makes it count once.
            }

            await pause(TimeSpan.FromMilliseconds(100));
        }
    }

    public async Task<JsonElement> Get(string path)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative));
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> Post(string path, object? body = null)
    {
        using var answer = body is null
            ? await _http.PostAsync(new Uri(path, UriKind.Relative), null)
            : await _http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Json);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> Put(string path, object body)
    {
        using var answer = await _http.PutAsJsonAsync(new Uri(path, UriKind.Relative), body, Json);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    public void Dispose() => _http.Dispose();

    private async Task<Receipt> Send(string path, object body)
    {
        using var answer = await _http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Json);
        if (answer.StatusCode != HttpStatusCode.Accepted)
        {
            return new Receipt(answer.StatusCode, null, await answer.Content.ReadAsStringAsync(), null, null)
            {
                RetryAfter = answer.Headers.RetryAfter?.Delta,
                ContentType = answer.Content.Headers.ContentType?.MediaType,
            };
        }

        var receipt = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return new Receipt(
            answer.StatusCode, Text(receipt, "outcome"), Text(receipt, "reason"),
            receipt.TryGetProperty("sequence", out var sequence) ? sequence.GetInt64() : null,
            receipt.TryGetProperty("threads", out var threads) ? threads.GetInt32() : null);
    }

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;
}
