using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Recovery;

/// <summary>
/// Wakes groups in which something is due and whose owner is gone (or asleep). A nudge is a hint, the ledger is the truth:
/// a nudge too many does nothing, a missing one comes with the next sweep.
/// </summary>
internal sealed partial class RecoveryService(
    ILedger ledger, IGrainFactory grains, ISiloStatusOracle silos, ILocalSiloDetails self, TimeProvider clock, ILogger<RecoveryService> logger)
    : BackgroundService
{
    private const int MaxNudges = 200;
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DeadOwnerDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnyOwnerDelay = TimeSpan.FromSeconds(60);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What the former process left is due at once: nobody else owns it.
        var delay = TimeSpan.Zero;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                int nudged = await NudgeDueGroups(delay, stoppingToken);
                delay = DeadOwnerDelay;
                if (nudged < MaxNudges)
                {
                    await Task.Delay(Sweep, clock, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // The edge of the service: recovery must outlive any one failure.
                LogFailed(error);
                await Task.Delay(Sweep, clock, stoppingToken);
            }
        }
    }

    private async Task<int> NudgeDueGroups(TimeSpan deadOwnerDelay, CancellationToken stopping)
    {
        var live = silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Append(self.SiloAddress).Distinct()
            .OrderBy(silo => silo.ToParsableString(), StringComparer.Ordinal).ToList();
        var now = await ledger.Now(stopping);
        var due = await ledger.DueGroups(
            new DueQuery(
                [.. live.Select(silo => silo.ToParsableString())], now - deadOwnerDelay, now - AnyOwnerDelay,
                live.IndexOf(self.SiloAddress), live.Count, MaxNudges),
            stopping);
        foreach (var group in due)
        {
            await grains.GetGrain<IIssueGroupGrain>(new GroupKey(group.Organization, group.Group).ToString()).Nudge();
        }

        if (due.Count > 0)
        {
            LogNudged(due.Count);
        }

        return due.Count;
    }

    [LoggerMessage(EventName = "groups_nudged", Level = LogLevel.Information, Message = "Woke {Count} groups in which something was due")]
    private partial void LogNudged(int count);

    [LoggerMessage(EventName = "sweep_failed", Level = LogLevel.Error, Message = "The sweep for due groups failed; the next one comes in 5 s")]
    private partial void LogFailed(Exception error);
}
