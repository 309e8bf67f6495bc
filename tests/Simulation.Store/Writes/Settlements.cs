using ThreadGrains.Ledger;

namespace ThreadGrains.Simulation.Store.Writes;

/// <summary>What came of clean-ups, verifications and callbacks: <see cref="ILedger.SettleCleanup"/>, <see cref="ILedger.SettleVerification"/>, <see cref="ILedger.SettleCallback"/>.</summary>
internal sealed class Settlements(MemoryTables tables)
{
    public WriteOutcome Cleanup(Guid id, DateTimeOffset? dueAt)
    {
        if (tables.Cleanups.GetValueOrDefault(id) is not { } cleanup)
        {
            return WriteOutcome.NotPossible;
        }

        if (!cleanup.IsDone)
        {
            var thread = cleanup.Post.Thread;
            cleanup.Attempts++;
            cleanup.DueAt = dueAt.Whole() ?? cleanup.DueAt;
            cleanup.IsDone = dueAt is null && thread.OpenCleanups.Remove(cleanup);
            thread.RenewWake();
        }

        return WriteOutcome.Done;
    }

    public WriteOutcome Verification(Guid id, DateTimeOffset? nextAt)
    {
        if (tables.Posts.GetValueOrDefault(id) is not { State: PostState.Sent } post)
        {
            return WriteOutcome.NotPossible;
        }

        post.Thread.Verify(post, nextAt.Whole());
        post.Thread.RenewWake();
        return WriteOutcome.Done;
    }

    public WriteOutcome Callback(Guid id, int attempts, CallbackResult result, DateTimeOffset now)
    {
        var (state, counts, dueAt, reason) = result switch
        {
            CallbackResult.Delivered => (DeliveryState.Sent, 1, (DateTimeOffset?)null, (string?)null),
            CallbackResult.TryAgain again => (DeliveryState.Pending, 1, again.DueAt, again.Reason),
            CallbackResult.Postponed later => (DeliveryState.Pending, 0, later.DueAt, later.Reason),
            CallbackResult.Dead dead => (DeliveryState.Dead, 1, null, dead.Reason),
            _ => throw new ArgumentException($"No rule for the result {result.GetType().Name}."),
        };
        if (tables.Callbacks.GetValueOrDefault(id) is not { State: DeliveryState.Pending } callback || callback.Attempts != attempts)
        {
            return WriteOutcome.NotPossible;                           // somebody else knew it before
        }

        callback.Attempts += counts;
        callback.DueAt = dueAt.Whole() ?? callback.DueAt;
        callback.Reason = reason is null ? null : Texts.Storable(reason);
        if (state != DeliveryState.Pending)
        {
            callback.State = state;
            callback.FinishedAt = now;
            callback.Group.Waiting.Remove(callback.Made.Sequence);
        }

        callback.Group.RenewWake();
        return WriteOutcome.Done;
    }
}
