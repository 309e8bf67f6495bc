using System.Diagnostics.Metrics;

namespace ThreadGrains.Grains.Delivery;

/// <summary>Counts and times the calls of Slack's Web API, whatever they were for.</summary>
internal sealed class SlackCallMetrics
{
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _limited;

    public SlackCallMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(ProductTelemetry.Name);
        _duration = meter.CreateHistogram("threadgrains.slack.call.duration", "s", "Calls of Slack's Web API, by method and class of the answer", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30] });
        _limited = meter.CreateCounter<long>("threadgrains.slack.rate_limited", "{call}", "Calls that Slack answered 429, by method");
    }

    /// <param name="method">One of ours, such as <c>chat.postMessage</c>: a closed set.</param>
    /// <param name="status">Null: no answer came.</param>
    /// <param name="duration">The whole call.</param>
    public void Called(string method, int? status, TimeSpan duration)
    {
        string answer = status switch { null => "none", 429 => "rate_limited", >= 200 and < 300 => "2xx", >= 300 and < 400 => "3xx", >= 400 and < 500 => "4xx", _ => "5xx" };
        _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("method", method), new KeyValuePair<string, object?>("answer", answer));
        if (status == 429)
        {
            _limited.Add(1, new KeyValuePair<string, object?>("method", method));
        }
    }
}
