namespace ThreadGrains.Ledger.Sql;

/// <summary>
/// Keeps <c>wake_at</c> of threads and groups: the earliest moment at which the owner can do anything. Called by every write
/// that touches a thread, but for the accept, which can only bring it nearer and says so in its own updates.
/// </summary>
internal sealed class WakeWrites(LedgerConnection connection)
{
    // While a post is in flight nothing else of the thread can be claimed and no other post's observation be ended: only its
    // own deadline or read counts, and evidence of itself. Waking for the rest would find nothing to do, again and again.
    private const string ThreadSql = """
        update thread set wake_at = (
            select min(due) from (
                select case p.state when 'sending' then p.not_after else p.read_at end as due
                  from post p
                 where p.thread_id = thread.id and p.state in ('sending', 'in_doubt')
                union all
                select greatest(d.due_at, case when thread.parked is null then 0 else coalesce(thread.probe_at, 0) end)
                  from (select h.due_at, h.state from delivery h
                         where h.thread_id = thread.id and h.state in ('pending', 'sending', 'in_doubt')
                         order by h.position limit 1) d
                 where d.state = 'pending' and thread.state <> 'closed' and thread.looked_up
                union all
                select o.seen_at from observation o
                 where o.thread_id = thread.id and o.ended_at is null
                   and not exists (select 1 from post p
                                    where p.thread_id = thread.id and p.state in ('sending', 'in_doubt')
                                      and p.id <> o.post_id)
                union all
                select min(c.due_at) from cleanup c where c.thread_id = thread.id and c.done_at is null
                union all
                select min(v.verify_at) from post v where v.thread_id = thread.id and v.verify_at is not null
                union all
                select thread.edit_due_at
                union all
                select thread.look_up_due_at) as these)
         where id = @thread
        """;

    /// <summary>The group's moment: its threads' earliest, or that of the callback at the head; those behind it wait.</summary>
    public const string GroupMoment = """
        (select min(due) from (
            select min(t.wake_at) as due from thread t where t.group_id = @group and t.wake_at is not null
            union all
            select * from (select c.due_at from callback c
                            where c.group_id = @group and c.state = 'pending' order by c.sequence limit 1) as these) as these)
        """;

    private const string GroupSql = $"update issue_group set wake_at = {GroupMoment} where id = @group";

    private const string GroupOfThreadSql = "select group_id from thread where id = @thread";

    private readonly Statement _thread = connection.Prepare(ThreadSql);
    private readonly Statement _group = connection.Prepare(GroupSql);
    private readonly Statement _groupOfThread = connection.Prepare(GroupOfThreadSql);

    /// <summary>Recomputes the moments of a thread and of its group.</summary>
    public void Recompute(Guid thread, Guid group)
    {
        _thread.Set("@thread", thread).Send();
        RecomputeGroup(group);
    }

    /// <summary>Recomputes the thread's moment and its group's.</summary>
    public void Recompute(Guid thread)
    {
        _thread.Set("@thread", thread).Send();
        _groupOfThread.Set("@thread", thread);
        if (_groupOfThread.Step())
        {
            var group = _groupOfThread.Id(0);
            _groupOfThread.Reset();
            RecomputeGroup(group);
        }
    }

    /// <summary>Recomputes the group's moment alone.</summary>
    public void RecomputeGroup(Guid group) => _group.Set("@group", group).Send();
}
