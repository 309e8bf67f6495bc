using System.Globalization;
using System.Text.Json;
using ThreadGrains.Chaos.Judging;

namespace ThreadGrains.Chaos;

/// <summary>What one sender came to.</summary>
internal sealed record Column(string Sender, int Seed, Report Report)
{
    /// <summary>Receipts that contradict each other or the promises.</summary>
    public IReadOnlyList<string> Contradictions { get; init; } = [];

    /// <summary>Where its own books disagree; null: it keeps none.</summary>
    public IReadOnlyList<string>? Disagreements { get; init; }

    public int Attempts { get; init; }

    public int Kills { get; init; }

    public int Freezes { get; init; }

    /// <summary>Further blows.</summary>
    public int OtherBlows { get; init; }

    /// <summary>Posts of which nobody knew what became of them.</summary>
    public long Unanswered { get; init; }

    public long Present { get; init; }

    /// <summary>Doubts that ended absent: two looks each.</summary>
    public long Absent { get; init; }

    public long Takeovers { get; init; }

    public long Fenced { get; init; }

    public long LateResults { get; init; }

    /// <summary>To a thread's next message after a blow, the shortest first.</summary>
    public IReadOnlyList<Wait> Waits { get; init; } = [];

    /// <summary>Seconds from receipt to standing, sorted.</summary>
    public IReadOnlyList<double> Visible { get; init; } = [];

    /// <summary>Seconds that deliveries were in doubt, sorted; empty where nobody watched.</summary>
    public IReadOnlyList<double> InDoubt { get; init; } = [];

    /// <summary>When each blow fell.</summary>
    public IReadOnlyList<DateTimeOffset> BlowsAt { get; init; } = [];

    public TimeSpan Load { get; init; }

    /// <summary>From the end of the load until everything stood.</summary>
    public TimeSpan Drain { get; init; }

    /// <summary>What the run must have seen and has not.</summary>
    public IEnumerable<string> Missing(Minimums minimums)
    {
        (string Name, long Seen, int Wanted)[] all =
        [
            ("accepts", Report.Accepted, minimums.Accepts), ("kills", Kills, minimums.Kills), ("freezes", Freezes, minimums.Freezes),
            ("posts without an answer", Unanswered, minimums.Unanswered), ("doubts found present", Present, minimums.Present), ("doubts found absent", Absent, minimums.Absent),
            ("foreign rows taken over", Takeovers, minimums.Takeovers), ("fenced writes", Fenced, minimums.Fenced), ("late results", LateResults, minimums.LateResults),
        ];
        return all.Where(one => one.Seen < one.Wanted).Select(one => $"{one.Name}: {one.Seen} of at least {one.Wanted}");
    }

    public bool IsClean => Report.IsClean && Contradictions.Count == 0 && Disagreements is null or { Count: 0 };

    /// <summary>The last line of a run.</summary>
    public string Json() => JsonSerializer.Serialize(new
    {
        seed = Seed, accepted = Report.Accepted, threads = Report.Threads, posts = Report.Posts,
        lost = Report.Count(Wrong.Lost), doubledEver = Report.Count(Wrong.DoubledEver), doubledLeft = Report.Count(Wrong.DoubledLeft),
        outOfOrder = Report.Count(Wrong.OutOfOrder), phantom = Report.Count(Wrong.Phantom),
        doubts = Present + Absent, takeovers = Takeovers, recoveryP99Seconds = Math.Round(Recovery.Quantile([.. Waits.Select(wait => wait.Seconds)], 0.99), 1),
    });

    /// <summary>The columns side by side, as a table in Markdown.</summary>
    public static string Table(IReadOnlyList<Column> columns)
    {
        (string Name, Func<Column, string> Value)[] rows =
        [
            ("accepted", column => Number(column.Report.Accepted)),
            ("requests that were needed", column => Number(column.Attempts)),
            ("threads", column => Number(column.Report.Threads)),
            ("messages stored by Slack", column => Number(column.Report.Posts)),
            ("**lost**", column => Number(column.Report.Count(Wrong.Lost))),
            ("**doubled and left**", column => Number(column.Report.Count(Wrong.DoubledLeft))),
            ("**doubled ever**", column => Number(column.Report.Count(Wrong.DoubledEver))),
            ("**out of order**", column => Number(column.Report.Count(Wrong.OutOfOrder))),
            ("**phantom**", column => Number(column.Report.Count(Wrong.Phantom))),
            ("contradicting receipts", column => Number(column.Contradictions.Count)),
            ("own books disagree", column => column.Disagreements is { } wrong ? Number(wrong.Count) : "none kept"),
            ("kills, freezes, other blows", column => $"{column.Kills}, {column.Freezes}, {column.OtherBlows}"),
            ("posts without an answer", column => column.Disagreements is null ? "" : Number(column.Unanswered)),
            ("doubts found present, absent", column => column.Disagreements is null ? "" : $"{column.Present}, {column.Absent}"),
            ("foreign rows taken over", column => column.Disagreements is null ? "" : Number(column.Takeovers)),
            ("fenced writes, late results", column => column.Disagreements is null ? "" : $"{column.Fenced}, {column.LateResults}"),
            ("from receipt until it stood, p50, p99, max", column => Spread(column.Visible)),
            ("in doubt, p50, p99, max", column => Spread(column.InDoubt)),
            ("next message after a blow, idle threads, p50, p99, max", column => Spread([.. column.Waits.Where(wait => wait.WasIdle).Select(wait => wait.Seconds)])),
            ("the others, p50, p99, max", column => Spread([.. column.Waits.Where(wait => !wait.WasIdle).Select(wait => wait.Seconds)])),
            ("load, then until all stood", column => string.Create(CultureInfo.InvariantCulture, $"{column.Load.TotalSeconds:0} s, {column.Drain.TotalSeconds:0} s")),
        ];
        var lines = new List<string>
        {
            $"| | {string.Join(" | ", columns.Select(column => column.Sender))} |",
            $"|---|{string.Concat(columns.Select(_ => "---|"))}",
        };
        lines.AddRange(rows.Select(row => $"| {row.Name} | {string.Join(" | ", columns.Select(row.Value))} |"));
        return string.Join('\n', lines);
    }

    private static string Spread(IReadOnlyList<double> sorted) => sorted.Count == 0 ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $"{Recovery.Quantile(sorted, 0.5):0.0}, {Recovery.Quantile(sorted, 0.99):0.0}, {Recovery.Quantile(sorted, 1):0.0} s");

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
