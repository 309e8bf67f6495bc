using ThreadGrains.Ledger;

namespace ThreadGrains.WebhookGateway.Groups;

/// <summary>Asks the ledger's readers; looking at a group never activates it.</summary>
internal sealed class Lookups(IGrainFactory grains, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The answer, or false: no silo could give one in time.</summary>
    public async Task<(bool Answered, T? Value)> Ask<T>(Func<ILedgerReaderGrain, Task<T>> question, CancellationToken cancellation)
    {
        try
        {
            return (true, await question(grains.GetGrain<ILedgerReaderGrain>(0)).WaitAsync(Patience, clock, cancellation));
        }
        catch (Exception error) when (GrainTrouble.Is(error) && !cancellation.IsCancellationRequested)
        {
            return (false, default);
        }
    }
}
