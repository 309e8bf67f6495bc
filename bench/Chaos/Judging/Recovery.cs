namespace ThreadGrains.Chaos.Judging;

/// <summary>How long threads waited after a strike.</summary>
internal static class Recovery
{
    /// <summary>What is accepted longer than this after a strike says nothing about it any more.</summary>
    private static readonly TimeSpan Reach = TimeSpan.FromSeconds(8);

    /// <summary>
    /// For each strike and each thread that had something to tell: the seconds from the strike (or from the accept, if that was
    /// later) to the thread's next message. Threads that waited for other reasons (an answer of Slack's that was lost a moment
    /// before) are among them.
    /// </summary>
    public static IReadOnlyList<double> Seconds(IReadOnlyList<Promise> promises, Report report, IReadOnlyList<DateTimeOffset> strikes)
    {
        var threads = promises.Where(promise => promise.AcceptedAt is not null)
            .SelectMany(promise => promise.Channels, (promise, channel) => (Thread: Report.ThreadOf(promise.Group, channel), Promise: promise))
            .Where(pair => report.FirstStood.ContainsKey((pair.Thread, pair.Promise.Word)))
            .Select(pair => (pair.Thread, Accepted: pair.Promise.AcceptedAt!.Value, Stood: report.FirstStood[(pair.Thread, pair.Promise.Word)]))
            .GroupBy(told => told.Thread)
            .Select(thread => thread.OrderBy(told => told.Stood).ToList());
        return [.. threads.SelectMany(thread => strikes.SelectMany(strike => Wait(thread, strike))).Order()];

        static IEnumerable<double> Wait(List<(string Thread, DateTimeOffset Accepted, DateTimeOffset Stood)> thread, DateTimeOffset strike)
        {
            var next = thread.FirstOrDefault(told => told.Stood > strike);
            if (next.Thread is not null && next.Accepted < strike + Reach)
            {
                yield return (next.Stood - (next.Accepted > strike ? next.Accepted : strike)).TotalSeconds;
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
