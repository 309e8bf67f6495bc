using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Store.Rows;

namespace ThreadGrains.Simulation.Store.Writes;

/// <summary><see cref="ILedger.Settle"/>: what posts came to.</summary>
/// <param name="tables">The rows.</param>
/// <param name="closing">Ends threads.</param>
/// <param name="copies">Keeps what was seen.</param>
/// <param name="verifyAfter">When what had been sent again is verified, where a result names no moment.</param>
internal sealed class Results(MemoryTables tables, Closing closing, Copies copies, TimeSpan verifyAfter)
{
    /// <exception cref="ArgumentException">A copy of a post that was never claimed, or a root that is said to be an orphan: bugs of the caller.</exception>
    public SettleOutcome Settle(Guid id, PostResult result, DateTimeOffset now)
    {
        var (ending, copy) = Said(result);
        if (tables.Posts.GetValueOrDefault(id) is not { } post)
        {
            return copy is null ? new SettleOutcome.Superseded() : throw new ArgumentException($"There is no post {id}.");
        }

        if (post.Kind == PostKind.Root && result is PostResult.Orphaned)
        {
            throw new ArgumentException("A root stands in the channel by its nature; it cannot be an orphan.");
        }

        if (copy is not null)
        {
            Texts.MustBeStorable(copy);
        }

        bool wasInDoubt = post.DoubtSince is not null;
        if (post.IsInFlight)
        {
            Write(post, result, now);
            post.Thread.RenewWake();
            return new SettleOutcome.Settled(wasInDoubt && result is not PostResult.Doubt);
        }

        if (ending == post.Ending && copy == post.SlackTs)
        {
            return new SettleOutcome.Settled(wasInDoubt);
        }

        if (copy is null)
        {
            return new SettleOutcome.Superseded();
        }

        copies.See(post, copy, ending == PostEnding.Orphaned ? "orphan" : "answer", now);
        post.Thread.RenewWake();
        return new SettleOutcome.Observed();
    }

    /// <summary>The post is in flight: writes how it ends, or that nobody knows. The caller renews when the thread wakes.</summary>
    public void Write(PostEntry post, PostResult result, DateTimeOffset now)
    {
        var (ending, copy) = Said(result);
        switch (result)
        {
            case PostResult.Sent sent:
                Sent(post, sent, now);
                break;
            case PostResult.Orphaned orphaned:
                var repost = closing.Applicable(post.Thread, orphaned.Repost, now);
                End(post, PostState.Sent, ending!.Value, copy, "parent_gone", now);
                Members.Dead(post, "parent_gone", outOfDoubt: false, now);
                copies.Remove(post, orphaned.Ts, "orphan", now);
                closing.Close(post.Thread, "parent_gone", now, repost, post);
                copies.EndSeen(post, orphaned.Ts);
                break;
            case PostResult.TryAgain again:
                string why = Texts.Storable(again.Reason);
                End(post, PostState.Refused, ending!.Value, null, why, now);
                Members.Pending(post, again.DueAt.Whole(), why, again.UsesAttempt, doubted: false, now);
                break;
            case PostResult.Dead dead:
                Die(post, ending!.Value, dead.Reason, post.Kind == PostKind.Root, null, now);
                break;
            case PostResult.ThreadGone gone:
                Die(post, ending!.Value, gone.Reason, true, closing.Applicable(post.Thread, gone.Repost, now), now);
                break;
            case PostResult.Doubt doubt when post.State == PostState.Sending:
                post.KnownEnd = doubt.KnownEnd;
                Doubt(post, doubt.ReadAt.Whole(), Texts.Storable(doubt.Reason), now);
                break;
        }
    }

    /// <summary>Nobody knows (any more) what the post came to: looks begin.</summary>
    public static void Doubt(PostEntry post, DateTimeOffset readAt, string reason, DateTimeOffset now)
    {
        post.State = PostState.InDoubt;
        post.Reason = reason;
        post.ReadAt = readAt;
        post.DoubtSince = now;
        post.AbsentReads = 0;
        Members.InDoubt(post, reason);
    }

    /// <summary>Ends a post without its members.</summary>
    public static void End(PostEntry post, PostState state, PostEnding ending, string? ts, string? reason, DateTimeOffset now)
    {
        post.State = state;
        post.Ending = ending;
        post.SlackTs = ts;
        post.Reason = reason;
        post.EndedAt = now;
        post.ReadAt = null;
        var thread = post.Thread;
        thread.InFlight = thread.InFlight == post ? null : thread.InFlight;
        if (ts is not null)
        {
            thread.Named.Add(ts);
        }
    }

    /// <summary>A copy of the post stands in its thread: the thread knows its newest message, and a root its <c>ts</c>.</summary>
    public void Stands(PostEntry post, string ts, DateTimeOffset now)
    {
        var thread = post.Thread;
        if (post.Kind != PostKind.Root)
        {
            thread.LastTs = string.CompareOrdinal(thread.LastTs, ts) < 0 ? ts : thread.LastTs;
            return;
        }

        if (tables.IsRootTaken(thread, ts))
        {
            // The message is there and counts; two threads under one message would post everything twice, so this one ends.
            closing.Close(thread, "message_taken", now);
            return;
        }

        tables.Root(thread, ts);
        thread.RootPost = post;
        thread.LastTs = ts;
        thread.RevisionShown = post.Revision ?? thread.RevisionShown;
        bool opens = thread.State == ThreadState.Posting;
        thread.State = opens ? ThreadState.Open : thread.State;
        thread.EditDueAt = opens && !thread.EditsOff && thread.RevisionWanted > thread.RevisionShown ? now : null;
    }

    private void Sent(PostEntry post, PostResult.Sent sent, DateTimeOffset now)
    {
        bool doubted = post.Members.Any(member => member.Doubted);
        End(post, PostState.Sent, PostEnding.Sent, sent.Ts, null, now);
        post.Thread.Verify(post, doubted ? sent.VerifyAt.Whole() ?? now + verifyAfter : null);
        Members.Sent(post, now);
        if (post.Thread.IsClosed)
        {
            closing.DropEmptyRecaps(post, now);
        }

        Stands(post, sent.Ts, now);
        copies.EndSeen(post, sent.Ts);
    }

    private void Die(PostEntry post, PostEnding ending, string said, bool closes, Repost? repost, DateTimeOffset now)
    {
        string reason = Texts.Storable(said);
        End(post, PostState.Refused, ending, null, reason, now);
        Members.Dead(post, reason, outOfDoubt: false, now);
        if (closes)
        {
            closing.Close(post.Thread, reason, now, repost, post);
        }
    }

    /// <summary>How a post ends by the result (null: it does not), and where it says that a copy stands.</summary>
    private static (PostEnding? Ending, string? Copy) Said(PostResult result) => result switch
    {
        PostResult.Sent sent => (PostEnding.Sent, sent.Ts),
        PostResult.Orphaned orphaned => (PostEnding.Orphaned, orphaned.Ts),
        PostResult.TryAgain => (PostEnding.TryAgain, null),
        PostResult.Dead => (PostEnding.Dead, null),
        PostResult.ThreadGone => (PostEnding.ThreadGone, null),
        PostResult.Doubt => (null, null),
        _ => throw new ArgumentException($"No rule for the result {result.GetType().Name}."),
    };
}
