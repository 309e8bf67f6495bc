namespace ThreadGrains.Grains.Delivery;

/// <summary>When a delivery that surely was not posted is tried again: growing steps with full jitter.</summary>
internal static class RetrySchedule
{
    private static readonly TimeSpan[] Steps =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2),
        TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1),
        TimeSpan.FromHours(2), TimeSpan.FromHours(4), TimeSpan.FromHours(6), TimeSpan.FromHours(10),
    ];

    /// <param name="attempt">Tries made, from 1 on.</param>
    /// <param name="now">The moment to count from.</param>
    /// <param name="jitter">0 to 1: which part of the step is waited. A tenth of it always is, so that a retry never becomes a loop.</param>
    public static DateTimeOffset Due(int attempt, DateTimeOffset now, double jitter)
    {
        var step = Steps[Math.Clamp(attempt - 1, 0, Steps.Length - 1)];
        return now + (step * (0.1 + (0.9 * jitter)));
    }
}
