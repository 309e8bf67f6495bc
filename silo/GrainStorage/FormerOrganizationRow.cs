using Orleans.Storage;
using ThreadGrains.Grains.Organizations;

namespace ThreadGrains.Silo.GrainStorage;

/// <summary>
/// Reads the configured organization's row once, as soon as it may be moved: its grain may have read it while silos of a former
/// version were there, and need not read it again for weeks. Should the silos be started for another organization by
/// then, that one must find nothing under the number.
/// </summary>
internal sealed partial class FormerOrganizationRow(IGrainStorage storage, FormerRows former, TimeProvider clock, ILogger<FormerOrganizationRow> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _stop = new();
    private Task _looking = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(FormerOrganizationRow),
        ServiceLifecycleStage.Active,
        _ =>
        {
            _looking = RowKey.IsNumber(former.Organization) ? Task.Run(Look, CancellationToken.None) : Task.CompletedTask;
            return Task.CompletedTask;
        },
        async _ =>
        {
            await _stop.CancelAsync();
            await _looking;
        });

    private async Task Look()
    {
        using var timer = new PeriodicTimer(Pause, clock);
        try
        {
            while (!await IsMoved())
            {
                await timer.WaitForNextTickAsync(_stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopping: the next start looks again.
        }
    }

    private async Task<bool> IsMoved()
    {
        if (!former.MayMove)
        {
            return false;
        }

        try
        {
            await storage.ReadStateAsync(OrganizationState.Name, GrainId.Create("organization", former.Organization), new GrainState<OrganizationState>());
            return true;
        }
        catch (Exception trouble) when (trouble is not OperationCanceledException)
        {
            LogNotYet(trouble.GetType().Name);
            return false;
        }
    }

    [LoggerMessage(EventName = "grain_row_not_moved", Level = LogLevel.Warning, Message = "Whether the organization's settings stand under a number could not be looked up ({Failure}); it is tried again")]
    private partial void LogNotYet(string failure);
}
