namespace ThreadGrains.WebhookGateway.Clustering;

/// <summary>
/// Whether this process's Orleans client has met its cluster. Before, it knows no grain, and making a reference to one is an
/// error (measured: ArgumentException from GetGrain).
/// </summary>
internal sealed class ClusterSight : ILifecycleParticipant<IClusterClientLifecycle>
{
    private volatile bool _isMet;

    public bool IsMet => _isMet;

    public void Participate(IClusterClientLifecycle observer) => observer.Subscribe(nameof(ClusterSight), ServiceLifecycleStage.Active, _ =>
    {
        _isMet = true;
        return Task.CompletedTask;
    });
}
