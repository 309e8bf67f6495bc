using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Store.Rows;

namespace ThreadGrains.Simulation.Store.Writes;

/// <summary><see cref="ILedger.StepDoubt"/>.</summary>
internal sealed class Doubts(MemoryTables tables, Closing closing)
{
    public WriteOutcome Step(Fence fence, Guid id, DoubtStep step, DateTimeOffset now)
    {
        if (tables.Admitted(fence) is not { } group)
        {
            return WriteOutcome.Fenced;
        }

        if (tables.Posts.GetValueOrDefault(id) is not { } post || post.Thread.Group != group || !IsPossible(post, step, now))
        {
            return WriteOutcome.NotPossible;
        }

        Write(post, step, now);
        group.Take(fence);
        post.Thread.RenewWake();
        return WriteOutcome.Done;
    }

    private static bool IsPossible(PostEntry post, DoubtStep step, DateTimeOffset now) => step switch
    {
        // Before its deadline the sender may still write bytes. In doubt already: done.
        DoubtStep.Begin => post.State == PostState.InDoubt || (post.State == PostState.Sending && now >= post.NotAfter),
        DoubtStep.AbsentOnce or DoubtStep.ReadLater => post.State == PostState.InDoubt,
        // Whatever says that no copy is known is outspoken by one of this very post that was seen.
        DoubtStep.Absent or DoubtStep.ParentGone => post is { State: PostState.InDoubt, AbsentReads: >= 1, IsSeen: false },
        DoubtStep.Resend or DoubtStep.GiveUp => post is { State: PostState.InDoubt, IsSeen: false },
        DoubtStep.Reopen => post.Ending == PostEnding.GivenUp && !post.Thread.IsClosed && post.Thread.InFlight is null
            && post.Thread.Line.Values.FirstOrDefault()?.DoubtPost == post,
        _ => throw new ArgumentException($"No rule for the step {step.GetType().Name}."),
    };

    private void Write(PostEntry post, DoubtStep step, DateTimeOffset now)
    {
        switch (step)
        {
            case DoubtStep.Begin begin when post.State == PostState.Sending:
                post.KnownEnd = false;
                Results.Doubt(post, begin.ReadAt.Whole(), "deadline_passed", now);
                break;
            case DoubtStep.AbsentOnce once:
                post.AbsentReads++;
                post.ReadAt = once.ReadAt.Whole();
                break;
            case DoubtStep.ReadLater later:
                post.ReadAt = later.ReadAt.Whole();
                post.Reason = Texts.Storable(later.Reason);
                Members.InDoubt(post, post.Reason);
                break;
            case DoubtStep.Absent:
                GoAgain(post, PostEnding.Absent, "absent", now);
                break;
            case DoubtStep.Resend:
                GoAgain(post, PostEnding.Resent, "resend", now);
                break;
            case DoubtStep.ParentGone gone:
                var repost = closing.Applicable(post.Thread, gone.Repost, now);
                Results.End(post, PostState.Absent, PostEnding.ParentGone, null, "parent_gone", now);
                Members.Dead(post, "parent_gone", outOfDoubt: false, now);
                closing.Close(post.Thread, "parent_gone", now, repost, post);
                break;
            case DoubtStep.GiveUp giveUp:
                GiveUp(post, Texts.Storable(giveUp.Reason), now);
                break;
            case DoubtStep.Reopen reopen:
                Reopen(post, reopen.ReadAt.Whole(), now);
                break;
        }
    }

    private static void GoAgain(PostEntry post, PostEnding ending, string reason, DateTimeOffset now)
    {
        Results.End(post, PostState.Absent, ending, null, reason, now);
        Members.Pending(post, now, null, usesAttempt: true, doubted: true, now);
    }

    private void GiveUp(PostEntry post, string reason, DateTimeOffset now)
    {
        Results.End(post, PostState.Absent, PostEnding.GivenUp, null, reason, now);
        Members.Dead(post, reason, outOfDoubt: true, now);
        if (post.Kind == PostKind.Root)
        {
            closing.Close(post.Thread, reason, now);
        }
    }

    private static void Reopen(PostEntry post, DateTimeOffset readAt, DateTimeOffset now)
    {
        post.State = PostState.InDoubt;
        post.Ending = null;
        post.EndedAt = null;
        post.ReadAt = readAt;
        post.AbsentReads = 0;
        post.DoubtSince = now;
        post.Thread.InFlight = post;
        foreach (var member in post.Members.Where(member => member.State == DeliveryState.Pending && member.DoubtPost == post))
        {
            post.Thread.Move(member, DeliveryState.InDoubt);
            member.Post = post;
            member.DoubtPost = null;
        }
    }
}
