using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Store.Rows;

namespace ThreadGrains.Simulation.Store.Writes;

/// <summary><see cref="ILedger.MoveToHistory"/>.</summary>
internal sealed class History(MemoryTables tables)
{
    /// <returns>Rows moved or dropped; 0: nothing is left.</returns>
    public int Move(DateTimeOffset before, int limit, DateTimeOffset now)
    {
        int moved = DropKeys(limit, now);
        moved += MoveDeliveries(before, limit - moved);
        moved += MoveActivities(before, limit - moved);
        return moved + MoveCallbacks(before, limit - moved);
    }

    private int DropKeys(int limit, DateTimeOffset now)
    {
        var expired = tables.Keys.Where(pair => pair.Value.ExpiresAt <= now).OrderBy(pair => pair.Value.ExpiresAt).Take(limit).ToList();
        expired.ForEach(pair => tables.Keys.Remove(pair.Key));
        return expired.Count;
    }

    private int MoveDeliveries(DateTimeOffset before, int limit)
    {
        var finished = tables.Deliveries.Values.Where(delivery => IsDoneWith(delivery, before)).OrderBy(delivery => delivery.FinishedAt).Take(limit).ToList();
        foreach (var delivery in finished)
        {
            tables.Deliveries.Remove(delivery.Id);
            tables.HistoryDeliveries.Add(delivery.Id, delivery);
            delivery.InHistory = true;
            delivery.Activity.Remaining--;
            foreach (var post in delivery.Posts.Where(post => post.Members.All(member => member.InHistory)))
            {
                Drop(post);
            }
        }

        return finished.Count;
    }

    private static bool IsDoneWith(DeliveryEntry delivery, DateTimeOffset before) =>
        IsOld(delivery, before)
        // Its post's marker goes with every edit.
        && (delivery.Kind != DeliveryKind.Root || delivery.Thread.IsClosed)
        && delivery.Recap is not { InHistory: false, IsFinished: false }
        && delivery.Posts.TrueForAll(post => !post.IsInFlight && post.VerifyAt is null && !(post.EndedAt >= before) && !post.IsSeen
            && post.Cleanups.TrueForAll(cleanup => cleanup.IsDone)
            && post.Members.All(member => member.InHistory || IsOld(member, before)));

    private static bool IsOld(DeliveryEntry delivery, DateTimeOffset before) => delivery.IsFinished && delivery.FinishedAt < before;

    /// <summary>A post of which nothing is left in the live tables.</summary>
    private void Drop(PostEntry post)
    {
        tables.Posts.Remove(post.Id);
        var thread = post.Thread;
        thread.RootPost = thread.RootPost == post ? null : thread.RootPost;
        post.Observations.ForEach(observation => tables.Observations.Remove(observation.Id));
        foreach (var cleanup in post.Cleanups)
        {
            tables.Cleanups.Remove(cleanup.Id);
            tables.CleanupsByPlace.Remove((thread.Workspace, cleanup.Channel, cleanup.Ts));
        }
    }

    private int MoveActivities(DateTimeOffset before, int limit)
    {
        var finished = tables.Groups.Values.SelectMany(group => group.Activities.Values)
            .Where(activity => activity.Remaining == 0 && activity.Row.AcceptedAt < before)
            .OrderBy(activity => activity.Row.AcceptedAt).ThenBy(activity => activity.Group.Id).ThenBy(activity => activity.Row.Sequence)
            .Take(limit).ToList();
        finished.ForEach(activity => activity.Group.Activities.Remove(activity.Row.Sequence));
        return finished.Count;
    }

    private int MoveCallbacks(DateTimeOffset before, int limit)
    {
        var told = tables.Callbacks.Values.Where(callback => callback.State == DeliveryState.Sent && callback.FinishedAt < before)
            .OrderBy(callback => callback.FinishedAt).ThenBy(callback => callback.Made.Id).Take(limit).ToList();
        foreach (var callback in told)
        {
            tables.Callbacks.Remove(callback.Made.Id);
            tables.HistoryCallbacks.Add(callback.Made.Id, callback);
        }

        return told.Count;
    }
}
