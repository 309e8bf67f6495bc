using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace ThreadGrains.CrashPoints.Running;

/// <summary>Sends one thing after the other, each again with the same id until there is a receipt, to whoever lives.</summary>
internal sealed class Sender(Owners owners, TimeSpan patience) : IDisposable
{
    private const string Group = "billing-42";

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Owners.Key) } };
    private int _turn;

    public Task Announce() => Send("alerts", new { id = Judge.Root, group = Group, issue = new { title = Judge.Mark(Judge.Root) } });

    public Task Note(string id) => Send("activities", new { id, group = Group, type = "note", actor = Actor("Ada"), data = new { text = Judge.Mark(id) } });

    public Task Resolve(string id) => Send("activities", new { id, group = Group, type = "resolved", actor = Actor(Judge.Mark(id)) });

    /// <summary>Whether the ledger calls every delivery ended. When to look, not how to judge.</summary>
    public async Task<bool> IsAtRest()
    {
        foreach (string state in new[] { "pending", "sending", "in_doubt" })
        {
            if (await Try(address => new HttpRequestMessage(HttpMethod.Get, new Uri(address, $"/v1/deliveries?state={state}"))) is not { Status: HttpStatusCode.OK } answer
                || answer.Body.GetProperty("items").GetArrayLength() > 0)
            {
                return false;
            }
        }

        return true;
    }

    public void Dispose() => _http.Dispose();

    private static object Actor(string name) => new { type = "user", id = "u1", name };

    private Task Send(string path, object body) => Wait.Until($"a receipt from {path} for {body}", patience, async () =>
        await Try(address => new HttpRequestMessage(HttpMethod.Post, new Uri(address, $"/v1/{path}")) { Content = JsonContent.Create(body) }) switch
        {
            { Status: HttpStatusCode.Accepted } => true,
            null or { Status: >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests } => false,
            var refused => throw new InvalidOperationException($"{path} was refused: {refused}"),
        });

    /// <returns>Null: nobody answered.</returns>
    private async Task<Answer?> Try(Func<Uri, HttpRequestMessage> ask)
    {
        if (owners.Addresses is not { Count: > 0 } addresses)
        {
            return null;
        }

        try
        {
            using var request = ask(addresses[_turn++ % addresses.Count]);
            using var answer = await _http.SendAsync(request);
            return new Answer(answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
        }
        catch (Exception silence) when (silence is HttpRequestException or TaskCanceledException or JsonException or IOException)
        {
            return null;
        }
    }

    private sealed record Answer(HttpStatusCode Status, JsonElement Body);
}
