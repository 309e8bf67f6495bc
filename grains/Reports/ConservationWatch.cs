using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ThreadGrains.Grains.Recovery;
using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Reports;

/// <summary>
/// Checks that every delivery is where its thread's counters say (P9): each minute the threads of this silo's share to which
/// anything happened, and at long intervals the whole ledger, history included. What does not add up is counted and logged once.
/// </summary>
internal sealed partial class ConservationWatch(
    ILedger ledger, LedgerMetrics metrics, ISiloStatusOracle silos, ILocalSiloDetails self, IOptions<LedgerWatchOptions> options,
    TimeProvider clock, ILogger<ConservationWatch> logger) : BackgroundService
{
    /// <summary>Sweeps overlap: what was written while the last one read, and by a silo that shared differently, is looked at again.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    /// <summary>Threads named in one line of the log; the rest is a number.</summary>
    private const int Named = 10;

    private HashSet<Guid> _wrong = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        DateTimeOffset? swept = null;
        var wholeAt = clock.GetUtcNow() + options.Value.ConservationEvery;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                bool whole = clock.GetUtcNow() >= wholeAt;
                if (whole)
                {
                    wholeAt = clock.GetUtcNow() + options.Value.ConservationEvery;
                }

                swept = await Check(whole ? null : swept, whole, stoppingToken) ?? swept;
                await Task.Delay(options.Value.SweepEvery, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <returns>The ledger's moment up to which all was looked at; null: it could not be read.</returns>
    private async Task<DateTimeOffset?> Check(DateTimeOffset? swept, bool whole, CancellationToken stopping)
    {
        try
        {
            var now = await ledger.Now(stopping);
            var share = SiloShare.Of(silos, self);
            var errors = whole
                ? await ledger.CheckConservation(stopping)
                : await ledger.CheckConservation((swept ?? now) - Overlap, share.Place, share.Live.Count, stopping);
            Tell(errors, whole);
            return now;
        }
        catch (LedgerUnavailableException error)
        {
            LogUnread(error);
            return null;
        }
    }

    private void Tell(IReadOnlyList<ConservationError> errors, bool whole)
    {
        var news = errors.Where(error => !_wrong.Contains(error.Thread)).ToList();
        // A sweep sees what moves; only a look at everything says that a thread adds up again.
        _wrong = [.. errors.Select(error => error.Thread), .. whole ? [] : _wrong];
        metrics.CheckedConservation(_wrong.Count);
        if (news.Count > 0)
        {
            LogNotConserved(news.Count, string.Join(", ", news.Take(Named).Select(error => $"{error.Thread} (made {error.Made}, counted {error.Counted})")));
        }
    }

    [LoggerMessage(EventName = "conservation_error", Level = LogLevel.Error,
        Message = "{Count} threads do not add up: {Threads}. Deliveries may be lost or counted twice; keep the ledger and report it")]
    private partial void LogNotConserved(int count, string threads);

    [LoggerMessage(EventName = "conservation_unread", Level = LogLevel.Warning, Message = "The ledger could not be read to check that its threads add up; the next sweep looks at the same and more")]
    private partial void LogUnread(Exception error);
}
