using System.Diagnostics;
using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Callbacks;

/// <summary>What follows from a try to tell the tracker. Pure.</summary>
internal static class CallbackSchedule
{
    /// <summary>A tenth of each step is always waited, so that a retry never becomes a loop.</summary>
    private const double LeastShare = 0.1;

    /// <param name="outcome">What the try came to.</param>
    /// <param name="tries">Tries made since the callback was made or replayed, this one among them: from 1 on.</param>
    /// <param name="now">The moment to count from.</param>
    /// <param name="chance">0 to 1: which part of the step is waited (full jitter, so that many groups do not come back together).</param>
    /// <param name="options">Limits.</param>
    public static CallbackResult After(CallbackOutcome outcome, int tries, DateTimeOffset now, double chance, CallbackOptions options) => outcome switch
    {
        CallbackOutcome.Taken => new CallbackResult.Delivered(),
        CallbackOutcome.Gone => new CallbackResult.Dead("gone"),
        CallbackOutcome.Refused refused when tries >= Math.Min(options.MaxRefusals, options.MaxAttempts) => new CallbackResult.Dead($"callback_failed:{refused.Status}"),
        CallbackOutcome.Refused refused => new CallbackResult.TryAgain(now + Wait(tries, null, chance, options), $"retry:{refused.Status}"),
        CallbackOutcome.Failed failed when tries >= options.MaxAttempts => new CallbackResult.Dead($"callback_failed:{failed.Status}"),
        CallbackOutcome.Failed failed => new CallbackResult.TryAgain(now + Wait(tries, failed.RetryAfter, chance, options), $"retry:{failed.Status}"),
        _ => throw new UnreachableException($"No rule for {outcome.GetType().Name}"),
    };

    /// <summary>Not before the receiver asked for; never longer than the longest wait, whatever it asked for.</summary>
    private static TimeSpan Wait(int tries, TimeSpan? retryAfter, double chance, CallbackOptions options)
    {
        var step = TimeSpan.FromSeconds(Math.Min(options.FirstRetry.TotalSeconds * Math.Pow(2, tries - 1), options.MaxRetry.TotalSeconds));
        var jittered = step * (LeastShare + ((1 - LeastShare) * chance));
        return retryAfter is { } asked && asked > jittered ? Shorter(asked, options.MaxRetry) : jittered;
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
