using System.Globalization;
using System.Text.Json.Nodes;
using ThreadGrains.SlackEmulator.Hosting;
using ThreadGrains.SlackEmulator.Workspaces;

namespace ThreadGrains.SlackEmulator.Interactions;

/// <summary>One try to deliver an event.</summary>
/// <param name="EventId">The event's id, the same at every try.</param>
/// <param name="Attempt">0 for the first delivery, then the number of the retry.</param>
/// <param name="At">When it was sent.</param>
/// <param name="Status">What was answered; 0: nothing.</param>
/// <param name="Reason">Why it does not count as delivered; null: it was.</param>
internal sealed record EventAttempt(string EventId, int Attempt, DateTimeOffset At, int Status, string? Reason);

/// <summary>
/// Delivers events as Slack does (Slack, "The Events API", error handling): within 3 s a 2xx, else again at once, after a
/// minute and after five, each time signed anew, with the number and reason of the retry; <c>X-Slack-No-Retry: 1</c> on a
/// failure ends it. Time is the emulator's clock.
/// </summary>
internal sealed class EventDeliveries(EmulatorOptions options, RequestUrl requestUrl, TimeProvider clock)
{
    private static readonly TimeSpan[] Waits = [TimeSpan.Zero, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)];

    /// <summary>Older ones are forgotten: a long run makes an event of every post.</summary>
    private const int MostAttempts = 10_000;

    private readonly Lock _lock = new();
    private readonly Queue<EventAttempt> _attempts = [];
    private int _made;

    /// <summary>The last tries, in order.</summary>
    public IReadOnlyList<EventAttempt> Attempts
    {
        get
        {
            lock (_lock) return [.. _attempts];
        }
    }

    /// <summary>Begins to deliver an event of a workspace; the envelope is made here.</summary>
    /// <returns>The event's id.</returns>
    public string Begin(Workspace workspace, JsonObject happened, CancellationToken stopping)
    {
        var now = clock.GetUtcNow();
        string id;
        lock (_lock) id = string.Create(CultureInfo.InvariantCulture, $"Ev{now.ToUnixTimeSeconds():X}{++_made:D5}");
        var envelope = new JsonObject
        {
            ["token"] = options.VerificationToken,
            ["team_id"] = workspace.Team,
            ["api_app_id"] = workspace.App.AppId,
            ["event"] = happened.DeepClone(),
            ["type"] = "event_callback",
            ["event_id"] = id,
            ["event_time"] = now.ToUnixTimeSeconds(),
            ["authorizations"] = new JsonArray(new JsonObject
            {
                ["enterprise_id"] = null, ["team_id"] = workspace.Team, ["user_id"] = workspace.App.BotUser, ["is_bot"] = true, ["is_enterprise_install"] = false,
            }),
            ["is_ext_shared_channel"] = false,
            ["event_context"] = $"4-{id}",
        };
        _ = Deliver(id, envelope, stopping);
        return id;
    }

    /// <summary>Sends the handshake with which Slack checks a new request URL: signed, and answered with the challenge.</summary>
    public Task<InteractionAnswer> Verify(string challenge, CancellationToken cancellation) => requestUrl.SendEvent(
        new JsonObject { ["token"] = options.VerificationToken, ["challenge"] = challenge, ["type"] = "url_verification" }, [], cancellation);

    private async Task Deliver(string id, JsonObject envelope, CancellationToken stopping)
    {
        string? reason = null;
        var pause = Task.CompletedTask;
        for (var attempt = 0; attempt <= Waits.Length; attempt++)
        {
            try
            {
                await pause;
                IReadOnlyList<(string, string)> retry = reason is null ? [] : [("X-Slack-Retry-Num", $"{attempt}"), ("X-Slack-Retry-Reason", reason)];
                var at = clock.GetUtcNow();
                var answer = await requestUrl.SendEvent(envelope, retry, stopping);
                reason = answer.Error ?? (answer.Status is >= 200 and < 300 ? null : "http_error");
                var goesOn = reason is not null && !answer.NoRetry && attempt < Waits.Length;
                // The pause begins before the attempt can be seen: whoever sees it and moves the clock moves this pause, too.
                if (goesOn) pause = Task.Delay(Waits[attempt], clock, stopping);
                lock (_lock)
                {
                    _attempts.Enqueue(new EventAttempt(id, attempt, at, answer.Status, reason));
                    if (_attempts.Count > MostAttempts) _attempts.Dequeue();
                }
                if (!goesOn) return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
