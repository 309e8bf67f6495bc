using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Recovery;

/// <summary>Keeps the live tables small: finished rows go to history after a grace, expired ids are dropped; a little at a time.</summary>
internal sealed partial class HistoryService(ILedger ledger, TimeProvider clock, ILogger<HistoryService> logger) : BackgroundService
{
    private const int RowsAtOnce = 500;
    private static readonly TimeSpan Grace = TimeSpan.FromDays(14);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(200);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                int moved = await ledger.MoveToHistory(await ledger.Now(stoppingToken) - Grace, RowsAtOnce, stoppingToken);
                await Task.Delay(moved > 0 ? Breath : Pause, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LogFailed(error);
                await Task.Delay(Pause, clock, stoppingToken);
            }
        }
    }

    [LoggerMessage(EventName = "history_failed", Level = LogLevel.Error, Message = "Moving finished rows to history failed; it is tried again in 10 minutes")]
    private partial void LogFailed(Exception error);
}
