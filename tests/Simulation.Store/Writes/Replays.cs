using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Store.Rows;

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

        var replayed = new HashSet<Guid>();
        ReplayOutcome[] outcomes = [.. deliveries.Select(id => replayed.Contains(id) ? ReplayOutcome.Replayed : Replay(fence.Group, id, replayed, now))];
        if (outcomes.Contains(ReplayOutcome.Replayed))
        {
            group.Take(fence);
            group.RenewWake();
        }

        return outcomes;
    }

    private ReplayOutcome Replay(Guid group, Guid id, HashSet<Guid> replayed, DateTimeOffset now)
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

        // What died out of doubt keeps its doubt_post: that one is read again before it is claimed, for all that it carried.
        var company = delivery.DoubtPost is { } doubtful ? doubtful.Members.Where(member => member.DoubtPost == doubtful && member.State == DeliveryState.Dead).ToList() : [delivery];
        foreach (var member in company)
        {
            Requeue(member, now);
            replayed.Add(member.Id);
        }

        delivery.Thread.RenewWake();
        return ReplayOutcome.Replayed;
    }

    private static void Requeue(DeliveryEntry delivery, DateTimeOffset now)
    {
        delivery.Thread.Requeue(delivery);
        delivery.Late = true;
        delivery.DueAt = delivery.QueuedAt = now;
        delivery.Attempts = 0;
        delivery.Reason = null;
        delivery.Post = delivery.Doubted ? delivery.Post : null;
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
