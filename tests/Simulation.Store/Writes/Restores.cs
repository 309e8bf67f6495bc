using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Store.Rows;

namespace ThreadGrains.Simulation.Store.Writes;

/// <summary><see cref="ILedger.BeginRestored"/>.</summary>
internal sealed class Restores(MemoryTables tables)
{
    public RestoreOutcome Begin(DateTimeOffset now)
    {
        var (pending, dead) = LookForUnknown(now);
        var inFlight = tables.Posts.Values.Where(post => post.IsInFlight).ToList();
        foreach (var post in inFlight)
        {
            post.Restored = true;
            post.KnownEnd = false;
            Results.Doubt(post, post.NotAfter > now ? post.NotAfter : now, "restored", now);
        }

        int parents = EditParents(now);
        foreach (var thread in tables.Threads.Values)
        {
            thread.RenewWake();
        }

        return new RestoreOutcome.Begun(pending, inFlight.Count, dead, parents);
    }

    /// <summary>Gives each delivery that may have been posted under an unknown id a post to be looked for.</summary>
    private (int Pending, int Dead) LookForUnknown(DateTimeOffset now)
    {
        var (pending, dead) = (0, 0);
        foreach (var delivery in tables.Deliveries.Values.Where(one => one.State is DeliveryState.Pending or DeliveryState.Dead))
        {
            if (delivery.DoubtPost is null && !delivery.Thread.IsClosed)
            {
                tables.Add(delivery.DoubtPost = Sought(delivery, now));
                _ = delivery.State == DeliveryState.Pending ? pending++ : dead++;
            }

            if (delivery.DoubtPost is { } post)
            {
                post.Restored = true;
            }
        }

        return (pending, dead);
    }

    /// <summary>
    /// As if it had died out of doubt: read back before it is claimed. It cannot stand before its thread's last message of ours,
    /// nor a root before it was accepted.
    /// </summary>
    private PostEntry Sought(DeliveryEntry delivery, DateTimeOffset now)
    {
        var kind = delivery.Kind switch
        {
            DeliveryKind.Root => PostKind.Root,
            DeliveryKind.Recap => PostKind.Recap,
            _ => PostKind.Reply,
        };
        return new PostEntry(tables.Ids("restored", delivery.Id, "", now), delivery.Thread, kind, [delivery])
        {
            State = PostState.Absent,
            Ending = PostEnding.GivenUp,
            ClaimedAt = delivery.QueuedAt,
            NotAfter = delivery.QueuedAt,
            ReadFrom = kind == PostKind.Root ? null : delivery.Thread.LastTs,
            Reason = "restored",
            EndedAt = now,
        };
    }

    /// <summary>Whatever Slack shows since the backup, the card of the ledger's state goes over it; a little later than the deliveries.</summary>
    private int EditParents(DateTimeOffset now)
    {
        int parents = 0;
        foreach (var thread in tables.Threads.Values.Where(one => one is { IsEditable: true, Ts: not null }))
        {
            thread.RevisionWanted++;
            thread.EditDueAt = thread.EditOpen ? thread.EditDueAt : now.AddSeconds(1);
            parents++;
        }

        return parents;
    }
}
