using ThreadGrains.Simulation.Store.Rows;

namespace ThreadGrains.Simulation.Store.Writes;

/// <summary>Copies of posts in Slack: those that were seen, and those that must go.</summary>
internal sealed class Copies(MemoryTables tables)
{
    /// <summary>Writes down a copy that the ledger does not know yet. The caller renews when the thread wakes.</summary>
    public void See(PostEntry post, string ts, string what, DateTimeOffset now)
    {
        bool isNamed = post.State == Ledger.PostState.Sent && post.SlackTs == ts;
        if (isNamed || post.Observations.Exists(observation => observation.Ts == ts))
        {
            return;
        }

        var seen = new ObservationEntry(tables.Ids("observation", post.Id, ts, now), post, ts, what, now);
        tables.Observations.Add(seen.Id, seen);
        post.Observations.Add(seen);
        post.Thread.OpenObservations.Add(seen);
    }

    /// <summary>What follows from the observation is written.</summary>
    public void End(ObservationEntry observation)
    {
        observation.IsEnded = true;
        observation.Post.Thread.OpenObservations.Remove(observation);
    }

    /// <summary>Ends the observation of that very copy, where there is one.</summary>
    public void EndSeen(PostEntry post, string ts)
    {
        if (post.Observations.Find(observation => observation.Ts == ts) is { } seen)
        {
            End(seen);
        }
    }

    /// <summary>Whether the ledger names that very message as the copy that stays (or, an orphan, as one that goes already).</summary>
    public bool IsNamed(PostEntry post, string ts) =>
        tables.Roots.ContainsKey((post.Thread.Workspace, post.Thread.Channel, ts)) || post.Thread.Named.Contains(ts);

    /// <summary>Writes the debt down, once, unless a thread hangs under the message. The caller renews when the thread wakes.</summary>
    public void Remove(PostEntry post, string ts, string why, DateTimeOffset now)
    {
        if (tables.Roots.ContainsKey((post.Thread.Workspace, post.Thread.Channel, ts)))
        {
            return;
        }

        var cleanup = new CleanupEntry(tables.Ids("cleanup", post.Id, ts, now), post, ts, why, now);
        if (tables.CleanupsByPlace.TryAdd((post.Thread.Workspace, post.Thread.Channel, ts), cleanup))
        {
            tables.Cleanups.Add(cleanup.Id, cleanup);
            post.Cleanups.Add(cleanup);
            post.Thread.OpenCleanups.Add(cleanup);
        }
    }
}
