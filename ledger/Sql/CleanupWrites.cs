namespace ThreadGrains.Ledger.Sql;

/// <summary>Messages of ours that must go, and the verification of threads: <see cref="ILedger.SettleCleanup"/>, <see cref="ILedger.SettleVerification"/>.</summary>
internal sealed class CleanupWrites(WriteSession session)
{
    // A message under which a thread hangs is never deleted, whoever says what about it.
    private const string DemandSql = """
        insert into cleanup (id, thread_id, workspace, channel, ts, post_id, why, due_at)
        select @id, @thread, @workspace, @channel, @ts, @post, @why, @now
         where not exists (select 1 from thread where workspace = @workspace and channel = @channel and ts = @ts)
            on conflict (workspace, channel, ts) do nothing
        """;

    private const string DemandedSql = "select 1 from cleanup where workspace = @workspace and channel = @channel and ts = @ts";

    private const string NamedSql = """
        select 1 from thread where workspace = @workspace and channel = @channel and ts = @ts
        union all
        select 1 from post where thread_id = @thread and slack_ts = @ts and state = 'sent'
        """;

    private const string SettleSql = """
        update cleanup
           set done_at = case when @dueAt is null then @now end, due_at = coalesce(@dueAt, due_at), attempts = attempts + 1
         where id = @cleanup and done_at is null
        """;

    private const string ThreadOfCleanupSql = "select thread_id from cleanup where id = @cleanup";

    private const string VerificationSql = "update post set verify_at = @nextAt where id = @post";

    private readonly Statement _demand = session.Connection.Prepare(DemandSql);
    private readonly Statement _demanded = session.Connection.Prepare(DemandedSql);
    private readonly Statement _named = session.Connection.Prepare(NamedSql);
    private readonly Statement _settle = session.Connection.Prepare(SettleSql);
    private readonly Statement _threadOfCleanup = session.Connection.Prepare(ThreadOfCleanupSql);
    private readonly Statement _verification = session.Connection.Prepare(VerificationSql);

    /// <summary>Writes the debt down, once, unless a thread hangs under the message. The caller recomputes when the thread wakes.</summary>
    public void Demand(PostFacts post, string ts, string why, long now)
    {
        session.Connection.HoldMessage(ts);
        _demand.Set("@id", DerivedId.Of("cleanup", post.Id, ts, now)).Set("@thread", post.Thread)
            .Set("@workspace", post.Workspace).Set("@channel", post.Channel).Set("@ts", ts).Set("@post", post.Id)
            .Set("@why", why).Set("@now", now).Run();
    }

    /// <summary>Whether a message has to go, or is gone: no thread may hang under it any more.</summary>
    public bool IsDemanded(string workspace, string channel, string ts)
    {
        session.Connection.HoldMessage(ts);
        bool demanded = _demanded.Set("@workspace", workspace).Set("@channel", channel).Set("@ts", ts).Step();
        _demanded.Reset();
        return demanded;
    }

    /// <summary>Whether the ledger names that very message as the copy that stays (or, an orphan, as one that goes already).</summary>
    public bool IsNamed(PostFacts post, string ts)
    {
        session.Connection.HoldMessage(ts);
        bool named = _named.Set("@workspace", post.Workspace).Set("@channel", post.Channel).Set("@ts", ts)
            .Set("@thread", post.Thread).Step();
        _named.Reset();
        return named;
    }

    public Decision<WriteOutcome> Settle(Guid cleanup, DateTimeOffset? dueAt)
    {
        _threadOfCleanup.Set("@cleanup", cleanup);
        if (!_threadOfCleanup.Step())
        {
            return Decision<WriteOutcome>.Dropping(WriteOutcome.NotPossible);
        }

        var thread = _threadOfCleanup.Id(0);
        _threadOfCleanup.Reset();
        _settle.Set("@cleanup", cleanup).Set("@dueAt", dueAt).Set("@now", session.Now).Run();
        session.Wake.Recompute(thread);
        return Decision<WriteOutcome>.Keeping(WriteOutcome.Done);
    }

    public Decision<WriteOutcome> SettleVerification(Guid id, DateTimeOffset? nextAt)
    {
        if (session.Results.Find(id) is not { State: PostState.Sent } post)
        {
            return Decision<WriteOutcome>.Dropping(WriteOutcome.NotPossible);
        }

        _verification.Set("@post", id).Set("@nextAt", nextAt).Run();
        session.Wake.Recompute(post.Thread);
        return Decision<WriteOutcome>.Keeping(WriteOutcome.Done);
    }
}
