using System.Text.Json;

namespace ThreadGrains.CrashPoints.Running;

/// <summary>Requests to the emulator's own interface.</summary>
internal static class Asking
{
    /// <returns>The answer's body.</returns>
    /// <exception cref="HttpRequestException">It was refused, or nobody answered.</exception>
    public static async Task<JsonElement> Ask(this HttpClient http, HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = JsonContent.Create(body) };
        using var answer = await http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
