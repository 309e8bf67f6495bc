using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Reports;

/// <summary>How often the ledger is looked at for its metrics.</summary>
internal sealed class LedgerWatchOptions
{
    public const string Section = "ThreadGrains:Telemetry";

    /// <summary>Between two looks at the totals. Default 5 s; a second at least, five minutes at most.</summary>
    public TimeSpan TotalsEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Between two checks of P9 over the threads to which anything happened since. Default 1 min; a second at least, an hour at most.</summary>
    public TimeSpan SweepEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Between two checks of P9 over the whole ledger, history included. Default 1 h; a second at least, a week at most.</summary>
    public TimeSpan ConservationEvery { get; set; } = TimeSpan.FromHours(1);
}

internal sealed class LedgerWatchOptionsValidator : IValidateOptions<LedgerWatchOptions>
{
    public ValidateOptionsResult Validate(string? name, LedgerWatchOptions options) =>
        !Within(options.TotalsEvery, TimeSpan.FromMinutes(5)) ? ValidateOptionsResult.Fail("ThreadGrains__Telemetry__TotalsEvery must lie between 00:00:01 and 00:05:00.")
        : !Within(options.SweepEvery, TimeSpan.FromHours(1)) ? ValidateOptionsResult.Fail("ThreadGrains__Telemetry__SweepEvery must lie between 00:00:01 and 01:00:00.")
        : !Within(options.ConservationEvery, TimeSpan.FromDays(7)) ? ValidateOptionsResult.Fail("ThreadGrains__Telemetry__ConservationEvery must lie between 00:00:01 and 7.00:00:00.")
        : ValidateOptionsResult.Success;

    private static bool Within(TimeSpan value, TimeSpan most) => value >= TimeSpan.FromSeconds(1) && value <= most;
}

/// <summary>Looks at the ledger's totals every few seconds, so that a scrape never waits for the database.</summary>
internal sealed partial class LedgerWatch(
    ILedger ledger, LedgerMetrics metrics, IOptions<LedgerWatchOptions> options, TimeProvider clock, ILogger<LedgerWatch> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                metrics.Saw(await ledger.Totals(null, stoppingToken), await ledger.Now(stoppingToken));
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (LedgerUnavailableException error)
            {
                metrics.LostSight();
                LogUnread(error);
            }

            try
            {
                await Task.Delay(options.Value.TotalsEvery, clock, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    [LoggerMessage(EventName = "totals_unread", Level = LogLevel.Warning, Message = "The ledger's totals could not be read; its gauges pause until the next look")]
    private partial void LogUnread(Exception error);
}
