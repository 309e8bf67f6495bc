using ThreadGrains.Ledger;

namespace ThreadGrains.Simulation.Store.Writes;

/// <summary><see cref="ILedger.Replay"/>.</summary>
internal sealed class Replays(MemoryTables tables)
{
    public IReadOnlyList<ReplayOutcome> Replay(Fence fence, IReadOnlyList<Guid> deliveries, DateTimeOffset now)
    {
        if (tables.Admitted(fence) is not { } group)
        {
            return [.. deliveries.Select(_ => ReplayOutcome.Fenced)];
        }

        ReplayOutcome[] outcomes = [.. deliveries.Select(id => Replay(fence.Group, id, now))];
        if (outcomes.Contains(ReplayOutcome.Replayed))
        {
            group.Take(fence);
            group.RenewWake();
        }

        return outcomes;
    }

    private ReplayOutcome Replay(Guid group, Guid id, DateTimeOffset now)
    {
        if (tables.Deliveries.GetValueOrDefault(id) is not { } delivery || delivery.Thread.Group.Id != group)
        {
            return ReplayCallback(group, id, now);
        }

        if (delivery.State != DeliveryState.Dead)
        {
            return ReplayOutcome.NotDead;
        }

        if (delivery.Thread.IsClosed)
        {
            return ReplayOutcome.ThreadClosed;
        }

        // What died out of doubt keeps its doubt_post: that one is read again before it is claimed.
        delivery.Thread.Requeue(delivery);
        delivery.Late = true;
        delivery.DueAt = delivery.QueuedAt = now;
        delivery.Attempts = 0;
        delivery.Reason = null;
        delivery.Post = delivery.Doubted ? delivery.Post : null;
        delivery.Thread.RenewWake();
        return ReplayOutcome.Replayed;
    }

    private ReplayOutcome ReplayCallback(Guid group, Guid id, DateTimeOffset now)
    {
        if (tables.Callbacks.GetValueOrDefault(id) is not { } callback || callback.Group.Id != group)
        {
            return ReplayOutcome.NotFound;
        }

        if (callback.State != DeliveryState.Dead)
        {
            return ReplayOutcome.NotDead;
        }

        callback.State = DeliveryState.Pending;
        callback.DueAt = now;
        callback.Forgiven = callback.Attempts;
        callback.Late = true;
        callback.Reason = null;
        callback.FinishedAt = null;
        callback.Group.Waiting.Add(callback.Made.Sequence, callback);
        return ReplayOutcome.Replayed;
    }
}
