namespace ThreadGrains.Chaos.Judging;

/// <summary>How long a thread waited for its next message after a blow.</summary>
/// <param name="Seconds">From the blow, or from the first sending of what was told next, if that was later.</param>
/// <param name="WasIdle">
/// All that the thread had to tell stood when the blow fell: nothing of it was under way or waited. What was under way may have been
/// in doubt afterwards.
/// </param>
internal sealed record Wait(double Seconds, bool WasIdle);

/// <summary>How long threads waited after a strike.</summary>
internal static class Recovery
{
    /// <summary>What is sent longer than this after a strike says nothing about it any more.</summary>
    private static readonly TimeSpan Reach = TimeSpan.FromSeconds(8);

    /// <summary>
    /// For each strike and each thread that had something to tell, the time to its next message. Threads that waited for other
    /// reasons (an answer of Slack's that was lost a moment before) are among them.
    /// </summary>
    public static IReadOnlyList<Wait> Waits(IReadOnlyList<Promise> promises, Report report, IReadOnlyList<DateTimeOffset> strikes)
    {
        var threads = promises.Where(promise => promise.AcceptedAt is not null)
            .SelectMany(promise => promise.Channels, (promise, channel) => (Thread: Report.ThreadOf(promise.Group, channel), Promise: promise))
            .Where(pair => report.FirstStood.ContainsKey((pair.Thread, pair.Promise.Word)))
            .Select(pair => (pair.Thread, Sent: pair.Promise.SentAt, Stood: report.FirstStood[(pair.Thread, pair.Promise.Word)]))
            .GroupBy(told => told.Thread)
            .Select(thread => thread.OrderBy(told => told.Stood).ToList());
        return [.. threads.SelectMany(thread => strikes.SelectMany(strike => After(thread, strike))).OrderBy(wait => wait.Seconds)];

        static IEnumerable<Wait> After(List<(string Thread, DateTimeOffset Sent, DateTimeOffset Stood)> thread, DateTimeOffset strike)
        {
            var next = thread.FirstOrDefault(told => told.Stood > strike);
            if (next.Thread is not null && next.Sent < strike + Reach)
            {
                bool wasIdle = next.Sent > strike;
                yield return new Wait((next.Stood - (wasIdle ? next.Sent : strike)).TotalSeconds, wasIdle);
            }
        }
    }

    /// <summary>For each thing and thread: the seconds from its receipt until it stood, sorted. One that stood before its receipt came: 0.</summary>
    public static IReadOnlyList<double> UntilVisible(IReadOnlyList<Promise> promises, Report report)
    {
        var accepted = promises.Where(promise => promise.AcceptedAt is not null).ToDictionary(promise => promise.Word, promise => promise.AcceptedAt!.Value);
        return [.. report.FirstStood.Where(pair => accepted.ContainsKey(pair.Key.Word)).Select(pair => Math.Max(0, (pair.Value - accepted[pair.Key.Word]).TotalSeconds)).Order()];
    }

    /// <summary>The value that so many of the sorted ones do not exceed; 0 where there is none.</summary>
    public static double Quantile(IReadOnlyList<double> sorted, double quantile) =>
        sorted.Count == 0 ? 0 : sorted[Math.Max(0, (int)Math.Ceiling(quantile * sorted.Count) - 1)];
}
