using System.Diagnostics.Metrics;

namespace ThreadGrains.Grains.Callbacks;

/// <summary>Counts what becomes of callbacks.</summary>
internal sealed class CallbackMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _tried = meters.Create(ProductTelemetry.Name)
        .CreateCounter<long>("threadgrains.callbacks.tried", "{call}", "Calls to the tracker, by outcome");

    public void Tried(CallbackOutcome outcome) => _tried.Add(1, new KeyValuePair<string, object?>("outcome", outcome.GetType().Name));
}
