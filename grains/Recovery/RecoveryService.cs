using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Recovery;

/// <summary>
/// Wakes groups in which something is due and whose owner is gone (or asleep). A nudge is a hint, the ledger is the truth:
/// a nudge too many does nothing, a missing one comes with the next sweep. Each silo sweeps its share of the groups every
/// few seconds, and at once when another silo is declared dead.
/// </summary>
internal sealed partial class RecoveryService(
    ILedger ledger, IGrainFactory grains, ISiloStatusOracle silos, ILocalSiloDetails self, TimeProvider clock, ILogger<RecoveryService> logger)
    : BackgroundService, ISiloStatusListener
{
    private const int MaxNudges = 200;

    /// <summary>A nudge may have to wait for the part of the grain directory that the dead silo held; the others must not wait for it.</summary>
    private const int NudgesAtOnce = 20;

    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _siloDied = new(0, 1);

    /// <summary>Called by Orleans' membership: it must not wait.</summary>
    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (status == SiloStatus.Dead && _siloDied.CurrentCount == 0)
        {
            try
            {
                _siloDied.Release();
            }
            catch (SemaphoreFullException)
            {
                // Another one died at the same moment: one sweep finds the groups of both.
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        silos.SubscribeToSiloStatusEvents(this);
        try
        {
            // What the former process left is due at once: nobody else owns it.
            bool atOnce = true;
            while (!stoppingToken.IsCancellationRequested)
            {
                int nudged = await SweepOnce(atOnce ? TimeSpan.Zero : RecoveryShare.DeadOwnerDelay, stoppingToken);
                atOnce = (atOnce && nudged == MaxNudges) || await _siloDied.WaitAsync(nudged == MaxNudges ? TimeSpan.Zero : Sweep, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
        finally
        {
            silos.UnSubscribeFromSiloStatusEvents(this);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _siloDied.Dispose();
    }

    private async Task<int> SweepOnce(TimeSpan deadOwnerDelay, CancellationToken stopping)
    {
        try
        {
            return await NudgeDueGroups(deadOwnerDelay, stopping);
        }
        catch (Exception error) when (!stopping.IsCancellationRequested)
        {
            // The edge of the service: recovery must outlive any one failure.
            LogFailed(error);
            return 0;
        }
    }

    private async Task<int> NudgeDueGroups(TimeSpan deadOwnerDelay, CancellationToken stopping)
    {
        long begun = clock.GetTimestamp();
        var due = await ledger.DueGroups(
            RecoveryShare.Of(SiloShare.Of(silos, self), await ledger.Now(stopping), deadOwnerDelay, MaxNudges), stopping);
        int failed = 0;
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = NudgesAtOnce, CancellationToken = stopping }, async (group, _) =>
        {
            try
            {
                await grains.GetGrain<IIssueGroupGrain>(new GroupKey(group.Organization, group.Group).ToString()).Nudge();
            }
            catch (Exception unreached) when (unreached is TimeoutException or OrleansException or LedgerUnavailableException)
            {
                Interlocked.Increment(ref failed);
            }
        });

        if (due.Count > 0)
        {
            LogNudged(due.Count - failed, failed, clock.GetElapsedTime(begun).TotalSeconds);
        }

        return due.Count;
    }

    [LoggerMessage(EventName = "groups_nudged", Level = LogLevel.Information, Message = "Woke {Count} groups in which something was due, and could not reach {Failed}, within {Seconds:0.0} s")]
    private partial void LogNudged(int count, int failed, double seconds);

    [LoggerMessage(EventName = "sweep_failed", Level = LogLevel.Error, Message = "The sweep for due groups failed; the next one comes in 5 s")]
    private partial void LogFailed(Exception error);
}
