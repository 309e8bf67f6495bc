namespace ThreadGrains.Ledger.Sql;

/// <summary>How doubts go on: <see cref="ILedger.StepDoubt"/>.</summary>
internal sealed class DoubtWrites(WriteSession session)
{
    private const string BeginSql = """
        update post
           set state = 'in_doubt', known_end = false, read_at = @readAt, doubt_since = @now, absent_reads = 0, reason = 'deadline_passed'
         where id = @post and state = 'sending' and not_after <= @now       -- before that its sender may still write bytes
        """;

    private const string AbsentOnceSql = """
        update post set absent_reads = absent_reads + 1, read_at = @readAt where id = @post and state = 'in_doubt'
        """;

    private const string ReadLaterSql = """
        update post set read_at = @readAt, reason = @reason where id = @post and state = 'in_doubt'
        """;

    private const string SeenSql = "select 1 from observation where post_id = @post and ended_at is null limit 1";

    private const string ReopenSql = """
        update post
           set state = 'in_doubt', ending = null, ended_at = null, read_at = @readAt, absent_reads = 0, doubt_since = @now
         where id = @post and state = 'absent' and ending = 'given_up'
           and not exists (select 1 from post p where p.thread_id = @thread and p.state in ('sending', 'in_doubt'))
           and (select d.doubt_post from delivery d                  -- it is the next in line that has to know
                 where d.thread_id = @thread and d.state in ('pending', 'sending', 'in_doubt')
                 order by d.position limit 1) = @post
        """;

    private const string ReopenMembersSql = """
        update delivery set state = 'in_doubt', post_id = @post, doubt_post = null
         where id in (select m.delivery_id from post_member m where m.post_id = @post)
           and state = 'pending' and doubt_post = @post
        """;

    private readonly Statement _begin = session.Connection.Prepare(BeginSql);
    private readonly Statement _absentOnce = session.Connection.Prepare(AbsentOnceSql);
    private readonly Statement _readLater = session.Connection.Prepare(ReadLaterSql);
    private readonly Statement _seen = session.Connection.Prepare(SeenSql);
    private readonly Statement _reopen = session.Connection.Prepare(ReopenSql);
    private readonly Statement _reopenMembers = session.Connection.Prepare(ReopenMembersSql);

    public Decision<WriteOutcome> Step(Fence fence, Guid id, DoubtStep step)
    {
        if (!session.Fencing.Pass(fence))
        {
            return Decision<WriteOutcome>.Dropping(WriteOutcome.Fenced);
        }

        var post = session.Results.Find(id);
        if (post is null || post.Group != fence.Group || !Write(post, step, session.Now))
        {
            return Decision<WriteOutcome>.Dropping(WriteOutcome.NotPossible);
        }

        session.Wake.Recompute(post.Thread);
        return Decision<WriteOutcome>.Keeping(WriteOutcome.Done);
    }

    /// <returns>False: the post is not in a state that allows the step.</returns>
    private bool Write(PostFacts post, DoubtStep step, long now)
    {
        switch (step)
        {
            case DoubtStep.Begin begin:
                return Begin(post, begin, now);
            case DoubtStep.Reopen reopen:
                return Reopen(post, reopen, now);
            case DoubtStep.AbsentOnce once:
                return _absentOnce.Set("@post", post.Id).Set("@readAt", once.ReadAt).Run() == 1;
            case DoubtStep.ReadLater later:
                string why = Reasons.Storable(later.Reason);
                if (_readLater.Set("@post", post.Id).Set("@readAt", later.ReadAt).Set("@reason", why).Run() != 1)
                {
                    return false;
                }

                session.Members.InDoubt(post, why);                    // whoever looks at the delivery sees why nobody can tell
                return true;
            default:
                // Whatever else ends a doubt says that no copy is known. A copy of this very post that was seen speaks louder,
                // and ends it by EndObservation.
                return post.State == PostState.InDoubt && !IsSeen(post.Id) && End(post, step, now);
        }
    }

    private bool End(PostFacts post, DoubtStep step, long now)
    {
        switch (step)
        {
            case DoubtStep.Absent when post.AbsentReads >= 1:
                session.Results.End(post, PostState.Absent, Endings.Absent, null, "absent", null, now);
                session.Members.Pending(post, now, null, usesAttempt: true, doubted: true, now);
                return true;
            case DoubtStep.Resend:
                session.Results.End(post, PostState.Absent, Endings.Resent, null, "resend", null, now);
                session.Members.Pending(post, now, null, usesAttempt: true, doubted: true, now);
                return true;
            case DoubtStep.ParentGone gone when post.AbsentReads >= 1:
                session.Results.End(post, PostState.Absent, Endings.ParentGone, null, "parent_gone", null, now);
                session.Members.Dead(post, "parent_gone", outOfDoubt: false, now);
                session.Reposts.Close(post.Thread, "parent_gone", gone.Repost, post.Id, now);
                return true;
            case DoubtStep.GiveUp giveUp:
                string reason = Reasons.Storable(giveUp.Reason);
                session.Results.End(post, PostState.Absent, Endings.GivenUp, null, reason, null, now);
                session.Members.Dead(post, reason, outOfDoubt: true, now);
                if (post.Kind == PostKind.Root)
                {
                    session.Closing.Close(post.Thread, reason, now);
                }

                return true;
            case DoubtStep.Absent or DoubtStep.ParentGone:
                return false;                                          // one read proves nothing
            default:
                throw new ArgumentException($"No rule for the step {step.GetType().Name}.");
        }
    }

    private bool Begin(PostFacts post, DoubtStep.Begin begin, long now)
    {
        if (post.State == PostState.InDoubt)
        {
            return true;
        }

        if (_begin.Set("@post", post.Id).Set("@readAt", begin.ReadAt).Set("@now", now).Run() == 0)
        {
            return false;
        }

        session.Members.InDoubt(post, "deadline_passed");
        return true;
    }

    private bool Reopen(PostFacts post, DoubtStep.Reopen reopen, long now) =>
        !post.ThreadIsClosed
        && _reopen.Set("@post", post.Id).Set("@thread", post.Thread).Set("@readAt", reopen.ReadAt).Set("@now", now).Run() == 1
        && _reopenMembers.Set("@post", post.Id).Run() > 0;

    private bool IsSeen(Guid post)
    {
        bool seen = _seen.Set("@post", post).Step();
        _seen.Reset();
        return seen;
    }
}
