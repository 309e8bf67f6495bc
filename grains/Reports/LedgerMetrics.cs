using System.Diagnostics.Metrics;
using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Reports;

/// <summary>The ledger's commits, and what stands in it as <see cref="LedgerWatch"/> saw it last. Public for whoever opens the ledger.</summary>
public sealed class LedgerMetrics
{
    private readonly Counter<long> _ended;
    private readonly Histogram<int> _batch;
    private readonly Histogram<double> _duration;
    private Seen? _seen;
    private Checked? _checked;

    /// <summary>Makes the instruments.</summary>
    public LedgerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(ProductTelemetry.Name);
        _ended = meter.CreateCounter<long>("threadgrains.deliveries.ended", "{delivery}", "Deliveries that ended, by how; one that is replayed ends again");
        _batch = meter.CreateHistogram("threadgrains.ledger.commit.writes", "{write}", "Writes that one commit of the ledger carried", null,
            new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256] });
        _duration = meter.CreateHistogram("threadgrains.ledger.commit.duration", "s", "Commits of the ledger, from the first write until durable", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2] });
        meter.CreateObservableGauge("threadgrains.deliveries.unfinished", States, "{delivery}", "Deliveries that have not ended, by state");
        meter.CreateObservableGauge("threadgrains.deliveries.dead", () => Now(seen => seen.Totals.Dead), "{delivery}", "Deliveries that are dead and can be replayed");
        meter.CreateObservableGauge("threadgrains.deliveries.oldest.age", Ages, "s", "Age of the oldest delivery that has not ended, by state; 0: there is none");
        meter.CreateObservableGauge("threadgrains.ledger.conservation.errors",
            () => Volatile.Read(ref _checked) is { } last ? [new Measurement<long>(last.Errors)] : Array.Empty<Measurement<long>>(),
            "{thread}", "Threads whose counters did not add up at the last check");
    }

    private sealed record Seen(LedgerTotals Totals, DateTimeOffset At);

    private sealed record Checked(long Errors);

    /// <summary>A commit of the ledger's writer.</summary>
    public void Committed(CommitReport commit)
    {
        _batch.Record(commit.Writes);
        _duration.Record(commit.Duration.TotalSeconds);
        Add("sent", commit.Sent);
        Add("dead", commit.Dead);
        Add("cancelled", commit.Cancelled);
    }

    internal void Saw(LedgerTotals totals, DateTimeOffset now) => Volatile.Write(ref _seen, new Seen(totals, now));

    /// <summary>Nothing is known any more: better no value than one that stands still.</summary>
    internal void LostSight() => Volatile.Write(ref _seen, null);

    internal void CheckedConservation(int errors) => Volatile.Write(ref _checked, new Checked(errors));

    private void Add(string end, long count)
    {
        if (count > 0)
        {
            _ended.Add(count, new KeyValuePair<string, object?>("end", end));
        }
    }

    private IEnumerable<Measurement<long>> Now(Func<Seen, long> value) =>
        Volatile.Read(ref _seen) is { } seen ? [new Measurement<long>(value(seen))] : [];

    private IEnumerable<Measurement<long>> States() => Volatile.Read(ref _seen) is not { } seen ? [] :
    [
        Of(seen.Totals.Pending, "pending"), Of(seen.Totals.Parked, "parked"), Of(seen.Totals.Sending, "sending"), Of(seen.Totals.InDoubt, "in_doubt"),
    ];

    private IEnumerable<Measurement<double>> Ages() => Volatile.Read(ref _seen) is not { } seen ? [] :
    [
        Of(Age(seen.Totals.OldestPending, seen.At), "pending"), Of(Age(seen.Totals.OldestParked, seen.At), "parked"),
        Of(Age(seen.Totals.OldestInDoubt, seen.At), "in_doubt"),
    ];

    private static double Age(DateTimeOffset? since, DateTimeOffset now) => since is { } moment ? Math.Max(0, (now - moment).TotalSeconds) : 0;

    private static Measurement<T> Of<T>(T value, string state)
        where T : struct => new(value, new KeyValuePair<string, object?>("state", state));
}
