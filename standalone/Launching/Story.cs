using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace ThreadGrains.Standalone.Launching;

/// <summary>One issue's life, played through the public HTTP API as any tracker would: the first thing that a newcomer sees.</summary>
internal sealed class Story(HttpClient http, LocalSettings settings, Func<string, Task> say)
{
    private const string Group = "checkout-1042";

    private static readonly object Alert = new
    {
        id = "checkout-1042.alert",
        group = Group,
        rule = "new-issue",
        issue = new
        {
            title = "TimeoutError: card payment took longer than 30 s",
            project = "checkout",
            level = "error",
            culprit = "payments/charge.py in charge_card",
            url = "https://errors.example/issues/1042",
            tags = new Dictionary<string, string> { ["environment"] = "production", ["release"] = "2026.47.1" },
        },
    };

    private static readonly object[] Activities =
    [
        Activity(1, "assigned", Mia, new { assignee = "Mia Tanaka", assigneeType = "user" }),
        Activity(2, "note", Mia, new { text = "Only card payments from Brazil. The acquirer answers, but after 31 to 34 seconds." }),
        Activity(3, "external_issue_created", Jonas, new { provider = "GitHub", label = "shop/payments#318", url = "https://github.example/shop/payments/issues/318" }),
        Activity(4, "resolved_in_release", Mia, new { version = "2026.47.2" }),
        Activity(5, "regressed", new { type = "integration", name = "Error monitor" }, new { version = "2026.47.2" }),
        Activity(6, "note", Jonas, new { text = "The retry kept the old connection alive. It opens a new one now; canary is clean for 20 minutes." }),
        Activity(7, "resolved", Jonas, null),
    ];

    private static object Mia => new { type = "user", id = "u-17", name = "Mia Tanaka" };

    private static object Jonas => new { type = "user", id = "u-4", name = "Jonas Weber" };

    /// <summary>A shell command that posts one more activity into the story's thread.</summary>
    public static string NextActivity(string environmentFile) =>
        $". '{environmentFile}' && curl -sS \"$THREADGRAINS_URL/v1/activities\" -H \"Authorization: Bearer $THREADGRAINS_API_KEY\""
        + " -H 'Content-Type: application/json' -d '{\"id\":\"note-'$(date +%s)'\",\"group\":\"" + Group
        + "\",\"type\":\"note\",\"actor\":{\"type\":\"user\",\"name\":\"You\"},\"data\":{\"text\":\"Hello from the shell\"}}'";

    /// <summary>Plays what was not told before: each part has its id, so a story that was broken off goes on at the next start.</summary>
    public async Task Play()
    {
        try
        {
            await Tell();
        }
        catch (Exception unanswered) when (unanswered is HttpRequestException or TaskCanceledException)
        {
            await say($"  Story             not told to its end: {unanswered.Message}");
        }
    }

    private async Task Tell()
    {
        if (await IsTold())
        {
            return;
        }

        if (!await Send("v1/alerts", Alert))
        {
            return;
        }

        foreach (object activity in Activities)
        {
            if (!await Send("v1/activities", activity))
            {
                return;
            }
        }

        await say($"  Story             {Group}: one announcement, {Activities.Length} activities in its thread");
    }

    private async Task<bool> IsTold()
    {
        using var request = Request(HttpMethod.Get, $"v1/groups/{Group}");
        using var answer = await http.SendAsync(request);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }

        answer.EnsureSuccessStatusCode();
        using var group = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync());
        return group.RootElement.GetProperty("sequence").GetInt64() > Activities.Length;
    }

    private async Task<bool> Send(string path, object body)
    {
        using var request = Request(HttpMethod.Post, path);
        request.Content = JsonContent.Create(body);
        using var answer = await http.SendAsync(request);
        if (answer.IsSuccessStatusCode)
        {
            return true;
        }

        await say($"  Story             not told to its end: {path} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return false;
    }

    private HttpRequestMessage Request(HttpMethod method, string path) => new(method, new Uri($"{settings.Url}/{path}"))
    {
        Headers = { Authorization = new AuthenticationHeaderValue("Bearer", settings.ApiKey) },
    };

    private static object Activity(int number, string type, object actor, object? data) =>
        new { id = $"{Group}.{number}", group = Group, type, actor, data };
}
