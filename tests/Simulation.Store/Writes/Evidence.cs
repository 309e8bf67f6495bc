using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Store.Rows;

namespace ThreadGrains.Simulation.Store.Writes;

/// <summary><see cref="ILedger.Observe"/> and <see cref="ILedger.EndObservation(Fence, Guid, Repost?, CancellationToken)"/>.</summary>
/// <param name="tables">The rows.</param>
/// <param name="results">Writes what posts in flight came to.</param>
/// <param name="copies">Copies that were seen, and that must go.</param>
/// <param name="closing">Ends threads.</param>
/// <param name="verifyAfter">When a thread is verified after a doubted delivery was settled by evidence.</param>
internal sealed class Evidence(MemoryTables tables, Results results, Copies copies, Closing closing, TimeSpan verifyAfter)
{
    public WriteOutcome Observe(Guid id, string ts, string what, string seenBy, DateTimeOffset now)
    {
        if (tables.Posts.GetValueOrDefault(id) is not { } post)
        {
            return WriteOutcome.NotPossible;
        }

        Texts.MustBeStorable(ts);
        Texts.MustBeStorable(what);
        Texts.MustBeStorable(seenBy);
        copies.See(post, ts, what, now);
        post.Thread.RenewWake();
        return WriteOutcome.Done;
    }

    public WriteOutcome End(Fence fence, Guid id, Repost? repost, DateTimeOffset now)
    {
        if (tables.Admitted(fence) is not { } group)
        {
            return WriteOutcome.Fenced;
        }

        if (tables.Observations.GetValueOrDefault(id) is not { } seen || seen.Post.Thread.Group != group)
        {
            return WriteOutcome.NotPossible;
        }

        var thread = seen.Post.Thread;
        if (!seen.IsEnded)
        {
            if (thread.InFlight is { } inFlight && inFlight != seen.Post)
            {
                return WriteOutcome.NotPossible;
            }

            End(seen, repost, now);
        }

        group.Take(fence);
        thread.RenewWake();
        return WriteOutcome.Done;
    }

    private void End(ObservationEntry seen, Repost? repost, DateTimeOffset now)
    {
        if (seen.IsOrphan)
        {
            EndOrphan(seen, repost, now);
            return;
        }

        // Of several while none is named the lowest stays, whichever is ended first.
        var lowest = seen.Post.Observations.Where(one => !one.IsEnded && !one.IsOrphan).OrderBy(one => one.Ts, StringComparer.Ordinal).First();
        EndCopy(lowest, now);
        if (lowest != seen)
        {
            EndCopy(seen, now);
        }
    }

    private void EndOrphan(ObservationEntry seen, Repost? repost, DateTimeOffset now)
    {
        if (seen.Post.IsInFlight)
        {
            results.Write(seen.Post, new PostResult.Orphaned(seen.Ts, repost), now);
            return;
        }

        // It landed in the channel because the parent is gone; its deliveries are whatever they came to since.
        var thread = seen.Post.Thread;
        var applicable = closing.Applicable(thread, repost, now);
        copies.Remove(seen.Post, seen.Ts, "orphan", now);
        closing.Close(thread, "parent_gone", now, applicable);
        copies.End(seen);
    }

    private void EndCopy(ObservationEntry seen, DateTimeOffset now)
    {
        var post = seen.Post;
        if (post.IsInFlight)
        {
            results.Write(post, new PostResult.Sent(seen.Ts, now + verifyAfter), now);   // which ends the observation, too
            return;
        }

        copies.End(seen);
        if (copies.IsNamed(post, seen.Ts))
        {
            return;
        }

        // A member in history has ended by another copy, or in a closed thread; one that a recap tells stands there.
        if (post.Members.Any(member => member.InHistory || member.State == DeliveryState.Sent || (member.Recap is { } recap && Recaps.HasBegun(recap))))
        {
            copies.Remove(post, seen.Ts, "second_copy", now);
            return;
        }

        Show(post, seen.Ts, now);
    }

    /// <summary>The post's deliveries stand in the thread, whatever they had come to.</summary>
    private void Show(PostEntry post, string ts, DateTimeOffset now)
    {
        bool doubted = post.Members.Any(member => member.Doubted);
        foreach (var member in post.Members)
        {
            post.Thread.End(member, DeliveryState.Sent, null, now);
            member.Post = post;
            member.DoubtPost = null;
        }

        Results.End(post, PostState.Sent, PostEnding.Sent, ts, null, now);
        post.Thread.Verify(post, doubted ? now + verifyAfter : null);
        results.Stands(post, ts, now);
        if (post.Thread.IsClosed)
        {
            closing.DropEmptyRecaps(post, now);
        }
    }
}
