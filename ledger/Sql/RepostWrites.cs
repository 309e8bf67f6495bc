namespace ThreadGrains.Ledger.Sql;

/// <summary>The end of a thread whose parent is gone, and the thread that takes its place: <see cref="Repost"/>.</summary>
internal sealed class RepostWrites(WriteSession session)
{
    private const string AppliesSql = """
        select 1 from thread t
         where t.id = @thread and t.state = 'open' and t.ts is not null and not t.adopted
           and exists (select 1 from delivery d where d.thread_id = t.id and d.kind = 'root')
           and not exists (select 1 from thread n
                            where n.group_id = t.group_id and n.workspace = t.workspace and n.channel = t.channel
                              and n.reposted_at > @since)
        """;

    // What is in flight is marked as well: once it is known not to stand there it is told.
    private const string MarkSql = """
        update delivery set recap_id = @recap
         where thread_id = @thread and kind in ('reply', 'repeat')
           and (state in ('pending', 'sending', 'in_doubt') or (state = 'dead' and post_id = @dying))
        """;

    // A recap that never went is no message to be told of: the next one tells what it would have told.
    private const string InheritSql = """
        update delivery set recap_id = @recap
         where state <> 'sent'
           and recap_id in (select r.id from delivery r
                             where r.thread_id = @thread and r.kind = 'recap'
                               and (r.state = 'pending' or (r.state = 'dead' and r.post_id = @dying)))
        """;

    private const string ThreadSql = """
        insert into thread (id, group_id, workspace, channel, rule, open_period, state, registered_sequence, adopted, looked_up,
                            last_position, made, reposted_from, reposted_at)
        select @new, t.group_id, t.workspace, t.channel, t.rule, t.open_period, 'posting', g.next_sequence - 1, false, true,
               @made, @made, t.id, @now
          from thread t join issue_group g on g.id = t.group_id
         where t.id = @thread
        """;

    private const string DeliverySql = """
        insert into delivery (id, organization, thread_id, position, sequence, kind, state, due_at, queued_at)
        select @id, d.organization, @new, @position, d.sequence, @kind, 'pending', @now, @now
          from delivery d where d.thread_id = @thread and d.kind = 'root'
        """;

    private const string ActivitySql = """
        update activity set deliveries = deliveries + @made, remaining = remaining + @made
         where (group_id, sequence) = (select t.group_id, d.sequence from delivery d join thread t on t.id = d.thread_id where d.id = @root)
        """;

    private const string EmptySql = """
        update delivery set state = 'cancelled', reason = 'nothing_left', finished_at = @now
         where state = 'pending' and kind = 'recap'
           and id in (select x.recap_id from post_member m join delivery x on x.id = m.delivery_id where m.post_id = @post)
           and not exists (select 1 from delivery y where y.recap_id = delivery.id and y.state <> 'sent')
        returning thread_id
        """;

    private readonly Statement _applies = session.Connection.Prepare(AppliesSql);
    private readonly Statement _mark = session.Connection.Prepare(MarkSql);
    private readonly Statement _inherit = session.Connection.Prepare(InheritSql);
    private readonly Statement _thread = session.Connection.Prepare(ThreadSql);
    private readonly Statement _delivery = session.Connection.Prepare(DeliverySql);
    private readonly Statement _activity = session.Connection.Prepare(ActivitySql);
    private readonly Statement _empty = session.Connection.Prepare(EmptySql);

    /// <summary>Closes the thread, and lets another take its place where that applies. The caller recomputes when the old one wakes.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="reason">Why it is closed if nothing takes its place.</param>
    /// <param name="repost">What may take its place.</param>
    /// <param name="dying">The post whose deliveries this write has ended as dead.</param>
    /// <param name="now">The database's clock.</param>
    public void Close(Guid thread, string reason, Repost? repost, Guid? dying, long now)
    {
        if (repost is null || !Applies(thread, now))
        {
            session.Closing.Close(thread, reason, now);
            return;
        }

        int told = _mark.Set("@thread", thread).Set("@recap", repost.Recap).Set("@dying", dying).Run()
            + _inherit.Set("@thread", thread).Set("@recap", repost.Recap).Set("@dying", dying).Run();
        long made = told > 0 ? 2 : 1;
        session.Closing.Close(thread, "parent_gone", now, waiting: "moved");
        _thread.Set("@new", repost.Thread).Set("@thread", thread).Set("@made", made).Set("@now", now).Run();
        Deliver(repost.Root, DeliveryKind.Root, 1);
        if (told > 0)
        {
            Deliver(repost.Recap, DeliveryKind.Recap, 2);
        }

        _activity.Set("@made", made).Set("@root", repost.Root).Run();
        session.Wake.Recompute(repost.Thread);

        void Deliver(Guid id, DeliveryKind kind, long position) =>
            _delivery.Set("@id", id).Set("@new", repost.Thread).Set("@thread", thread).Set("@position", position)
                .Set("@kind", Words.Of(kind)).Set("@now", now).Run();
    }

    /// <summary>Deliveries of a closed thread turned out to stand there: a recap that has nothing left to tell does not go.</summary>
    public void DropEmpty(Guid post, long now)
    {
        foreach (var thread in _empty.Set("@post", post).Set("@now", now).All(row => row.Id(0)))
        {
            session.Members.Count(thread, cancelled: 1);
            session.Wake.Recompute(thread);
        }
    }

    private bool Applies(Guid thread, long now)
    {
        bool applies = _applies.Set("@thread", thread).Set("@since", now - Moment.Microseconds(Repost.Pause)).Step();
        _applies.Reset();
        return applies;
    }
}
