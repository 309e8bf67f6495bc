namespace ThreadGrains.Silo.PostgreSql;

/// <summary>
/// Takes the silo out of its cluster before anything else in the process stops: its grains finish their posts in flight and
/// go on elsewhere, while the health addresses still answer, alive and not ready. (Hosted services would stop in the reverse
/// order of their start, so the web server first.)
/// </summary>
internal sealed class DrainFirst(Orleans.Runtime.Silo silo) : IHostedLifecycleService
{
    public Task StoppingAsync(CancellationToken cancellationToken) => silo.StopAsync(cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
