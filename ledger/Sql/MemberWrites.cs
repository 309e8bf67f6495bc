namespace ThreadGrains.Ledger.Sql;

/// <summary>
/// The deliveries follow their post: what a post came to is written to all that it carries in one statement, and to the
/// counters of their thread.
/// </summary>
internal sealed class MemberWrites(LedgerConnection connection, EndedDeliveries ended)
{
    private const string Carried = """
         where id in (select m.delivery_id from post_member m where m.post_id = @post)
           and post_id = @post and state in ('sending', 'in_doubt')
        """;

    private const string SentSql =
        "update delivery set state = 'sent', reason = null, doubt_post = null, finished_at = @now\n" + Carried;

    private const string DeadSql =
        "update delivery set state = 'dead', reason = @reason, doubt_post = @doubtPost, finished_at = @now\n" + Carried;

    private const string CancelledSql =
        "update delivery set state = 'cancelled', reason = case when recap_id is null then @reason else 'moved' end, finished_at = @now\n" + Carried;

    private const string InDoubtSql =
        "update delivery set state = 'in_doubt', reason = @reason\n" + Carried;

    // What was once in doubt goes again in the same company: its last post stays named, so that the company can
    // be told. What never was is free.
    private const string PendingSql = """
        update delivery
           set state = 'pending', due_at = @dueAt, reason = @reason, attempts = attempts - @giveBack,
               doubted = doubted or @doubted, post_id = case when doubted or @doubted then post_id end
        """ + "\n" + Carried;

    private const string CountSql = """
        update thread set sent = sent + @sent, dead = dead + @dead, cancelled = cancelled + @cancelled where id = @thread
        """;

    private readonly Statement _sent = connection.Prepare(SentSql);
    private readonly Statement _dead = connection.Prepare(DeadSql);
    private readonly Statement _cancelled = connection.Prepare(CancelledSql);
    private readonly Statement _inDoubt = connection.Prepare(InDoubtSql);
    private readonly Statement _pending = connection.Prepare(PendingSql);
    private readonly Statement _count = connection.Prepare(CountSql);

    public void Sent(PostFacts post, long now) =>
        Count(post.Thread, sent: _sent.Set("@post", post.Id).Set("@now", now).Run());

    /// <param name="post">The post that carries them.</param>
    /// <param name="reason">Why.</param>
    /// <param name="outOfDoubt">Nobody knows whether they stand in the thread: the post has to be read before they go again.</param>
    /// <param name="now">The database's clock.</param>
    public void Dead(PostFacts post, string reason, bool outOfDoubt, long now) =>
        Count(post.Thread, dead: _dead.Set("@post", post.Id).Set("@reason", reason)
            .Set("@doubtPost", outOfDoubt ? post.Id : null).Set("@now", now).Run());

    public void InDoubt(PostFacts post, string? reason) => _inDoubt.Set("@post", post.Id).Set("@reason", reason).Send();

    /// <summary>Back in line; in a thread that was closed meanwhile there is none: cancelled with the thread's reason.</summary>
    public void Pending(PostFacts post, long dueAt, string? reason, bool usesAttempt, bool doubted, long now)
    {
        if (post.ThreadIsClosed)
        {
            Count(post.Thread, cancelled: _cancelled.Set("@post", post.Id).Set("@reason", post.ThreadReason).Set("@now", now).Run());
            return;
        }

        _pending.Set("@post", post.Id).Set("@dueAt", dueAt).Set("@reason", reason)
            .Set("@giveBack", usesAttempt ? 0L : 1L).Set("@doubted", doubted).Send();
    }

    /// <summary>Moves the counters of P9.</summary>
    public void Count(Guid thread, long sent = 0, long dead = 0, long cancelled = 0)
    {
        _count.Set("@thread", thread).Set("@sent", sent).Set("@dead", dead).Set("@cancelled", cancelled).Send();
        ended.Add(sent, dead, cancelled);
    }
}
