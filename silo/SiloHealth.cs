using ThreadGrains.Ledger;

namespace ThreadGrains.Silo;

/// <summary>How this silo is. Asks the database at most once a second, however many ask us.</summary>
internal sealed class SiloHealth(ISiloStatusOracle membership, ILedger ledger, IHostApplicationLifetime life, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<bool>? _answer;
    private long _asked;

    /// <summary>Whether it is an active member, has a database that answers, and was not asked to stop.</summary>
    public async Task<bool> IsReady() =>
        IsMember && await Database() && IsMember;

    private bool IsMember => !life.ApplicationStopping.IsCancellationRequested && membership.CurrentStatus == SiloStatus.Active;

    private Task<bool> Database()
    {
        lock (_gate)
        {
            if (_answer is null || (_answer.IsCompleted && clock.GetElapsedTime(_asked) >= Life))
            {
                _asked = clock.GetTimestamp();
                _answer = Ask();
            }

            return _answer;
        }
    }

    private async Task<bool> Ask()
    {
        await Task.Yield(); // never under the lock
        try
        {
            await ledger.Now(CancellationToken.None).AsTask().WaitAsync(Patience, clock);
            return true;
        }
        catch (Exception silence) when (silence is LedgerUnavailableException or TimeoutException)
        {
            return false;
        }
    }
}

/// <summary>/health/live: this process runs. /health/ready: it is at work in the cluster.</summary>
internal static class SiloHealthApi
{
    public static void MapSiloHealth(this WebApplication app)
    {
        app.MapGet("/health/live", () => Answer(StatusCodes.Status200OK, "live"));
        app.MapGet("/health/ready", async (SiloHealth health) =>
            await health.IsReady() ? Answer(StatusCodes.Status200OK, "ready") : Answer(StatusCodes.Status503ServiceUnavailable, "not_ready"));
    }

    private static IResult Answer(int status, string word) => Results.Text($"{{\"status\":\"{word}\"}}", "application/json", statusCode: status);
}
