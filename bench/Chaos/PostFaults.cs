using ThreadGrains.Chaos.Running;

namespace ThreadGrains.Chaos;

/// <summary>
/// The faults that posts meet, in equal parts: refused for a moment, failed before and after it was stored, dropped before and
/// after, stored only after the connection was gone, and answered too late for the caller.
/// </summary>
internal static class PostFaults
{
    private const string Post = "chat.postMessage";

    /// <param name="percent">Of all posts; each rule draws on its own, so that it is a little less together.</param>
    public static IReadOnlyList<FaultRule> Of(double percent)
    {
        FaultRule[] rules =
        [
            new(Post, null, "rate_limited") { RetryAfter = 1 },
            new(Post, null, "http_500"),
            new(Post, null, "error_stored") { Error = "internal_error" },
            new(Post, null, "lost_request"),
            new(Post, null, "lost_answer"),
            new(Post, null, "late") { Milliseconds = 2500 },
            new(Post, null, "slow") { Milliseconds = 12_000 },
        ];
        return percent == 0 ? [] : [.. rules.Select(rule => rule with { Rate = percent / 100 / rules.Length })];
    }
}
