using System.Diagnostics.Metrics;

namespace ThreadGrains.Grains.Workspaces;

/// <summary>Counts workspaces whose posts are held back because Slack does not answer.</summary>
internal sealed class CircuitMetrics
{
    private readonly UpDownCounter<long> _open;

    public CircuitMetrics(IMeterFactory meters) => _open = meters.Create(ProductTelemetry.Name).CreateUpDownCounter<long>(
        "threadgrains.workspaces.held_back", "{workspace}", "Workspaces in which nothing but probes is posted, because Slack does not answer");

    public void Opened() => _open.Add(1);

    public void Closed() => _open.Add(-1);
}
