using ThreadGrains.Ledger;
using ThreadGrains.WebhookGateway.Calls;
using ThreadGrains.WebhookGateway.Problems;

namespace ThreadGrains.WebhookGateway.Status;

/// <summary>How much is unfinished or in trouble, counted at most once every few seconds however many look: the page needs no key.</summary>
internal sealed class Totals(GrainCalls grains, GatewayErrorLog errors, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private Task<TotalsView?>? _answer;
    private long _asked;

    /// <summary>The last count; null: it cannot be made now.</summary>
    public Task<TotalsView?> Get()
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

    private async Task<TotalsView?> Ask()
    {
        await Task.Yield(); // never under the lock
        try
        {
            return await grains.Ask(factory => factory.GetGrain<ILedgerReaderGrain>(0).GetTotals(), Patience, CancellationToken.None)
                is GrainAnswer<TotalsView>.Answered { Value: var totals } ? totals : null;
        }
        catch (Exception fault)
        {
            // Whatever a database throws: there is no number to show.
            errors.Unhandled(fault, "GET", "/");
            return null;
        }
    }
}
