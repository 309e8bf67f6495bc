namespace ThreadGrains.Ledger.Sql;

/// <summary>The accepts of one group: <see cref="ILedger.CommitTurn"/>. The hottest path; every statement is one seek or insert.</summary>
internal sealed class TurnWrites(WriteSession session)
{
    // An expired id may be used anew: it takes the place of the old one. 0 rows: it stands there and counts.
    private const string KeySql = """
        insert into activity_key (organization, kind, id, hash, receipt, expires_at)
        values (@organization, @kind, @id, @hash, @receipt, @expiresAt)
            on conflict (organization, kind, id) do update
           set hash = excluded.hash, receipt = excluded.receipt, expires_at = excluded.expires_at
         where activity_key.expires_at <= @now
        """;

    private const string KnownSql = """
        select hash, receipt from activity_key where organization = @organization and kind = @kind and id = @id
        """;

    private const string NewGroupSql = $"""
        insert into issue_group (id, organization, name, bucket, owner, epoch, next_sequence, status, assignee, details, wake_at)
        values (@group, @organization, @name, @bucket, @owner, @held, @next, @status, @assignee, @details,
                {WakeWrites.GroupMoment})
            on conflict do nothing                                   -- somebody else made it: no row
        """;

    private const string GroupSql = $"""
        update issue_group
           set owner = @owner, epoch = @held, next_sequence = @next, status = @status, assignee = @assignee, details = @details,
               wake_at = {WakeWrites.GroupMoment}
         where id = @group and epoch = @epoch and next_sequence = @first
           and (@takeOver or owner = @owner)                         -- not ours any more: no row
        """;

    private const string IssueSql = """
        insert into issue (group_id, facts) values (@group, @facts)
            on conflict (group_id) do update set facts = excluded.facts
        """;

    private const string ActivitySql = """
        insert into activity (group_id, sequence, kind, sender_id, type, actor, data, deliveries, remaining, accepted_at, occurred_at,
                              trace)
        values (@group, @sequence, @kind, @senderId, @type, @actor, @data, @deliveries, @remaining, @now, @occurredAt, @trace)
        """;

    private const string OlderActivitySql =
        "update activity set remaining = remaining + 1 where group_id = @group and sequence = @sequence";

    // An adopted root has its ts already, but nothing may go under it before it was looked up: that is due at once.
    private const string ThreadSql = """
        insert into thread (id, group_id, workspace, channel, rule, open_period, ts, state, registered_sequence,
                            adopted, looked_up, look_up_due_at, wake_at)
        values (@thread, @group, @workspace, @channel, @rule, @openPeriod, @ts, case when @ts is null then 'posting' else 'open' end, @registered,
                @ts is not null, @ts is null, case when @ts is not null then @now end, case when @ts is not null then @now end)
            on conflict do nothing                                   -- its place or message belongs to another thread: no row
        """;

    // The next place at the end. Behind others that have not ended it changes nothing about when the thread is due, nor while
    // the parent was not looked up; alone it is due now, while parked not before the probe.
    private const string PlaceSql = """
        update thread
           set last_position = last_position + 1, made = made + 1,
               wake_at = case when not looked_up or made > sent + dead + cancelled then wake_at
                              else least(coalesce(wake_at, 9223372036854775807), greatest(@now, coalesce(probe_at, 0))) end
         where id = @thread and group_id = @group and state <> 'closed'
        returning last_position
        """;

    private const string DeliverySql = """
        insert into delivery (id, organization, thread_id, position, sequence, kind, state, due_at, queued_at, broadcast)
        values (@id, @organization, @thread, @position, @sequence, @kind, 'pending', @now, @now, @broadcast)
        """;

    // An edit that was postponed stays postponed: its bytes may still be under way, and an older card would come out on top.
    private const string RevisionSql = """
        update thread
           set revision_wanted = revision_wanted + 1,
               edit_due_at = case when state = 'open' and not adopted and not edits_off then coalesce(edit_due_at, @now) end,
               wake_at = case when state = 'open' and not adopted and not edits_off
                              then least(coalesce(wake_at, 9223372036854775807), coalesce(edit_due_at, @now)) else wake_at end
         where id = @thread and group_id = @group and state <> 'closed'
        """;

    private const string HoldsSql = """
        select 1
         where (@isNew and not exists (select 1 from issue_group where organization = @organization and name = @name))
            or (not @isNew and exists (select 1 from issue_group where id = @group and epoch = @epoch and next_sequence = @first
                                                                   and (@takeOver or owner = @owner)))
        """;

    private readonly Statement _key = session.Connection.Prepare(KeySql);
    private readonly Statement _known = session.Connection.Prepare(KnownSql);
    private readonly Statement _newGroup = session.Connection.Prepare(NewGroupSql);
    private readonly Statement _group = session.Connection.Prepare(GroupSql);
    private readonly Statement _issue = session.Connection.Prepare(IssueSql);
    private readonly Statement _activity = session.Connection.Prepare(ActivitySql);
    private readonly Statement _olderActivity = session.Connection.Prepare(OlderActivitySql);
    private readonly Statement _thread = session.Connection.Prepare(ThreadSql);
    private readonly Statement _place = session.Connection.Prepare(PlaceSql);
    private readonly Statement _delivery = session.Connection.Prepare(DeliverySql);
    private readonly Statement _revision = session.Connection.Prepare(RevisionSql);
    private readonly Statement _holds = session.Connection.Prepare(HoldsSql);

    public Decision<TurnOutcome> Commit(Turn turn)
    {
        if (TurnRules.Violation(turn) is { } violation)
        {
            return Drop(new TurnOutcome.Refused(violation));
        }

        long now = session.Now;
        if (TakeKeys(turn, now) is { Count: > 0 } known)
        {
            return Drop(new TurnOutcome.Known(known));
        }

        // The fence is written after threads and callbacks, because the group's wake_at follows from theirs; one that does not hold undoes
        // all. Where something is in the way before it, it is asked first all the same: what an owner of yesterday believes
        // about threads is no news about the group.
        TurnOutcome? refused;
        try
        {
            refused = Register(turn, now) ?? Deliver(turn, now);
            if (refused is null)
            {
                session.Callbacks.Make(turn, now);
            }
        }
        catch (DatabaseFailure failure) when (failure.IsUnique)
        {
            session.Connection.Retreat();
            refused = new TurnOutcome.Refused(failure.Message);
        }

        if (refused is not null)
        {
            return Drop(FenceHolds(turn) ? refused : new TurnOutcome.Fenced());
        }

        if (Fence(turn) == 0)
        {
            return Drop(new TurnOutcome.Fenced());
        }

        Store(turn, now);
        return Decision<TurnOutcome>.Keeping(new TurnOutcome.Taken(Moment.FromMicroseconds(now)) { BatchSize = session.BatchSize });
    }

    private static Decision<TurnOutcome> Drop(TurnOutcome outcome) => Decision<TurnOutcome>.Dropping(outcome);

    private List<KnownKey>? TakeKeys(Turn turn, long now)
    {
        List<KnownKey>? known = null;
        foreach (var key in turn.Keys)
        {
            _key.Set("@organization", turn.Name.Organization).Set("@kind", key.Kind).Set("@id", key.Id).Set("@hash", key.Hash)
                .Set("@receipt", key.Receipt).Set("@expiresAt", key.ExpiresAt).Set("@now", now);
            if (_key.Run() == 0)
            {
                _known.Set("@organization", turn.Name.Organization).Set("@kind", key.Kind).Set("@id", key.Id);
                (known ??= []).Add(_known.One(row => new KnownKey(key.Kind, key.Id, row.Bytes(0), row.Text(1)))!);
            }
        }

        return known;
    }

    /// <returns>What is in the way, or null.</returns>
    private TurnOutcome.Clash? Register(Turn turn, long now)
    {
        foreach (var thread in turn.Threads)
        {
            if (thread.AdoptedTs is { } ts && session.Cleanups.IsDemanded(thread.Workspace, thread.Channel, ts))
            {
                return new TurnOutcome.Clash();
            }

            _thread.Set("@thread", thread.Id).Set("@group", turn.Fence.Group).Set("@workspace", thread.Workspace)
                .Set("@channel", thread.Channel).Set("@rule", thread.Rule).Set("@openPeriod", thread.OpenPeriod)
                .Set("@ts", thread.AdoptedTs).Set("@registered", thread.RegisteredSequence).Set("@now", now);
            if (_thread.Run() == 0)
            {
                return new TurnOutcome.Clash();
            }
        }

        return null;
    }

    /// <returns>What is in the way, or null.</returns>
    private TurnOutcome? Deliver(Turn turn, long now)
    {
        foreach (var delivery in turn.Deliveries)
        {
            _place.Set("@thread", delivery.Thread).Set("@group", turn.Fence.Group).Set("@now", now);
            if (!_place.Step())
            {
                return new TurnOutcome.Stale();
            }

            long position = _place.Int64(0);
            _place.Reset();
            _delivery.Set("@id", delivery.Id).Set("@organization", turn.Name.Organization).Set("@thread", delivery.Thread)
                .Set("@position", position).Set("@sequence", delivery.Sequence).Set("@kind", Words.Of(delivery.Kind))
                .Set("@now", now).Set("@broadcast", delivery.Broadcast).Run();

            if (delivery.Sequence < turn.FirstSequence
                && _olderActivity.Set("@group", turn.Fence.Group).Set("@sequence", delivery.Sequence).Run() == 0)
            {
                return new TurnOutcome.Refused($"A delivery tells activity {delivery.Sequence}, which the group does not have (any more).");
            }
        }

        foreach (var thread in turn.WantedRevisions)
        {
            if (_revision.Set("@thread", thread).Set("@group", turn.Fence.Group).Set("@now", now).Run() == 0)
            {
                return new TurnOutcome.Stale();
            }
        }

        return null;
    }

    private void Store(Turn turn, long now)
    {
        if (turn.Issue is not null || turn.IsNew)
        {
            _issue.Set("@group", turn.Fence.Group).Set("@facts", turn.Issue ?? "{}").Run();
        }

        foreach (var activity in turn.Activities)
        {
            int remaining = 0;
            foreach (var delivery in turn.Deliveries)
            {
                remaining += delivery.Sequence == activity.Sequence ? 1 : 0;
            }

            _activity.Set("@group", turn.Fence.Group).Set("@sequence", activity.Sequence).Set("@kind", activity.Kind)
                .Set("@senderId", activity.SenderId).Set("@type", activity.Type).Set("@actor", activity.Actor)
                .Set("@data", activity.Data).Set("@deliveries", activity.Deliveries).Set("@remaining", remaining)
                .Set("@now", now).Set("@occurredAt", activity.OccurredAt).Set("@trace", activity.Trace).Run();
        }
    }

    private int Fence(Turn turn)
    {
        var (fence, state) = (turn.Fence, turn.State);
        var statement = turn.IsNew ? _newGroup : _group;
        statement.Set("@group", fence.Group).Set("@owner", fence.Owner).Set("@held", fence.HeldAfter)
            .Set("@next", turn.FirstSequence + turn.Activities.Count)
            .Set("@status", state.Status).Set("@assignee", state.Assignee).Set("@details", state.Details);
        if (turn.IsNew)
        {
            statement.Set("@organization", turn.Name.Organization).Set("@name", turn.Name.Group).Set("@bucket", turn.Bucket);
        }
        else
        {
            statement.Set("@epoch", fence.Epoch).Set("@first", turn.FirstSequence).Set("@takeOver", fence.TakeOver);
        }

        return statement.Run();
    }

    private bool FenceHolds(Turn turn)
    {
        bool holds = _holds.Set("@isNew", turn.IsNew).Set("@organization", turn.Name.Organization).Set("@name", turn.Name.Group)
            .Set("@group", turn.Fence.Group).Set("@epoch", turn.Fence.Epoch).Set("@first", turn.FirstSequence)
            .Set("@takeOver", turn.Fence.TakeOver).Set("@owner", turn.Fence.Owner).Step();
        _holds.Reset();
        return holds;
    }
}
