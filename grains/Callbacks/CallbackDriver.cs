using System.Diagnostics;
using Microsoft.Extensions.Options;
using ThreadGrains.Grains.Delivery;
using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Callbacks;

/// <summary>What the drivers of all groups share.</summary>
internal sealed class CallbackContext(
    ILedger ledger, CallbackSender sender, IOptions<CallbackOptions> options, TimeProvider clock, IdSource ids, CallbackLog log, CallbackMetrics metrics)
{
    public ILedger Ledger => ledger;

    public CallbackSender Sender => sender;

    public CallbackOptions Options => options.Value;

    public TimeProvider Clock => clock;

    public CallbackLog Log => log;

    public CallbackMetrics Metrics => metrics;

    public double Chance() => ids.Chance();
}

/// <summary>
/// Tells the tracker what clicks made in one group, one after the other: the next is not sent before the one before it was
/// taken or given up. At least once: a try whose end nobody wrote is made again, with the same id and the same bytes.
/// </summary>
internal sealed class CallbackDriver(Guid group, CallbackContext context) : IWorker
{
    /// <summary>What is due later is the recovery's to wake: a group must not stay in memory for a receiver that is down for days.</summary>
    private static readonly TimeSpan StayAwake = TimeSpan.FromMinutes(5);

    /// <summary>How often it is looked whether a receiver was configured again for what was made when there was one.</summary>
    private static readonly TimeSpan NotConfiguredRetry = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public async Task<NextStep> Step(CancellationToken stopping)
    {
        var now = context.Clock.GetUtcNow();
        if (await context.Ledger.ReadCallback(group, stopping) is not { } head)
        {
            return NextStep.None;
        }

        var wait = head.DueAt - head.Now;
        if (wait > StayAwake)
        {
            return NextStep.None;
        }

        if (wait > TimeSpan.Zero)
        {
            return new NextStep(now + wait, NewWorkWaits: true);
        }

        stopping.ThrowIfCancellationRequested();
        if (!context.Options.IsConfigured)
        {
            await Settle(head, new CallbackResult.Postponed(head.Now + NotConfiguredRetry, "parked:not_configured"));
            return NextStep.None;
        }

        var outcome = await context.Sender.Send(head.Activity, head.Body, stopping);
        var ended = head.Now + (context.Clock.GetUtcNow() - now);
        var result = CallbackSchedule.After(outcome, head.Tries + 1, ended, context.Chance(), context.Options);
        context.Metrics.Tried(outcome);
        Tell(head, result);
        await Settle(head, result);
        return context.Clock.GetUtcNow();
    }

    private void Tell(CallbackHead head, CallbackResult result)
    {
        switch (result)
        {
            case CallbackResult.Delivered:
                context.Log.Delivered(head.Id, group);
                break;
            case CallbackResult.TryAgain again:
                context.Log.TriesAgain(head.Id, group, again.Reason, again.DueAt);
                break;
            case CallbackResult.Dead dead:
                context.Log.Dead(head.Id, group, dead.Reason);
                break;
            default:
                throw new UnreachableException($"No words for {result.GetType().Name}");
        }
    }

    /// <summary>Until it is written, here or by whoever was quicker: then the next look shows what it came to.</summary>
    private async Task Settle(CallbackHead head, CallbackResult result)
    {
        for (int round = 1; await context.Ledger.SettleCallback(head.Id, head.Attempts, result, CancellationToken.None) is WriteOutcome.Unavailable or WriteOutcome.Unknown; round++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500) * Math.Min(10, round), context.Clock, CancellationToken.None);
        }
    }
}
