namespace ThreadGrains.Ledger.Sql;

/// <summary>
/// The first writes after a restore: <see cref="ILedger.BeginRestored"/>. They walk through whole tables, once, before anything
/// runs; so their statements are not among those that each writer prepares.
/// </summary>
internal static class RestoreWrites
{
    // In the words of a post that was given up: DoubtStep.Reopen then brings it into doubt once its delivery is the next in
    // line, and it is claimed only after two complete looks. It cannot stand before its thread's last message of ours, nor a
    // root before it was accepted (Slack's clock against ours: the search has a margin).
    private const string PostSql = """
        insert into post (id, thread_id, kind, state, ending, epoch, claimed_at, not_after, read_from, reason, ended_at, restored)
        select @post, d.thread_id, case d.kind when 'root' then 'root' when 'recap' then 'recap' else 'reply' end,
               'absent', 'given_up', 0, d.queued_at, d.queued_at, case when d.kind <> 'root' then t.last_ts end, 'restored', @now, true
          from delivery d join thread t on t.id = d.thread_id
         where d.id = @delivery
        """;

    private const string MemberSql = "insert into post_member (post_id, ordinal, delivery_id) values (@post, 0, @delivery)";

    private const string NameSql = "update delivery set doubt_post = @post where id = @delivery";

    // A replay by hand asks the same question as a retry: was it posted after the backup? The thread's end answers it for good.
    private const string UnknownSql = """
        select d.id, d.state from delivery d join thread t on t.id = d.thread_id
         where d.state in ('pending', 'dead') and t.state <> 'closed' and d.doubt_post is null
        """;

    private const string FlagSql = """
        update post set restored = true
         where state in ('sending', 'in_doubt')
            or id in (select d.doubt_post from delivery d where d.state in ('pending', 'dead') and d.doubt_post is not null)
        """;

    // Its sender is gone with the machine, but what it had given to the network may still arrive until the deadline.
    private const string InFlightSql = """
        update post
           set state = 'in_doubt', known_end = false, absent_reads = 0, doubt_since = @now, read_at = greatest(not_after, @now), reason = 'restored'
         where state in ('sending', 'in_doubt')
        """;

    private const string InFlightMembersSql = """
        update delivery set state = 'in_doubt', reason = 'restored' where state in ('sending', 'in_doubt')
        """;

    // Whatever Slack shows since the backup, the card of the ledger's state goes over it. An edit that was in flight counts as
    // lost at its own moment. A little later than the deliveries, which groups are woken for first.
    private const string ParentsSql = """
        update thread
           set revision_wanted = revision_wanted + 1, edit_due_at = case when edit_open then edit_due_at else @now + 1000000 end
         where state = 'open' and ts is not null and not adopted and not edits_off
        """;

    private const string ThreadsSql = """
        select t.id from thread t
         where t.state <> 'closed' or exists (select 1 from post p where p.thread_id = t.id and p.state in ('sending', 'in_doubt'))
        """;

    public static Decision<RestoreOutcome> Begin(WriteSession session)
    {
        long now = session.Now;
        var (pending, dead) = LookForUnknown(session, now);
        Run(session, FlagSql);
        int inDoubt = Run(session, InFlightSql, now);
        Run(session, InFlightMembersSql);
        int parents = Run(session, ParentsSql, now);
        using var threads = session.Connection.PrepareOnce(ThreadsSql);
        foreach (var thread in threads.All(row => row.Id(0)))
        {
            session.Wake.Recompute(thread);
        }

        return Decision<RestoreOutcome>.Keeping(new RestoreOutcome.Begun(pending, inDoubt, dead, parents));
    }

    /// <summary>Gives each delivery that may have been posted under an unknown id a post to be looked for.</summary>
    private static (int Pending, int Dead) LookForUnknown(WriteSession session, long now)
    {
        using var unknown = session.Connection.PrepareOnce(UnknownSql);
        using var post = session.Connection.PrepareOnce(PostSql);
        using var member = session.Connection.PrepareOnce(MemberSql);
        using var name = session.Connection.PrepareOnce(NameSql);
        var (pending, dead) = (0, 0);
        foreach (var (delivery, state) in unknown.All(row => (row.Id(0), row.Text(1))))
        {
            var id = DerivedId.Of("restored", delivery, "", now);
            post.Set("@post", id).Set("@delivery", delivery).Set("@now", now).Run();
            member.Set("@post", id).Set("@delivery", delivery).Run();
            name.Set("@post", id).Set("@delivery", delivery).Run();
            (pending, dead) = state == "pending" ? (pending + 1, dead) : (pending, dead + 1);
        }

        return (pending, dead);
    }

    private static int Run(WriteSession session, string sql, long? now = null)
    {
        using var statement = session.Connection.PrepareOnce(sql);
        return (now is null ? statement : statement.Set("@now", now)).Run();
    }
}
