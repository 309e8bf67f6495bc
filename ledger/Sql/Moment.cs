namespace ThreadGrains.Ledger.Sql;

/// <summary>Moments as the tables hold them: microseconds since 1970 UTC. Finer parts are cut off, towards the past.</summary>
internal static class Moment
{
    public static long ToMicroseconds(DateTimeOffset at) =>
        (at.UtcTicks / TimeSpan.TicksPerMicrosecond) - (DateTimeOffset.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond);

    public static long? ToMicroseconds(DateTimeOffset? at) => at is { } set ? ToMicroseconds(set) : null;

    public static DateTimeOffset FromMicroseconds(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    public static long Microseconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;
}
