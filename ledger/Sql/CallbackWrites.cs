namespace ThreadGrains.Ledger.Sql;

/// <summary>Callbacks: made with the turn of their activity, ended by compare-and-set on the tries made, replayed by hand.</summary>
internal sealed class CallbackWrites(WriteSession session)
{
    private const string MakeSql = """
        insert into callback (id, organization, group_id, sequence, activity, body, state, due_at, accepted_at)
        values (@id, @organization, @group, @sequence, @activity, @body, 'pending', @now, @now)
        """;

    private const string SettleSql = """
        update callback
           set state = @state, attempts = attempts + @counted, due_at = coalesce(@dueAt, due_at), reason = @reason,
               finished_at = case when @state <> 'pending' then @now end
         where id = @id and state = 'pending' and attempts = @attempts   -- somebody else knew it before: no row
        returning group_id
        """;

    private const string FindSql = "select state from callback where id = @id and group_id = @group";

    // Its place stays that of its sequence: the tracker gets it before what waits, as near to the order of clicks as it can be.
    private const string ReplaySql = """
        update callback set state = 'pending', due_at = @now, forgiven = attempts, late = true, reason = null, finished_at = null
         where id = @id and state = 'dead'
        """;

    private readonly Statement _make = session.Connection.Prepare(MakeSql);
    private readonly Statement _settle = session.Connection.Prepare(SettleSql);
    private readonly Statement _find = session.Connection.Prepare(FindSql);
    private readonly Statement _replay = session.Connection.Prepare(ReplaySql);

    /// <summary>Makes the callbacks of a turn. The group's <c>wake_at</c> is the turn's own business.</summary>
    public void Make(Turn turn, long now)
    {
        foreach (var callback in turn.Callbacks)
        {
            _make.Set("@id", callback.Id).Set("@organization", turn.Name.Organization).Set("@group", turn.Fence.Group)
                .Set("@sequence", callback.Sequence).Set("@activity", callback.Activity).Set("@body", callback.Body).Set("@now", now).Run();
        }
    }

    public Decision<WriteOutcome> Settle(Guid callback, int attempts, CallbackResult result)
    {
        var (state, counted, dueAt, reason) = result switch
        {
            CallbackResult.Delivered => ("sent", 1, (DateTimeOffset?)null, (string?)null),
            CallbackResult.TryAgain again => ("pending", 1, again.DueAt, Reasons.Storable(again.Reason)),
            CallbackResult.Postponed later => ("pending", 0, later.DueAt, Reasons.Storable(later.Reason)),
            CallbackResult.Dead dead => ("dead", 1, null, Reasons.Storable(dead.Reason)),
            _ => throw new System.Diagnostics.UnreachableException($"No rule for {result.GetType().Name}"),
        };
        _settle.Set("@id", callback).Set("@attempts", attempts).Set("@state", state).Set("@counted", counted)
            .Set("@dueAt", dueAt).Set("@reason", reason).Set("@now", session.Now);
        if (!_settle.Step())
        {
            return Decision<WriteOutcome>.Dropping(WriteOutcome.NotPossible);
        }

        var group = _settle.Id(0);
        _settle.Reset();
        session.Wake.RecomputeGroup(group);
        return Decision<WriteOutcome>.Keeping(WriteOutcome.Done);
    }

    /// <summary>Replays one of the group's callbacks. The group's <c>wake_at</c> is the caller's business.</summary>
    public ReplayOutcome Replay(Guid group, Guid callback, long now)
    {
        if (_find.Set("@id", callback).Set("@group", group).One(row => row.Text(0)) is not { } state)
        {
            return ReplayOutcome.NotFound;
        }

        if (state != "dead")
        {
            return ReplayOutcome.NotDead;
        }

        _replay.Set("@id", callback).Set("@now", now).Run();
        return ReplayOutcome.Replayed;
    }
}
