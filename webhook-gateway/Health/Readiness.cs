using ThreadGrains.Ledger;
using ThreadGrains.WebhookGateway.Calls;
using ThreadGrains.WebhookGateway.Problems;

namespace ThreadGrains.WebhookGateway.Health;

/// <summary>Asks the ledger's reader, at most once a second however many ask us: the address needs no key.</summary>
internal sealed class Readiness(GrainCalls grains, GatewayErrorLog errors, IHostApplicationLifetime life, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<bool>? _answer;
    private long _asked;

    public Task<bool> Get()
    {
        if (life.ApplicationStopping.IsCancellationRequested)
        {
            return Task.FromResult(false);
        }

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
            var answer = await grains.Ask(factory => factory.GetGrain<ILedgerReaderGrain>(0).IsReady(), Patience, CancellationToken.None);
            return answer is GrainAnswer<bool>.Answered { Value: true };
        }
        catch (Exception fault)
        {
            // Whatever a database throws: not ready is the answer.
            errors.Unhandled(fault, "GET", "/health/ready");
            return false;
        }
    }
}
