using ThreadGrains.Chaos.Running;

namespace ThreadGrains.Chaos;

/// <summary>
/// The faults that posts meet, in equal parts: refused for a moment, failed before and after it was stored, dropped before and
/// after, stored only after the connection was gone, and answered too late for the caller.
/// </summary>
internal static class PostFaults
{
    private const string Post = "chat.postMessage";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<FaultRule> Every { get; } =
    [
        new(Post, null, "rate_limited") { RetryAfter = 1 },
        new(Post, null, "http_500"),
        new(Post, null, "error_stored") { Error = "internal_error" },
        new(Post, null, "lost_request"),
        new(Post, null, "lost_answer"),
        new(Post, null, "late") { Milliseconds = 2500 },
        new(Post, null, "slow") { Milliseconds = 12_000 },
    ];

    /// <summary>Stored, and then the connection is dropped: the client sees a pooled connection end in the midst of a call.</summary>
    public static IReadOnlyList<FaultRule> LostAnswers { get; } = [new(Post, null, "lost_answer")];

    /// <summary>Of the first so many posts the answers to a part are lost, and to no others.</summary>
    public static IReadOnlyList<FaultRule> AnswersLost(double share, int of) => [new(Post, share, "lost_answer") { Times = of }];

    /// <summary>Of the first so many posts a part is lost on its way, and no others.</summary>
    public static IReadOnlyList<FaultRule> RequestsLost(double share, int of) => [new(Post, share, "lost_request") { Times = of }];

    /// <param name="kinds">Which faults.</param>
    /// <param name="percent">Of all posts; each rule draws on its own, so that it is a little less together.</param>
    public static IReadOnlyList<FaultRule> Of(IReadOnlyList<FaultRule> kinds, double percent) =>
        percent == 0 ? [] : [.. kinds.Select(rule => rule.Times is null ? rule with { Rate = percent / 100 / kinds.Count } : rule)];
}
