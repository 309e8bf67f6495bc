using Npgsql;
using NpgsqlTypes;
using ThreadGrains.Ledger.Sql;

namespace ThreadGrains.Ledger.PostgreSql;

/// <summary>
/// Turns, all those of a batch in one exchange with the server: each table is written once with all their rows. What is not
/// plain (an id that is known, a group that is not the writer's any more, a callback, an adopted root, a text that cannot be stored) is left to
/// be written one by one, by the statements that all databases share; and if anything comes out otherwise than expected, all are.
/// </summary>
internal sealed class PostgreSqlTurns : IDisposable
{
    private const string Moment = """
        (select min(due) from (
            select min(t.wake_at) as due from thread t where t.group_id = n.id and t.wake_at is not null
            union all
            select * from (select c.due_at from callback c
                            where c.group_id = n.id and c.state = 'pending' order by c.sequence limit 1) as these) as these)
        """;

    private const string Keys = """
        insert into activity_key (organization, kind, id, hash, receipt, expires_at)
        select * from unnest($1, $2, $3, $4, $5, $6)
            on conflict (organization, kind, id) do update
           set hash = excluded.hash, receipt = excluded.receipt, expires_at = excluded.expires_at
         where activity_key.expires_at <= $7
        """;

    private const string Threads = """
        insert into thread (id, group_id, workspace, channel, rule, open_period, state, registered_sequence, adopted, looked_up)
        select n.id, n.group_id, n.workspace, n.channel, n.rule, n.open_period, 'posting', n.registered, false, true
          from unnest($1, $2, $3, $4, $5, $6, $7) as n(id, group_id, workspace, channel, rule, open_period, registered)
            on conflict do nothing
        """;

    private const string Places = """
        update thread as t
           set last_position = t.last_position + n.more, made = t.made + n.more,
               wake_at = case when not t.looked_up or t.made > t.sent + t.dead + t.cancelled then t.wake_at
                              else least(coalesce(t.wake_at, 9223372036854775807), greatest($4, coalesce(t.probe_at, 0))) end
          from unnest($1, $2, $3) as n(id, group_id, more)
         where t.id = n.id and t.group_id = n.group_id and t.state <> 'closed'
        """;

    private const string Deliveries = """
        insert into delivery (id, organization, thread_id, position, sequence, kind, state, due_at, queued_at, broadcast)
        select n.id, n.organization, n.thread_id, t.last_position - n.behind, n.sequence, n.kind, 'pending', $8, $8, n.broadcast
          from unnest($1, $2, $3, $4, $5, $6, $7) as n(id, organization, thread_id, behind, sequence, kind, broadcast)
               join thread t on t.id = n.thread_id
        """;

    private const string Revisions = """
        update thread as t
           set revision_wanted = t.revision_wanted + 1,
               edit_due_at = case when t.state = 'open' and not t.adopted and not t.edits_off then coalesce(t.edit_due_at, $3) end,
               wake_at = case when t.state = 'open' and not t.adopted and not t.edits_off
                              then least(coalesce(t.wake_at, 9223372036854775807), coalesce(t.edit_due_at, $3)) else t.wake_at end
          from unnest($1, $2) as n(id, group_id)
         where t.id = n.id and t.group_id = n.group_id and t.state <> 'closed'
        """;

    private const string NewGroups = $"""
        insert into issue_group (id, organization, name, bucket, owner, epoch, next_sequence, status, assignee, details, wake_at)
        select n.id, n.organization, n.name, n.bucket, n.owner, n.held, n.next, n.status, n.assignee, n.details, {Moment}
          from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
               as n(id, organization, name, bucket, owner, held, next, status, assignee, details)
            on conflict do nothing
        """;

    private const string Groups = $"""
        update issue_group as g
           set owner = n.owner, epoch = n.held, next_sequence = n.next, status = n.status, assignee = n.assignee, details = n.details,
               wake_at = {Moment}
          from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
               as n(id, epoch, first, owner, held, next, status, assignee, details)
         where g.id = n.id and g.epoch = n.epoch and g.next_sequence = n.first
        """;

    private const string Issues = """
        insert into issue (group_id, facts) select * from unnest($1, $2)
            on conflict (group_id) do update set facts = excluded.facts
        """;

    private const string Activities = """
        insert into activity (group_id, sequence, kind, sender_id, type, actor, data, deliveries, remaining, accepted_at, occurred_at, trace)
        select n.group_id, n.sequence, n.kind, n.sender_id, n.type, n.actor, n.data, n.deliveries, n.remaining, $12, n.occurred_at, n.trace
          from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
               as n(group_id, sequence, kind, sender_id, type, actor, data, deliveries, remaining, occurred_at, trace)
        """;

    private const NpgsqlDbType Id = NpgsqlDbType.Array | NpgsqlDbType.Uuid;
    private const NpgsqlDbType Text = NpgsqlDbType.Array | NpgsqlDbType.Text;
    private const NpgsqlDbType Number = NpgsqlDbType.Array | NpgsqlDbType.Bigint;
    private const NpgsqlDbType Small = NpgsqlDbType.Array | NpgsqlDbType.Integer;
    private const NpgsqlDbType Flag = NpgsqlDbType.Array | NpgsqlDbType.Boolean;
    private const NpgsqlDbType Bytes = NpgsqlDbType.Array | NpgsqlDbType.Bytea;
    private const NpgsqlDbType Now = NpgsqlDbType.Bigint;

    private readonly PostgreSqlConnection _connection;
    private readonly NpgsqlBatch _write;

    public PostgreSqlTurns(PostgreSqlConnection connection)
    {
        _connection = connection;
        _write = new NpgsqlBatch(connection.Npgsql);
        Add("savepoint together");
        Add(Keys, Text, Text, Text, Bytes, Text, Number, Now);
        Add(Threads, Id, Id, Text, Text, Text, Text, Number);
        Add(Places, Id, Id, Number, Now);
        Add(Deliveries, Id, Text, Id, Number, Number, Text, Flag, Now);
        Add(Revisions, Id, Id, Now);
        Add(NewGroups, Id, Text, Text, Small, Text, Number, Number, Text, Text, Text);
        Add(Groups, Id, Number, Number, Text, Number, Number, Text, Text, Text);
        Add(Issues, Id, Text);
        Add(Activities, Id, Number, Text, Text, Text, Text, Text, Small, Small, Number, Text, Now);
        connection.Ask(() =>
        {
            _write.Prepare();
            return true;
        });
    }

    /// <summary>Writes the turns that are plain, or none of them.</summary>
    /// <returns>The items that are left.</returns>
    public IReadOnlyList<WriteItem> Apply(IReadOnlyList<WriteItem> items, int batchSize)
    {
        var plain = Plain(items);
        if (plain.Count == 0 || !Write([.. plain.Select(item => item.Turn)]))
        {
            return items;
        }

        var taken = new TurnOutcome.Taken(Sql.Moment.FromMicroseconds(_connection.Now)) { BatchSize = batchSize };
        var written = new HashSet<WriteItem>(plain);
        foreach (var item in plain)
        {
            item.Take(taken);
        }

        return [.. items.Where(item => !written.Contains(item))];
    }

    public void Dispose() => _write.Dispose();

    private void Add(string text, params NpgsqlDbType[] types)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var type in types)
        {
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
        }

        _write.BatchCommands.Add(command);
    }

    /// <summary>Those for which nothing speaks against it, as far as can be told here: the groups' rows are locked and known.</summary>
    private List<TurnItem> Plain(IReadOnlyList<WriteItem> items)
    {
        var plain = new List<TurnItem>();
        var groups = new HashSet<Guid>();
        var names = new HashSet<GroupName>();
        var keys = new HashSet<(string, string, string)>();
        foreach (var item in items.OfType<TurnItem>())
        {
            var turn = item.Turn;
            if (Holds(turn) && TurnRules.Violation(turn) is null && turn.Callbacks.Count == 0
                && turn.Threads.All(thread => thread.AdoptedTs is null)
                && turn.Deliveries.All(delivery => delivery.Sequence >= turn.FirstSequence)
                && turn.WantedRevisions.Distinct().Count() == turn.WantedRevisions.Count
                && Texts(turn).All(text => text is null || PostgreSqlStatement.IsStorable(text))
                && groups.Add(turn.Fence.Group) && names.Add(turn.Name)
                && turn.Keys.All(key => !_connection.Opening.IsKnown(turn.Name.Organization, key, _connection.Now) && keys.Add((turn.Name.Organization, key.Kind, key.Id))))
            {
                plain.Add(item);
            }
        }

        return plain;
    }

    private bool Holds(Turn turn) => turn.IsNew
        ? !_connection.Opening.Locked.ContainsKey(turn.Fence.Group)
        : _connection.Opening.Locked.TryGetValue(turn.Fence.Group, out var group) && group.Epoch == turn.Fence.Epoch
            && group.NextSequence == turn.FirstSequence && (turn.Fence.TakeOver || group.Owner == turn.Fence.Owner);

    /// <returns>False: something came out otherwise, and nothing was written.</returns>
    private bool Write(List<Turn> turns)
    {
        int[] expected = Fill(turns, _connection.Now);
        try
        {
            if (_connection.Ask(() =>
            {
                _write.ExecuteNonQuery();
                return Enumerable.Range(0, expected.Length).All(i => _write.BatchCommands[i + 1].RecordsAffected == expected[i]);
            }))
            {
                return true;
            }
        }
        catch (PostgreSqlFailure failure) when (failure.IsOfTheData)
        {
        }

        _connection.Run("rollback to savepoint together");
        return false;
    }

    /// <returns>How many rows each statement must write, in their order.</returns>
    private int[] Fill(List<Turn> turns, long now)
    {
        int next = 0;
        void Set(params object[] values)
        {
            var command = _write.BatchCommands[++next];
            for (int i = 0; i < values.Length; i++)
            {
                command.Parameters[i].Value = values[i];
            }
        }

        // In one order everywhere, so that two silos with the same ids wait for each other and never deadlock.
        var keys = turns.SelectMany(turn => turn.Keys.Select(key => (turn.Name.Organization, Key: key)))
            .OrderBy(key => key.Organization, StringComparer.Ordinal).ThenBy(key => key.Key.Kind, StringComparer.Ordinal).ThenBy(key => key.Key.Id, StringComparer.Ordinal).ToList();
        Set(Column(keys, key => key.Organization), Column(keys, key => key.Key.Kind), Column(keys, key => key.Key.Id),
            Column(keys, key => key.Key.Hash), Column(keys, key => key.Key.Receipt),
            Column(keys, key => Sql.Moment.ToMicroseconds(key.Key.ExpiresAt)), now);

        var threads = turns.SelectMany(turn => turn.Threads.Select(thread => (Group: turn.Fence.Group, Thread: thread))).ToList();
        Set(Column(threads, row => row.Thread.Id), Column(threads, row => row.Group), Column(threads, row => row.Thread.Workspace),
            Column(threads, row => row.Thread.Channel), Column(threads, row => row.Thread.Rule), Column(threads, row => row.Thread.OpenPeriod),
            Column(threads, row => row.Thread.RegisteredSequence));

        var deliveries = turns.SelectMany(turn => turn.Deliveries.Select(delivery => (Turn: turn, Delivery: delivery))).ToList();
        var places = deliveries.GroupBy(row => row.Delivery.Thread)
            .Select(thread => (Id: thread.Key, Group: thread.First().Turn.Fence.Group, More: (long)thread.Count())).OrderBy(place => place.Id).ToList();
        Set(Column(places, place => place.Id), Column(places, place => place.Group), Column(places, place => place.More), now);

        var ahead = new Dictionary<Guid, long>();
        var behind = new long[deliveries.Count];
        for (int i = deliveries.Count - 1; i >= 0; i--)
        {
            var thread = deliveries[i].Delivery.Thread;
            behind[i] = ahead.GetValueOrDefault(thread);
            ahead[thread] = behind[i] + 1;
        }

        Set(Column(deliveries, row => row.Delivery.Id), Column(deliveries, row => row.Turn.Name.Organization), Column(deliveries, row => row.Delivery.Thread),
            behind, Column(deliveries, row => row.Delivery.Sequence), Column(deliveries, row => Words.Of(row.Delivery.Kind)),
            Column(deliveries, row => row.Delivery.Broadcast), now);

        var revisions = turns.SelectMany(turn => turn.WantedRevisions.Select(thread => (Group: turn.Fence.Group, Thread: thread))).ToList();
        Set(Column(revisions, row => row.Thread), Column(revisions, row => row.Group), now);

        var made = turns.FindAll(turn => turn.IsNew);
        Set(Column(made, turn => turn.Fence.Group), Column(made, turn => turn.Name.Organization), Column(made, turn => turn.Name.Group),
            Column(made, turn => turn.Bucket), Column(made, turn => turn.Fence.Owner), Column(made, turn => turn.Fence.HeldAfter),
            Column(made, Next), Column(made, turn => turn.State.Status), Column(made, turn => turn.State.Assignee), Column(made, turn => turn.State.Details));

        var standing = turns.FindAll(turn => !turn.IsNew);
        Set(Column(standing, turn => turn.Fence.Group), Column(standing, turn => turn.Fence.Epoch), Column(standing, turn => turn.FirstSequence),
            Column(standing, turn => turn.Fence.Owner), Column(standing, turn => turn.Fence.HeldAfter), Column(standing, Next),
            Column(standing, turn => turn.State.Status), Column(standing, turn => turn.State.Assignee), Column(standing, turn => turn.State.Details));

        var issues = turns.FindAll(turn => turn.Issue is not null || turn.IsNew);
        Set(Column(issues, turn => turn.Fence.Group), Column(issues, turn => turn.Issue ?? "{}"));

        var activities = turns.SelectMany(turn => turn.Activities.Select(activity => (
            Group: turn.Fence.Group, Activity: activity, Remaining: turn.Deliveries.Count(delivery => delivery.Sequence == activity.Sequence)))).ToList();
        Set(Column(activities, row => row.Group), Column(activities, row => row.Activity.Sequence), Column(activities, row => row.Activity.Kind),
            Column(activities, row => row.Activity.SenderId), Column(activities, row => row.Activity.Type), Column(activities, row => row.Activity.Actor),
            Column(activities, row => row.Activity.Data), Column(activities, row => row.Activity.Deliveries), Column(activities, row => row.Remaining),
            Column(activities, row => Sql.Moment.ToMicroseconds(row.Activity.OccurredAt)), Column(activities, row => row.Activity.Trace), now);

        return [keys.Count, threads.Count, places.Count, deliveries.Count, revisions.Count, made.Count, standing.Count, issues.Count, activities.Count];
    }

    private static long Next(Turn turn) => turn.FirstSequence + turn.Activities.Count;

    private static TColumn[] Column<TRow, TColumn>(List<TRow> rows, Func<TRow, TColumn> value)
    {
        var column = new TColumn[rows.Count];
        for (int i = 0; i < column.Length; i++)
        {
            column[i] = value(rows[i]);
        }

        return column;
    }

    private static IEnumerable<string?> Texts(Turn turn) =>
    [
        turn.Name.Organization, turn.Name.Group, turn.Fence.Owner, turn.State.Status, turn.State.Assignee, turn.State.Details, turn.Issue,
        .. turn.Keys.SelectMany(key => (string[])[key.Kind, key.Id, key.Receipt]),
        .. turn.Threads.SelectMany(thread => (string[])[thread.Workspace, thread.Channel, thread.Rule, thread.OpenPeriod]),
        .. turn.Activities.SelectMany(activity => (string?[])[activity.Kind, activity.SenderId, activity.Type, activity.Actor, activity.Data, activity.Trace]),
    ];
}
