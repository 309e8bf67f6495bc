using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Store.Rows;

namespace ThreadGrains.Simulation.Store.Writes;

/// <summary>The end of a thread, and the thread that takes its place (<see cref="Repost"/>).</summary>
internal sealed class Closing(MemoryTables tables)
{
    /// <summary>The repost, if it applies to the thread as it is now; null: it does not.</summary>
    /// <exception cref="ArgumentException">Its ids are in use. Nothing has been written yet.</exception>
    public Repost? Applicable(ThreadEntry thread, Repost? repost, DateTimeOffset now)
    {
        var since = now - Repost.Pause;
        if (repost is null || thread is not { State: ThreadState.Open, Ts: not null, Adopted: false }
            || Root(thread) is null
            || thread.Group.Threads.Exists(one => one.RepostedAt > since && one.Workspace == thread.Workspace && one.Channel == thread.Channel))
        {
            return null;
        }

        return tables.Threads.ContainsKey(repost.Thread) || repost.Root == repost.Recap
            || tables.Deliveries.ContainsKey(repost.Root) || tables.Deliveries.ContainsKey(repost.Recap)
            ? throw new ArgumentException("The ids of a repost are in use.")
            : repost;
    }

    /// <summary>Closes the thread; one that is closed keeps its first reason, unless its parent turns out to be gone. The caller renews when it wakes.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="reason">Why it is closed if nothing takes its place.</param>
    /// <param name="now">The store's clock.</param>
    /// <param name="repost">What takes its place: applicable.</param>
    /// <param name="dying">The post whose deliveries this write has ended as dead.</param>
    public void Close(ThreadEntry thread, string reason, DateTimeOffset now, Repost? repost = null, PostEntry? dying = null)
    {
        if (thread.IsClosed)
        {
            thread.Reason = reason == "parent_gone" && !thread.IsClosedForGood ? reason : thread.Reason;
            return;
        }

        List<DeliveryEntry> told = repost is null ? [] : LeftToTell(thread, dying);
        tables.Places.Remove(MemoryTables.PlaceOf(thread));
        thread.State = ThreadState.Closed;
        thread.Reason = repost is null ? reason : "parent_gone";
        thread.EditDueAt = thread.LookUpDueAt = thread.ParkedAt = thread.ProbeAt = null;
        thread.Parked = null;
        foreach (var waiting in thread.Line.Values.Where(delivery => delivery.State == DeliveryState.Pending).Reverse().ToList())
        {
            thread.End(waiting, DeliveryState.Cancelled, repost is null ? reason : "moved", now);
        }

        if (repost is not null)
        {
            Succeed(thread, repost, told, now);
        }
    }

    /// <summary>The post's deliveries turned out to stand in a thread that was moved: a recap that has nothing left to tell does not go.</summary>
    public void DropEmptyRecaps(PostEntry post, DateTimeOffset now)
    {
        foreach (var member in post.Members)
        {
            if (member.Recap is { State: DeliveryState.Pending } recap && recap.Told.TrueForAll(told => told.State == DeliveryState.Sent))
            {
                recap.Thread.End(recap, DeliveryState.Cancelled, "nothing_left", now);
                recap.Thread.RenewWake();
            }
        }
    }

    /// <summary>
    /// What waits, what has died in this write, and what is in flight and may turn out not to stand there; of a recap that never
    /// went, what it would have told.
    /// </summary>
    private static List<DeliveryEntry> LeftToTell(ThreadEntry thread, PostEntry? dying)
    {
        var left = new List<DeliveryEntry>();
        foreach (var delivery in thread.Line.Values.Concat(dying?.Members ?? []).Distinct())
        {
            bool dies = delivery.State == DeliveryState.Dead && delivery.Post == dying;
            switch (delivery.Kind)
            {
                case DeliveryKind.Reply or DeliveryKind.Repeat when dies || !IsEnded(delivery):
                    left.Add(delivery);
                    break;
                case DeliveryKind.Recap when dies || delivery.State == DeliveryState.Pending:
                    left.AddRange(delivery.Told.Where(told => told.State != DeliveryState.Sent));
                    break;
            }
        }

        return left;
    }

    private static bool IsEnded(DeliveryEntry delivery) => delivery.State is DeliveryState.Sent or DeliveryState.Dead or DeliveryState.Cancelled;

    private static DeliveryEntry? Root(ThreadEntry thread) =>
        thread.Deliveries.Count > 0 && thread.Deliveries[0] is { Kind: DeliveryKind.Root, InHistory: false } root ? root : null;

    private void Succeed(ThreadEntry former, Repost repost, List<DeliveryEntry> told, DateTimeOffset now)
    {
        var thread = new ThreadEntry(repost.Thread, former.Group, former.Workspace, former.Channel, former.Rule, former.OpenPeriod)
        {
            State = ThreadState.Posting,
            RegisteredSequence = former.Group.NextSequence - 1,
            RepostedFrom = former,
            RepostedAt = now,
        };
        former.RepostedAs = thread;
        tables.Add(thread);
        var announced = Root(former)!.Activity;
        tables.Add(new DeliveryEntry(repost.Root, thread, announced, DeliveryKind.Root, now));
        if (told.Count > 0)
        {
            var recap = new DeliveryEntry(repost.Recap, thread, announced, DeliveryKind.Recap, now);
            tables.Add(recap);
            foreach (var delivery in told)
            {
                delivery.Recap?.Told.Remove(delivery);
                delivery.Recap = recap;
                recap.Told.Add(delivery);
            }
        }

        announced.Row = announced.Row with { Deliveries = announced.Row.Deliveries + (int)thread.Made };
        thread.RenewWake();
    }
}
