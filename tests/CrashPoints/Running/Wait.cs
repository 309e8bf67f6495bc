using System.Diagnostics;

namespace ThreadGrains.CrashPoints.Running;

/// <summary>What a run waits for did not come; says what it was.</summary>
internal sealed class NotInTimeException(string what) : Exception(what);

/// <summary>Waits for a condition with a deadline.</summary>
internal static class Wait
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <exception cref="NotInTimeException">It did not hold within the patience.</exception>
    public static async Task Until(string what, TimeSpan patience, Func<Task<bool>> holds)
    {
        for (long begun = Stopwatch.GetTimestamp(); !await holds(); await Task.Delay(Interval))
        {
            if (Stopwatch.GetElapsedTime(begun) > patience)
            {
                throw new NotInTimeException($"not within {patience.TotalSeconds:0} s: {what}");
            }
        }
    }
}
