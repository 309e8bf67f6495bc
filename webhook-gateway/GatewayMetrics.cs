using System.Diagnostics.Metrics;

namespace ThreadGrains.WebhookGateway;

/// <summary>Counts what comes in. Tag values are closed sets; ids are never among them.</summary>
internal sealed class GatewayMetrics
{
    private readonly Counter<long> _keys;
    private readonly Counter<long> _accepts;
    private readonly Counter<long> _silences;
    private readonly Counter<long> _slack;
    private readonly Counter<long> _refusals;
    private readonly Histogram<double> _skew;

    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(ProductTelemetry.Name);
        _keys = meter.CreateCounter<long>("threadgrains.gateway.keys", "{request}", "API keys checked, by outcome");
        _accepts = meter.CreateCounter<long>("threadgrains.gateway.accepts", "{item}", "Alerts and activities answered, by kind and status");
        _silences = meter.CreateCounter<long>("threadgrains.gateway.silences", "{call}", "Calls of grains that came to no answer");
        _slack = meter.CreateCounter<long>("threadgrains.gateway.slack", "{request}", "Requests from Slack, by what became of them");
        _refusals = meter.CreateCounter<long>("threadgrains.gateway.slack.refusals", "{request}", "Requests that were not taken for Slack's, by reason");
        _skew = meter.CreateHistogram<double>("threadgrains.gateway.slack.skew", "s", "Our clock minus the timestamp of Slack's request: far from zero means that a clock is off");
    }

    public void Authenticated(string outcome) => _keys.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void Answered(string kind, int status) =>
        _accepts.Add(1, new KeyValuePair<string, object?>("kind", kind), new KeyValuePair<string, object?>("status", status));

    public void GrainSilent() => _silences.Add(1);

    public void FromSlack(string outcome) => _slack.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void NotSlack(string reason) => _refusals.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Skewed(TimeSpan skew) => _skew.Record(skew.TotalSeconds);
}
