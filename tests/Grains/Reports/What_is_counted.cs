using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using ThreadGrains.Grains.Delivery;
using ThreadGrains.Grains.Groups;
using ThreadGrains.Grains.Reports;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Tests.Reports;

/// <summary>The instruments by name, unit and labels, as a dashboard depends on them.</summary>
public sealed class What_is_counted : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public void Dispose() => _services.Dispose();

    private MetricCollector<T> Collect<T>(string instrument)
        where T : struct => new(Meters, ProductTelemetry.Name, instrument);

    [Fact]
    public void An_accept_is_counted_by_kind_what_is_ignored_or_refused_by_reason()
    {
        var metrics = new AcceptMetrics(Meters);
        using var accepted = Collect<long>("threadgrains.events.accepted");
        using var ignored = Collect<long>("threadgrains.events.ignored");
        using var refused = Collect<long>("threadgrains.events.refused");

        metrics.Answered("activity", new AcceptReceipt("a1", "g1", AcceptOutcome.Accepted));
        metrics.Answered("activity", new AcceptReceipt("a2", "g1", AcceptOutcome.Ignored, AcceptReasons.NoUser));
        metrics.Answered("alert", new AcceptReceipt("a3", "g1", AcceptOutcome.Busy));
        metrics.Answered("alert", new AcceptReceipt("a4", "g1", AcceptOutcome.Conflict, AcceptReasons.IdReused));
        metrics.Clicked(ClickOutcome.Changed);

        Assert.Equal(["activity", "click"], accepted.GetMeasurementSnapshot().Select(one => Assert.Single(one.Tags).Value));
        Assert.Equal(["no_user"], ignored.GetMeasurementSnapshot().Select(one => Assert.Single(one.Tags).Value));
        Assert.Equal(["busy", "id_reused"], refused.GetMeasurementSnapshot().Select(one => Assert.Single(one.Tags).Value));
    }

    [Fact]
    public void Gauges_show_the_ledger_as_it_was_seen_last_and_nothing_while_it_cannot_be_read()
    {
        var metrics = new LedgerMetrics(Meters);
        var now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        using var age = Collect<double>("threadgrains.deliveries.oldest.age");
        using var states = Collect<long>("threadgrains.deliveries.unfinished");
        using var errors = Collect<long>("threadgrains.ledger.conservation.errors");
        age.RecordObservableInstruments();
        errors.RecordObservableInstruments();
        Assert.Empty(age.GetMeasurementSnapshot());
        Assert.Empty(errors.GetMeasurementSnapshot());

        metrics.Saw(new LedgerTotals(4, 3, 2, 1, 5, now.AddSeconds(-90), null, now.AddSeconds(-7)), now);
        metrics.CheckedConservation(2);
        age.RecordObservableInstruments();
        states.RecordObservableInstruments();
        errors.RecordObservableInstruments();
        Assert.Equal([90, 0, 7], age.GetMeasurementSnapshot().Select(one => one.Value));
        Assert.Equal([4, 3, 2, 1], states.GetMeasurementSnapshot().Select(one => one.Value));
        Assert.Equal(2, errors.LastMeasurement!.Value);

        metrics.LostSight();
        states.Clear();
        states.RecordObservableInstruments();
        Assert.Empty(states.GetMeasurementSnapshot());
    }

    [Theory]
    [InlineData(200, "2xx", 0)]
    [InlineData(429, "rate_limited", 1)]
    [InlineData(503, "5xx", 0)]
    [InlineData(null, "none", 0)]
    public void A_call_of_Slack_is_timed_by_method_and_answer_and_a_429_counted(int? status, string answer, int limited)
    {
        var metrics = new SlackCallMetrics(Meters);
        using var duration = Collect<double>("threadgrains.slack.call.duration");
        using var limits = Collect<long>("threadgrains.slack.rate_limited");

        metrics.Called("chat.postMessage", status, TimeSpan.FromMilliseconds(250));

        var call = Assert.Single(duration.GetMeasurementSnapshot());
        Assert.Equal((0.25, "chat.postMessage", answer), (call.Value, call.Tags["method"], call.Tags["answer"]));
        Assert.Equal(limited, limits.GetMeasurementSnapshot().Count);
    }
}
