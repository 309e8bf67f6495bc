namespace ThreadGrains.Simulation.Store;

/// <summary>Moments and periods in the grain that every ledger keeps: microseconds, finer parts cut off.</summary>
internal static class Moments
{
    public static DateTimeOffset Whole(this DateTimeOffset at) =>
        new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    public static DateTimeOffset? Whole(this DateTimeOffset? at) => at?.Whole();

    public static TimeSpan Whole(this TimeSpan span) => new(span.Ticks - (span.Ticks % TimeSpan.TicksPerMicrosecond));

    /// <summary>The earlier of two moments; null is never.</summary>
    public static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other < one ? other ?? one : one;
}
