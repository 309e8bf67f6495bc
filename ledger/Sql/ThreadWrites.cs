namespace ThreadGrains.Ledger.Sql;

/// <summary>
/// What an owner decides about a thread as a whole: <see cref="ILedger.CloseThread(Fence, Guid, string, Repost?, CancellationToken)"/>, <see cref="ILedger.ReopenThread"/>, <see cref="ILedger.Park"/>,
/// <see cref="ILedger.Expire"/>, <see cref="ILedger.ConfirmParent"/>, <see cref="ILedger.PostponeLookUp"/>.
/// </summary>
internal sealed class ThreadWrites(WriteSession session)
{
    private const string IsOfGroupSql = "select state = 'closed' from thread where id = @thread and group_id = @group";

    private const string ParkSql = """
        update thread
           set parked_at = case when parked = @error then parked_at else @now end, parked = @error, probe_at = @probeAt
         where id = @thread and state <> 'closed'
        """;

    private const string UnparkSql = """
        update thread set parked = null, parked_at = null, probe_at = null where id = @thread and parked is not null
        """;

    // What had been put off for the trouble's sake goes now that it is over.
    private const string HurrySql = """
        update delivery set due_at = @now
         where thread_id = @thread and state = 'pending' and state in ('pending', 'sending', 'in_doubt') and due_at > @now
        """;

    private const string ExpireSql = """
        update delivery set state = 'dead', reason = 'expired', finished_at = @now
         where thread_id = @thread and state = 'pending' and state in ('pending', 'sending', 'in_doubt') and queued_at < @before
           and exists (select 1 from thread t where t.id = @thread and t.parked is not null)
        """;

    private const string RootExpiredSql = """
        select 1 from delivery d join thread t on t.id = d.thread_id
         where t.id = @thread and t.state = 'posting' and d.thread_id = @thread and d.position = 1 and d.state = 'dead'
        """;

    private const string IsParkedSql = "select 1 from thread where id = @thread and parked is not null";

    private const string ConfirmSql = """
        update thread set ts = @ts, looked_up = true, look_up_due_at = null
         where id = @thread and adopted and state <> 'closed' and (not looked_up or ts = @ts)
        """;

    private const string PlaceSql = "select workspace, channel from thread where id = @thread";

    private const string PostponeSql = """
        update thread set look_up_due_at = @dueAt where id = @thread and adopted and not looked_up and state <> 'closed'
        """;

    // A root that was deleted has no thread any more; one that never got there has none yet. The bytes of an edit that was in
    // flight when the thread was closed may still be under way: 15 s are its window and what counts as lost. A parent of somebody
    // else's that was not looked up is looked up now; nothing else would ever wake the thread.
    private const string ReopenSql = $"""
        update thread
           set state = 'open', reason = null, closed_at = null, closed_sequence = null,
               look_up_due_at = case when not looked_up then @now end,
               revision_wanted = revision_wanted + case when adopted or edits_off then 0 else 1 end,
               edit_due_at = case when not adopted and not edits_off then @now + case when edit_open then 15000000 else 0 end end
         where id = @thread and state = 'closed' and ts is not null and reason not in {ClosingWrites.ForGood}
        """;

    private readonly Statement _isOfGroup = session.Connection.Prepare(IsOfGroupSql);
    private readonly Statement _park = session.Connection.Prepare(ParkSql);
    private readonly Statement _unpark = session.Connection.Prepare(UnparkSql);
    private readonly Statement _hurry = session.Connection.Prepare(HurrySql);
    private readonly Statement _expire = session.Connection.Prepare(ExpireSql);
    private readonly Statement _rootExpired = session.Connection.Prepare(RootExpiredSql);
    private readonly Statement _isParked = session.Connection.Prepare(IsParkedSql);
    private readonly Statement _confirm = session.Connection.Prepare(ConfirmSql);
    private readonly Statement _place = session.Connection.Prepare(PlaceSql);
    private readonly Statement _postpone = session.Connection.Prepare(PostponeSql);
    private readonly Statement _reopen = session.Connection.Prepare(ReopenSql);

    public Decision<WriteOutcome> Close(Fence fence, Guid thread, string reason, Repost? repost) => Fenced(fence, thread, now =>
    {
        session.Reposts.Close(thread, Reasons.Storable(reason), repost, null, now);
        return true;
    });

    public Decision<WriteOutcome> Reopen(Fence fence, Guid thread)
    {
        int? written = 0;
        var decision = Fenced(fence, thread, now => (written = session.Connection.RunUnlessTaken(_reopen.Set("@thread", thread).Set("@now", now))) == 1);
        return written is null ? Decision<WriteOutcome>.Dropping(WriteOutcome.Clash) : decision;
    }

    public Decision<WriteOutcome> Park(Fence fence, Guid thread, string? error, DateTimeOffset? probeAt) => Fenced(fence, thread, now =>
    {
        if (error is not null)
        {
            return _park.Set("@thread", thread).Set("@error", Reasons.Storable(error)).Set("@probeAt", probeAt).Set("@now", now).Run() == 1;
        }

        if (_unpark.Set("@thread", thread).Run() == 1)
        {
            _hurry.Set("@thread", thread).Set("@now", now).Run();
        }

        return true;
    });

    public Decision<WriteOutcome> Expire(Fence fence, Guid thread, DateTimeOffset acceptedBefore) => Fenced(fence, thread, now =>
    {
        if (!Asks(_isParked.Set("@thread", thread)))
        {
            return false;
        }

        int dead = _expire.Set("@thread", thread).Set("@before", acceptedBefore).Set("@now", now).Run();
        session.Members.Count(thread, dead: dead);
        if (dead > 0 && Asks(_rootExpired.Set("@thread", thread)))
        {
            session.Closing.Close(thread, "expired", now);             // a dead root takes its thread along
        }

        return true;
    });

    public Decision<WriteOutcome> ConfirmParent(Fence fence, Guid thread, string ts)
    {
        int? written = 0;
        var decision = Fenced(fence, thread, _ =>
        {
            written = session.Connection.RunUnlessTaken(_confirm.Set("@thread", thread).Set("@ts", ts));
            if (written == 1)
            {
                var (workspace, channel) = _place.Set("@thread", thread).One(row => Tuple.Create(row.Text(0), row.Text(1)))!;
                written = session.Cleanups.IsDemanded(workspace, channel, ts) ? null : 1;
            }

            return written == 1;
        });
        return written is null ? Decision<WriteOutcome>.Dropping(WriteOutcome.Clash) : decision;
    }

    public Decision<WriteOutcome> PostponeLookUp(Fence fence, Guid thread, DateTimeOffset dueAt) =>
        Fenced(fence, thread, _ => _postpone.Set("@thread", thread).Set("@dueAt", dueAt).Run() == 1);

    private Decision<WriteOutcome> Fenced(Fence fence, Guid thread, Func<long, bool> write)
    {
        if (!session.Fencing.Pass(fence))
        {
            return Decision<WriteOutcome>.Dropping(WriteOutcome.Fenced);
        }

        if (!Asks(_isOfGroup.Set("@thread", thread).Set("@group", fence.Group)) || !write(session.Now))
        {
            return Decision<WriteOutcome>.Dropping(WriteOutcome.NotPossible);
        }

        session.Wake.Recompute(thread);
        return Decision<WriteOutcome>.Keeping(WriteOutcome.Done);
    }

    private static bool Asks(Statement question)
    {
        bool yes = question.Step();
        question.Reset();
        return yes;
    }
}
