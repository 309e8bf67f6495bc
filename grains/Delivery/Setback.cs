namespace ThreadGrains.Grains.Delivery;

/// <summary>What a worker's failure means for its next try.</summary>
internal static class Setback
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    /// <summary>A bug or a broken part: asking often helps nobody.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>Whoever is away for the cluster is found elsewhere within seconds; who asks rarely learns of it late.</summary>
    private static readonly TimeSpan LongestPauseForOneWhoIsAway = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whether a grain that was asked is away: its silo has ended or is not reached, and it is placed elsewhere as soon as the others
    /// agree on that. Part of every failover, and nothing is wrong with the worker.
    /// </summary>
    public static bool IsAway(Exception error) => error is SiloUnavailableException or OrleansMessageRejectionException or TimeoutException or OperationCanceledException;

    /// <summary>How long to wait before the next try.</summary>
    /// <param name="error">What the last one ended with.</param>
    /// <param name="before">Failures in a row before it.</param>
    public static TimeSpan Pause(Exception error, int before)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(before, 6));
        var longest = IsAway(error) ? LongestPauseForOneWhoIsAway : LongestPause;
        return pause < longest ? pause : longest;
    }
}
