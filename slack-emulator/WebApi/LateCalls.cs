using ThreadGrains.SlackEmulator.Workspaces;

namespace ThreadGrains.SlackEmulator.WebApi;

/// <summary>Calls that are carried out long after their caller has gone (the fault <c>late</c>). What is not due at the end of the process never happens.</summary>
internal sealed class LateCalls(EmulatedSlack slack, IHostApplicationLifetime lifetime)
{
    private int _waiting;

    /// <summary>How many are still to come.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public void Later(TimeSpan after, Action carryOut) => _ = CarryOut(after, carryOut);

    private async Task CarryOut(TimeSpan after, Action carryOut)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await Task.Delay(after, slack.Clock, lifetime.ApplicationStopping);
            carryOut();
            await slack.Durable();
        }
        catch (OperationCanceledException)
        {
            // The process ends first: then the call is one that never landed.
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
