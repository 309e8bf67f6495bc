using System.Diagnostics;
using System.Text.Json;

namespace ThreadGrains.Slack.WebApi;

/// <summary>From an exchange to what its caller must know. Pure: the table itself is <see cref="Answer.Of"/>.</summary>
internal static class PostOutcomes
{
    /// <param name="exchange">What happened.</param>
    /// <param name="channel">The channel that was asked for; the answer's own word goes first.</param>
    public static PostOutcome Classify(Exchange exchange, string channel)
    {
        var requestId = (exchange as Exchange.Answered)?.Headers.RequestId;
        return Answer.Of(exchange) switch
        {
            Answer.Success success => Posted(success.Root, channel) with { RequestId = requestId },
            Answer.NotSent not => new PostOutcome.NotSent(not.Reason),
            Answer.Limited limited => new PostOutcome.Limited(limited.RetryAfter, limited.Error) { RequestId = requestId },
            Answer.RetryLater later => new PostOutcome.RetryLater(later.Error, later.WorkspaceWide) { RequestId = requestId },
            Answer.Refused refused => new PostOutcome.Refused(refused.Scope, refused.Error) { RequestId = requestId, Missing = refused.Missing },
            Answer.Doubt doubt => new PostOutcome.Unknown(doubt.Evidence) { RequestId = requestId },
            Answer.NotSlack not => new PostOutcome.NotSlack(not.Status),
            var other => throw new UnreachableException($"No rule for {other.GetType().Name}"),
        };
    }

    /// <param name="exchange">What happened.</param>
    /// <param name="read">Reads the value from the body; null: the body does not hold what the method promises.</param>
    /// <typeparam name="T">What the method gives back.</typeparam>
    public static CallOutcome<T> Classify<T>(Exchange exchange, Func<JsonElement, T?> read)
        where T : class => Answer.Of(exchange) switch
        {
            Answer.Success success => read(success.Root) is { } value
                ? new CallOutcome<T>.Ok(value, success.Headers)
                : new CallOutcome<T>.Unknown("incomplete_answer"),
            Answer.NotSent not => new CallOutcome<T>.RetryLater(not.Reason, WorkspaceWide: false),
            Answer.Limited limited => new CallOutcome<T>.Limited(limited.RetryAfter, limited.Error),
            Answer.RetryLater later => new CallOutcome<T>.RetryLater(later.Error, later.WorkspaceWide),
            Answer.Refused refused => new CallOutcome<T>.Refused(refused.Scope, refused.Error) { Missing = refused.Missing },
            Answer.Doubt doubt => new CallOutcome<T>.Unknown(doubt.Evidence),
            Answer.NotSlack not => new CallOutcome<T>.NotSlack(not.Status),
            var other => throw new UnreachableException($"No rule for {other.GetType().Name}"),
        };

    private static PostOutcome Posted(JsonElement root, string channel)
    {
        if (root.Ts("ts") is not { } ts)
        {
            return new PostOutcome.Unknown("without_ts");
        }

        // A thread_ts that cannot be read must not pass for "not in a thread": the caller would delete the message.
        var message = root.Child("message");
        var threadTs = message?.Ts("thread_ts");
        var legible = message is { } shown && (threadTs is not null || !shown.TryGetProperty("thread_ts", out var raw) || raw.ValueKind == JsonValueKind.Null);
        return new PostOutcome.Posted(ts, root.TextOrNull("channel") ?? channel, threadTs, legible) { Warning = root.TextOrNull("warning") };
    }
}
