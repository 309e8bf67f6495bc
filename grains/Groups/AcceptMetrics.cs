using System.Diagnostics.Metrics;
using ThreadGrains.Grains.Delivery;
using ThreadGrains.Groups;

namespace ThreadGrains.Grains.Groups;

/// <summary>Counts what became of alerts, activities and clicks, whoever brought them. Tag values are closed sets.</summary>
internal sealed class AcceptMetrics
{
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _ignored;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _duplicates;

    public AcceptMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(ProductTelemetry.Name);
        _accepted = meter.CreateCounter<long>("threadgrains.events.accepted", "{event}", "Alerts, activities and clicks that were stored and are delivered, by kind");
        _ignored = meter.CreateCounter<long>("threadgrains.events.ignored", "{event}", "Alerts and activities of which nothing is posted, by reason");
        _refused = meter.CreateCounter<long>("threadgrains.events.refused", "{event}", "Alerts, activities and clicks that were not taken, by reason");
        _duplicates = meter.CreateCounter<long>("threadgrains.events.duplicates", "{event}", "Events that had come before with the same id and content, by kind");
    }

    public void Answered(string kind, AcceptReceipt receipt)
    {
        switch (receipt.Outcome)
        {
            case AcceptOutcome.Accepted:
                _accepted.Add(1, new KeyValuePair<string, object?>("kind", kind));
                break;
            case AcceptOutcome.Duplicate:
                _duplicates.Add(1, new KeyValuePair<string, object?>("kind", kind));
                break;
            case AcceptOutcome.Ignored:
                _ignored.Add(1, new KeyValuePair<string, object?>("reason", receipt.Reason));
                break;
            default:
                _refused.Add(1, new KeyValuePair<string, object?>("reason", receipt.Reason ?? DeliveryMetrics.Snake(receipt.Outcome.ToString())));
                break;
        }
    }

    public void Clicked(ClickOutcome outcome)
    {
        switch (outcome)
        {
            case ClickOutcome.Changed:
                _accepted.Add(1, new KeyValuePair<string, object?>("kind", "click"));
                break;
            case ClickOutcome.Duplicate:
                _duplicates.Add(1, new KeyValuePair<string, object?>("kind", "click"));
                break;
            default:
                _refused.Add(1, new KeyValuePair<string, object?>("reason", DeliveryMetrics.Snake(outcome.ToString())));
                break;
        }
    }
}
