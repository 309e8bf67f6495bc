namespace ThreadGrains.Ledger.Sql;

/// <summary>What posts came to: <see cref="ILedger.Settle"/>. By the post's id alone: whoever knows may write.</summary>
internal sealed class ResultWrites(WriteSession session)
{
    private const string EndSql = """
        update post
           set state = @state, ending = @ending, slack_ts = @ts, reason = @reason, ended_at = @now, read_at = null,
               verify_at = case when @verifyAt is not null                 -- where any of them was in doubt under an earlier post
                                 and exists (select 1 from post_member m join delivery d on d.id = m.delivery_id
                                              where m.post_id = @post and d.doubted) then @verifyAt end
         where id = @post and state in ('sending', 'in_doubt')       -- ended otherwise: another attempt was made since
        """;

    private const string DoubtSql = """
        update post
           set state = 'in_doubt', reason = @reason, known_end = @knownEnd, read_at = @readAt, doubt_since = @now, absent_reads = 0
         where id = @post and state = 'sending'
        """;

    // Text of equal length sorts as the moments that it names; Slack's seconds will have ten digits until 2286.
    private const string RootStandsSql = """
        update thread
           set ts = @ts, last_ts = @ts, state = case when state = 'posting' then 'open' else state end,
               revision_shown = coalesce(@revision, revision_shown),
               edit_due_at = case when state = 'posting' and not edits_off and revision_wanted > coalesce(@revision, revision_shown) then @now end
         where id = @thread
        """;

    private const string ReplyStandsSql = """
        update thread set last_ts = @ts where id = @thread and (last_ts is null or last_ts < @ts)
        """;

    private const string SeenSql = """
        update observation set ended_at = @now, ended_as = 'sent' where post_id = @post and ts = @ts and ended_at is null
        """;

    private readonly Statement _post = session.Connection.Prepare(PostFacts.Sql);
    private readonly Statement _end = session.Connection.Prepare(EndSql);
    private readonly Statement _doubt = session.Connection.Prepare(DoubtSql);
    private readonly Statement _rootStands = session.Connection.Prepare(RootStandsSql);
    private readonly Statement _replyStands = session.Connection.Prepare(ReplyStandsSql);
    private readonly Statement _seen = session.Connection.Prepare(SeenSql);

    /// <exception cref="ArgumentException">A copy of a post that was never claimed, or a root that is said to be an orphan: bugs of the caller.</exception>
    public Decision<SettleOutcome> Settle(Guid id, PostResult result)
    {
        if (Find(id) is not { } post)
        {
            // A claim whose commit was lost, given back: nothing to keep.
            return result is not (PostResult.Sent or PostResult.Orphaned)
                ? Decision<SettleOutcome>.Dropping(new SettleOutcome.Superseded())
                : throw new ArgumentException($"There is no post {id}.");
        }

        if (post.Kind == PostKind.Root && result is PostResult.Orphaned)
        {
            throw new ArgumentException("A root stands in the channel by its nature; it cannot be an orphan.");
        }

        long now = session.Now;
        if (post.IsInFlight)
        {
            Write(post, result, now);
            session.Wake.Recompute(post.Thread, post.Group);
            return Decision<SettleOutcome>.Keeping(new SettleOutcome.Settled(post.WasInDoubt && result is not PostResult.Doubt));
        }

        return TooLate(post, result, now);
    }

    public PostFacts? Find(Guid post) => _post.Set("@post", post).One(PostFacts.Read);

    /// <summary>The post is in flight: writes how it ends, or that nobody knows. The caller recomputes when the thread wakes.</summary>
    public void Write(PostFacts post, PostResult result, long now)
    {
        switch (result)
        {
            case PostResult.Sent sent:
                Sent(post, sent.Ts, Moment.ToMicroseconds(sent.VerifyAt), now);
                break;
            case PostResult.Orphaned orphaned:
                End(post, PostState.Sent, Endings.Orphaned, orphaned.Ts, "parent_gone", null, now);
                session.Members.Dead(post, "parent_gone", outOfDoubt: false, now);
                session.Cleanups.Demand(post, orphaned.Ts, "orphan", now);
                session.Reposts.Close(post.Thread, "parent_gone", orphaned.Repost, post.Id, now);
                _seen.Set("@post", post.Id).Set("@ts", orphaned.Ts).Set("@now", now).Send();
                break;
            case PostResult.TryAgain again:
                string why = Reasons.Storable(again.Reason);
                End(post, PostState.Refused, Endings.TryAgain, null, why, null, now);
                session.Members.Pending(post, Moment.ToMicroseconds(again.DueAt), why, again.UsesAttempt, doubted: false, now);
                break;
            case PostResult.Dead dead:
                Die(post, Endings.Dead, Reasons.Storable(dead.Reason), closes: post.Kind == PostKind.Root, null, now);
                break;
            case PostResult.ThreadGone gone:
                Die(post, Endings.ThreadGone, Reasons.Storable(gone.Reason), closes: true, gone.Repost, now);
                break;
            case PostResult.Doubt doubt when post.State == PostState.Sending:
                string reason = Reasons.Storable(doubt.Reason);
                _doubt.Set("@post", post.Id).Set("@reason", reason).Set("@knownEnd", doubt.KnownEnd).Set("@readAt", doubt.ReadAt)
                    .Set("@now", now).Send();
                session.Members.InDoubt(post, reason);
                break;
            case PostResult.Doubt:
                break;                                                 // in doubt already, and looked after
            default:
                throw new ArgumentException($"No rule for the result {result.GetType().Name}.");
        }
    }

    /// <summary>Ends a post without its members.</summary>
    /// <param name="post">The post.</param>
    /// <param name="state">How.</param>
    /// <param name="ending">How, in the words of <see cref="Endings"/>.</param>
    /// <param name="ts">Where it stands.</param>
    /// <param name="reason">Why.</param>
    /// <param name="verifyAt">When it is verified, if any of its members was in doubt before; null: never.</param>
    /// <param name="now">The database's clock.</param>
    public void End(PostFacts post, PostState state, string ending, string? ts, string? reason, long? verifyAt, long now) =>
        _end.Set("@post", post.Id).Set("@state", Word(state)).Set("@ending", ending).Set("@ts", ts).Set("@reason", reason)
            .Set("@verifyAt", verifyAt).Set("@now", now).Send();

    /// <summary>A copy of the post stands in its thread: the thread knows its newest message, and a root its <c>ts</c>.</summary>
    public void Stands(PostFacts post, string ts, long now)
    {
        if (post.Kind != PostKind.Root)
        {
            _replyStands.Set("@thread", post.Thread).Set("@ts", ts).Send();
            return;
        }

        _rootStands.Set("@thread", post.Thread).Set("@ts", ts).Set("@revision", post.Revision).Set("@now", now);
        if (session.Connection.RunUnlessTaken(_rootStands) is null)
        {
            // Somebody adopted our own announcement for another thread before its result was written. The message is there
            // and counts; two threads under one message would post everything twice, so this one ends.
            session.Closing.Close(post.Thread, "message_taken", now);
        }
    }

    private void Sent(PostFacts post, string ts, long? verifyAt, long now)
    {
        End(post, PostState.Sent, Endings.Sent, ts, null, verifyAt ?? now + Moment.Microseconds(session.Times.VerifyAfter), now);
        session.Members.Sent(post, now);
        if (post.ThreadIsClosed)
        {
            session.Reposts.DropEmpty(post.Id, now);
        }

        Stands(post, ts, now);
        _seen.Set("@post", post.Id).Set("@ts", ts).Set("@now", now).Send();
    }

    private void Die(PostFacts post, string ending, string reason, bool closes, Repost? repost, long now)
    {
        End(post, PostState.Refused, ending, null, reason, null, now);
        session.Members.Dead(post, reason, outOfDoubt: false, now);
        if (closes)
        {
            session.Reposts.Close(post.Thread, reason, repost, post.Id, now);
        }
    }

    private Decision<SettleOutcome> TooLate(PostFacts post, PostResult result, long now)
    {
        var (ending, copy) = result switch
        {
            PostResult.Sent sent => (Endings.Sent, sent.Ts),
            PostResult.Orphaned orphaned => (Endings.Orphaned, orphaned.Ts),
            PostResult.TryAgain => (Endings.TryAgain, null),
            PostResult.Dead => (Endings.Dead, null),
            PostResult.ThreadGone => (Endings.ThreadGone, null),
            PostResult.Doubt => (null, null),
            _ => throw new ArgumentException($"No rule for the result {result.GetType().Name}."),
        };
        if (ending == post.Ending && copy == post.SlackTs)
        {
            return Decision<SettleOutcome>.Dropping(new SettleOutcome.Settled(post.WasInDoubt));
        }

        if (copy is null)
        {
            return Decision<SettleOutcome>.Dropping(new SettleOutcome.Superseded());
        }

        session.Evidence.Append(post, copy, result is PostResult.Orphaned ? "orphan" : "answer", "settle", now);
        session.Wake.Recompute(post.Thread, post.Group);
        return Decision<SettleOutcome>.Keeping(new SettleOutcome.Observed());
    }

    private static string Word(PostState state) => state switch
    {
        PostState.Sent => "sent",
        PostState.Refused => "refused",
        PostState.Absent => "absent",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "A post does not end so."),
    };
}
