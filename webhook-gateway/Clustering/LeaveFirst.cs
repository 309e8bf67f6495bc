namespace ThreadGrains.WebhookGateway.Clustering;

/// <summary>
/// After a stop was asked for, /health/ready says no for a moment while requests are still taken: whoever shares them out sees
/// it and goes elsewhere before the listener closes.
/// </summary>
internal sealed class LeaveFirst(TimeProvider clock) : IHostedLifecycleService
{
    private static readonly TimeSpan Notice = TimeSpan.FromSeconds(2);

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.Delay(Notice, clock, cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
