using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Store.Rows;

namespace ThreadGrains.Simulation.Store.Writes;

/// <summary>What an owner decides about a thread as a whole.</summary>
internal sealed class Threads(MemoryTables tables, Closing closing)
{
    /// <summary>As long as bytes of an edit that was in flight when the thread was closed may be under way: its window and its grace.</summary>
    private static readonly TimeSpan LateEdit = TimeSpan.FromSeconds(15);

    public WriteOutcome Close(Fence fence, Guid id, string reason, Repost? repost, DateTimeOffset now) => Write(fence, id, thread =>
    {
        closing.Close(thread, Texts.Storable(reason), now, closing.Applicable(thread, repost, now));
        return WriteOutcome.Done;
    });

    public WriteOutcome Reopen(Fence fence, Guid id, DateTimeOffset now) => Write(fence, id, thread =>
    {
        if (!thread.IsClosed || thread.Ts is null || thread.IsClosedForGood)
        {
            return WriteOutcome.NotPossible;
        }

        if (tables.IsPlaceTaken(thread))
        {
            return WriteOutcome.Clash;
        }

        tables.Places.Add(MemoryTables.PlaceOf(thread), thread);
        thread.State = ThreadState.Open;
        thread.Reason = null;
        if (thread.IsEditable)
        {
            thread.RevisionWanted++;
            thread.EditDueAt = thread.EditOpen ? now + LateEdit : now;
        }

        thread.LookUpDueAt = thread.LookedUp ? null : now;
        return WriteOutcome.Done;
    });

    public WriteOutcome Park(Fence fence, Guid id, string? error, DateTimeOffset? probeAt, DateTimeOffset now) => Write(fence, id, thread =>
    {
        if (error is not null)
        {
            return Park(thread, Texts.Storable(error), probeAt.Whole(), now);
        }

        if (thread.Parked is not null)
        {
            thread.Parked = null;
            thread.ParkedAt = thread.ProbeAt = null;
            foreach (var waiting in thread.Line.Values.Where(delivery => delivery.State == DeliveryState.Pending && delivery.DueAt > now))
            {
                waiting.DueAt = now;                                   // what had been put off goes now that the trouble is over
            }
        }

        return WriteOutcome.Done;
    });

    public WriteOutcome MoveTo(Fence fence, Guid id, string channel, DateTimeOffset now) => Write(fence, id, thread =>
    {
        Texts.MustBeStorable(channel);
        if (thread.Channel == channel)
        {
            return WriteOutcome.NotPossible;
        }

        if (thread.Ts is { } ts && (tables.Roots.ContainsKey((thread.Workspace, channel, ts)) || tables.CleanupsByPlace.ContainsKey((thread.Workspace, channel, ts))))
        {
            if (thread.IsClosed)
            {
                return WriteOutcome.NotPossible;
            }

            closing.Close(thread, "message_taken", now);
            return WriteOutcome.Done;
        }

        bool wasParked = thread.Parked is not null;
        if (!thread.IsClosed && tables.Places.ContainsKey((thread.Group.Id, thread.Workspace, channel, thread.Rule, thread.OpenPeriod)))
        {
            closing.Close(thread, "thread_exists", now);
        }

        tables.Move(thread, channel);
        thread.Parked = null;
        thread.ParkedAt = thread.ProbeAt = null;
        foreach (var waiting in thread.Line.Values.Where(delivery => wasParked && delivery.State == DeliveryState.Pending && delivery.DueAt > now))
        {
            waiting.DueAt = now;
        }

        return WriteOutcome.Done;
    });

    public WriteOutcome Expire(Fence fence, Guid id, DateTimeOffset acceptedBefore, DateTimeOffset now) => Write(fence, id, thread =>
    {
        if (thread.Parked is null)
        {
            return WriteOutcome.NotPossible;
        }

        var before = acceptedBefore.Whole();
        foreach (var waiting in thread.Line.Values.Where(delivery => delivery.State == DeliveryState.Pending && delivery.QueuedAt < before).Reverse().ToList())
        {
            thread.End(waiting, DeliveryState.Dead, "expired", now);
        }

        if (thread.State == ThreadState.Posting && thread.Deliveries is [{ Kind: DeliveryKind.Root, State: DeliveryState.Dead }, ..])
        {
            closing.Close(thread, "expired", now);                     // a dead root takes its thread along
        }

        return WriteOutcome.Done;
    });

    public WriteOutcome ConfirmParent(Fence fence, Guid id, string ts) => Write(fence, id, thread =>
    {
        Texts.MustBeStorable(ts);
        if (!thread.Adopted || thread.IsClosed || (thread.LookedUp && thread.Ts != ts))
        {
            return WriteOutcome.NotPossible;
        }

        if (tables.IsRootTaken(thread, ts) || tables.CleanupsByPlace.ContainsKey((thread.Workspace, thread.Channel, ts)))
        {
            return WriteOutcome.Clash;
        }

        tables.Root(thread, ts);
        thread.LookedUp = true;
        thread.LookUpDueAt = null;
        return WriteOutcome.Done;
    });

    public WriteOutcome PostponeLookUp(Fence fence, Guid id, DateTimeOffset dueAt) => Write(fence, id, thread =>
    {
        if (!thread.Adopted || thread.LookedUp || thread.IsClosed)
        {
            return WriteOutcome.NotPossible;
        }

        thread.LookUpDueAt = dueAt.Whole();
        return WriteOutcome.Done;
    });

    private static WriteOutcome Park(ThreadEntry thread, string error, DateTimeOffset? probeAt, DateTimeOffset now)
    {
        if (thread.IsClosed)
        {
            return WriteOutcome.NotPossible;
        }

        thread.ParkedAt = thread.Parked == error ? thread.ParkedAt : now;
        thread.Parked = error;
        thread.ProbeAt = probeAt;
        return WriteOutcome.Done;
    }

    /// <summary>By the group's owner, on a thread of the group. What is not done has written nothing.</summary>
    private WriteOutcome Write(Fence fence, Guid id, Func<ThreadEntry, WriteOutcome> write)
    {
        if (tables.Admitted(fence) is not { } group)
        {
            return WriteOutcome.Fenced;
        }

        if (tables.Threads.GetValueOrDefault(id) is not { } thread || thread.Group != group)
        {
            return WriteOutcome.NotPossible;
        }

        var outcome = write(thread);
        if (outcome == WriteOutcome.Done)
        {
            group.Take(fence);
            thread.RenewWake();
        }

        return outcome;
    }
}
