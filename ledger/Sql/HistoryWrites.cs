namespace ThreadGrains.Ledger.Sql;

/// <summary>
/// Moves what is finished out of the live tables: <see cref="ILedger.MoveToHistory"/>. Stays: everything that has not ended,
/// dead deliveries and callbacks (they can be replayed), and whatever shares a post with them; posts with evidence, a verification or a
/// clean-up still open; the root of a thread that is not closed, whose post's marker goes with every edit; groups and
/// threads, whose messages can be clicked for ever.
/// </summary>
internal sealed class HistoryWrites(WriteSession session)
{
    private const string KeysSql = """
        delete from activity_key where (organization, kind, id) in (
            select k.organization, k.kind, k.id from activity_key k where k.expires_at <= @now order by k.expires_at limit @limit)
        """;

    private const string FinishedSql = """
        select d.id, t.group_id from delivery d join thread t on t.id = d.thread_id
         where d.state in ('sent', 'cancelled') and d.finished_at < @before
           and not (d.kind = 'root' and t.state <> 'closed')
           and not exists (select 1 from delivery r where r.id = d.recap_id and r.state not in ('sent', 'cancelled'))
           and not exists (
               select 1 from post_member m join post p on p.id = m.post_id
                where m.delivery_id = d.id
                  and (p.state in ('sending', 'in_doubt') or p.verify_at is not null or p.ended_at >= @before
                       or exists (select 1 from observation o where o.post_id = p.id and o.ended_at is null)
                       or exists (select 1 from cleanup c where c.post_id = p.id and c.done_at is null)
                       or exists (select 1 from post_member n join delivery x on x.id = n.delivery_id
                                   where n.post_id = p.id
                                     and not (x.state in ('sent', 'cancelled') and x.finished_at < @before))))
         order by d.finished_at limit @limit
        """;

    private const string CopyDeliverySql = """
        insert into history_delivery (id, organization, thread_id, position, sequence, sender_id, kind, state, post_id, slack_ts,
                                      attempts, late, doubted, reason, queued_at, finished_at)
        select d.id, d.organization, d.thread_id, d.position, d.sequence, a.sender_id, d.kind, d.state, d.post_id,
               case when d.state = 'sent' then p.slack_ts end, d.attempts, d.late, d.doubted, d.reason, d.queued_at, d.finished_at
          from delivery d join thread t on t.id = d.thread_id
               join activity a on a.group_id = t.group_id and a.sequence = d.sequence
               left join post p on p.id = d.post_id
         where d.id = @delivery
        """;

    private const string ReleaseActivitySql = """
        update activity set remaining = remaining - 1
         where (group_id, sequence) = (select t.group_id, d.sequence from delivery d join thread t on t.id = d.thread_id where d.id = @delivery)
        """;

    private const string DropDeliverySql = "delete from delivery where id = @delivery";

    private const string EmptyPostsSql = """
        select m.post_id from post_member m
         where m.delivery_id = @delivery
           and not exists (select 1 from post_member n join delivery x on x.id = n.delivery_id where n.post_id = m.post_id)
        """;

    private static readonly string[] MovePostSql =
    [
        """
        insert into history_post (id, thread_id, kind, state, ending, epoch, claimed_at, not_after, read_from, slack_ts, known_end,
                                  absent_reads, doubt_since, reason, ended_at)
        select id, thread_id, kind, state, ending, epoch, claimed_at, not_after, read_from, slack_ts, known_end, absent_reads,
               doubt_since, reason, ended_at from post where id = @post
        """,
        "insert into history_post_member select post_id, ordinal, delivery_id from post_member where post_id = @post",
        """
        insert into history_observation (id, thread_id, post_id, ts, what, seen_by, seen_at, ended_at, ended_as)
        select id, thread_id, post_id, ts, what, seen_by, seen_at, ended_at, ended_as from observation where post_id = @post
        """,
        """
        insert into history_cleanup (id, thread_id, workspace, channel, ts, post_id, why, due_at, attempts, done_at)
        select id, thread_id, workspace, channel, ts, post_id, why, due_at, attempts, done_at from cleanup where post_id = @post
        """,
        "delete from post_member where post_id = @post",
        "delete from observation where post_id = @post",
        "delete from cleanup where post_id = @post",
        "delete from post where id = @post",
    ];

    private const string CopyActivitiesSql = """
        insert into history_activity (group_id, sequence, kind, sender_id, type, actor, data, deliveries, accepted_at, occurred_at)
        select group_id, sequence, kind, sender_id, type, actor, data, deliveries, accepted_at, occurred_at from activity
         where remaining = 0 and accepted_at < @before order by accepted_at, group_id, sequence limit @limit
        """;

    private const string DropActivitiesSql = """
        delete from activity where (group_id, sequence) in (
            select group_id, sequence from activity
             where remaining = 0 and accepted_at < @before order by accepted_at, group_id, sequence limit @limit)
        """;

    private const string CopyCallbacksSql = """
        insert into history_callback (id, organization, group_id, sequence, activity, attempts, late, accepted_at, finished_at)
        select id, organization, group_id, sequence, activity, attempts - forgiven, late, accepted_at, finished_at from callback
         where state = 'sent' and finished_at < @before order by finished_at, id limit @limit
        """;

    private const string DropCallbacksSql = """
        delete from callback where id in (
            select id from callback where state = 'sent' and finished_at < @before order by finished_at, id limit @limit)
        """;

    private readonly Statement _keys = session.Connection.Prepare(KeysSql);
    private readonly Statement _finished = session.Connection.Prepare(FinishedSql);
    private readonly Statement _copyDelivery = session.Connection.Prepare(CopyDeliverySql);
    private readonly Statement _releaseActivity = session.Connection.Prepare(ReleaseActivitySql);
    private readonly Statement _dropDelivery = session.Connection.Prepare(DropDeliverySql);
    private readonly Statement _emptyPosts = session.Connection.Prepare(EmptyPostsSql);
    private readonly Statement[] _movePost = [.. MovePostSql.Select(session.Connection.Prepare)];
    private readonly Statement _copyActivities = session.Connection.Prepare(CopyActivitiesSql);
    private readonly Statement _dropActivities = session.Connection.Prepare(DropActivitiesSql);
    private readonly Statement _copyCallbacks = session.Connection.Prepare(CopyCallbacksSql);
    private readonly Statement _dropCallbacks = session.Connection.Prepare(DropCallbacksSql);

    /// <summary>One short transaction's worth.</summary>
    /// <returns>Rows moved or dropped; 0: nothing is left that can be moved now.</returns>
    public Decision<int> Move(DateTimeOffset finishedBefore, int limit)
    {
        int moved = _keys.Set("@now", session.Now).Set("@limit", limit).Run();
        if (moved < limit)
        {
            moved += MoveDeliveries(finishedBefore, limit - moved);
        }

        if (moved < limit)
        {
            _copyActivities.Set("@before", finishedBefore).Set("@limit", limit - moved).Run();
            moved += _dropActivities.Set("@before", finishedBefore).Set("@limit", limit - moved).Run();
        }

        if (moved < limit)
        {
            _copyCallbacks.Set("@before", finishedBefore).Set("@limit", limit - moved).Run();
            moved += _dropCallbacks.Set("@before", finishedBefore).Set("@limit", limit - moved).Run();
        }

        return Decision<int>.Keeping(moved);
    }

    private int MoveDeliveries(DateTimeOffset before, int limit)
    {
        var finished = Finished(before, limit);
        if (finished.Count > 0)
        {
            // A group that somebody writes at this moment has its turn in a later run.
            var held = session.Connection.Hold(finished.Select(row => row.Group).ToHashSet());
            finished = Finished(before, limit).FindAll(row => held.Contains(row.Group));
        }

        foreach (var (delivery, _) in finished)
        {
            _copyDelivery.Set("@delivery", delivery).Run();
            _releaseActivity.Set("@delivery", delivery).Run();
            _dropDelivery.Set("@delivery", delivery).Run();
            foreach (var post in _emptyPosts.Set("@delivery", delivery).All(row => row.Id(0)))
            {
                foreach (var statement in _movePost)
                {
                    statement.Set("@post", post).Run();
                }
            }
        }

        return finished.Count;
    }

    private List<(Guid Delivery, Guid Group)> Finished(DateTimeOffset before, int limit) =>
        _finished.Set("@before", before).Set("@limit", limit).All(row => (row.Id(0), row.Id(1)));
}
