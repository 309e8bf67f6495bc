namespace ThreadGrains.Ledger.Sql;

/// <summary>Reads for people: lists of deliveries and callbacks, history included, and totals.</summary>
internal sealed class ReportReads(LedgerConnection connection)
{
    // The reason of one that waits in a parked thread is the thread's.
    private const string Live = """
        select d.id as id, g.name, a.sender_id, d.kind, t.workspace, t.channel, t.ts, d.sequence, d.state as state, d.attempts,
               d.late, d.post_id, case when d.state = 'sent' then p.slack_ts end,
               case when d.state = 'pending' and t.parked is not null then 'parked:' || t.parked else d.reason end as reason
          from delivery d join thread t on t.id = d.thread_id join issue_group g on g.id = t.group_id
               join activity a on a.group_id = t.group_id and a.sequence = d.sequence
               left join post p on p.id = d.post_id
        """;

    private const string History = """
        select d.id as id, g.name, d.sender_id, d.kind, t.workspace, t.channel, t.ts, d.sequence, d.state as state, d.attempts,
               d.late, d.post_id, d.slack_ts, d.reason as reason
          from history_delivery d join thread t on t.id = d.thread_id join issue_group g on g.id = t.group_id
        """;

    // A callback has no place in Slack, so that filters by place leave it out.
    private const string Callback = """
        select c.id as id, g.name, c.activity, 'callback', null, null, null, c.sequence, c.state as state, c.attempts - c.forgiven,
               c.late, null, null, c.reason as reason
          from callback c join issue_group g on g.id = c.group_id
        """;

    private const string CallbackHistory = """
        select c.id as id, g.name, c.activity, 'callback', null, null, null, c.sequence, 'sent' as state, c.attempts,
               c.late, null, null, null as reason
          from history_callback c join issue_group g on g.id = c.group_id
        """;

    private const string CallbackFilters = """
           and (@kind is null or @kind = 'callback')
           and (@delivery is null or c.id = @delivery)
           and (@group is null or g.name = @group)
           and @workspace is null and @channel is null
           and c.id > @after
        """;

    private const string Filters = """
           and (@kind is null or d.kind = @kind)
           and (@delivery is null or d.id = @delivery)
           and (@group is null or g.name = @group)
           and (@state is null or d.state = @state)
           and (@workspace is null or t.workspace = @workspace)
           and (@channel is null or t.channel = @channel)
           and d.id > @after
        """;

    private const string Reason = "(@reason is null or reason = @reason)";

    private const string ByIdSql = $"""
        select * from (
            {Live} where d.id = @delivery and d.organization = @organization {Filters}
            union all
            {History} where d.id = @delivery and d.organization = @organization {Filters}
            union all
            {Callback} where (@state is null or c.state = @state) and c.id = @delivery and c.organization = @organization {CallbackFilters}
            union all
            {CallbackHistory} where (@state is null or @state = 'sent') and c.id = @delivery and c.organization = @organization {CallbackFilters}) as these
         where {Reason} order by id limit @limit
        """;

    private const string ByGroupSql = $"""
        select * from (
            {Live} where g.organization = @organization and g.name = @group {Filters}
            union all
            {History} where g.organization = @organization and g.name = @group {Filters}
            union all
            {Callback} where (@state is null or c.state = @state) and g.organization = @organization and g.name = @group {CallbackFilters}
            union all
            {CallbackHistory} where (@state is null or @state = 'sent') and g.organization = @organization and g.name = @group {CallbackFilters}) as these
         where {Reason} order by id limit @limit
        """;

    // What has not ended is in the small index of just these, and never in history.
    private const string UnfinishedSql = $"""
        select * from (
            {Live} where d.state in ('pending', 'sending', 'in_doubt') and d.organization = @organization {Filters}
            union all
            {Callback} where (@state is null or c.state = @state) and c.state = 'pending' and c.organization = @organization {CallbackFilters}) as these
         where {Reason} order by id limit @limit
        """;

    private const string DeadSql = $"""
        select * from (
            {Live} where d.state = 'dead' and d.organization = @organization {Filters}
            union all
            {Callback} where (@state is null or c.state = @state) and c.state = 'dead' and c.organization = @organization {CallbackFilters}) as these
         where {Reason} order by id limit @limit
        """;

    private const string AllSql = $"""
        select * from (
            {Live} where d.organization = @organization {Filters}
            union all
            {History} where d.organization = @organization {Filters}
            union all
            {Callback} where (@state is null or c.state = @state) and c.organization = @organization {CallbackFilters}
            union all
            {CallbackHistory} where (@state is null or @state = 'sent') and c.organization = @organization {CallbackFilters}) as these
         where {Reason} order by id limit @limit
        """;

    // Read from the two small indexes of what has not ended and of what is dead. Aggregates instead of a group by: that would
    // sort. An index of its own by state and time would be written at every claim and result, to spare a look every few seconds.
    private const string UnfinishedTotalsSql = """
        select count(*) filter (where d.state = 'pending' and t.parked is null),
               count(*) filter (where d.state = 'pending' and t.parked is not null),
               count(*) filter (where d.state = 'sending'), count(*) filter (where d.state = 'in_doubt'),
               min(d.queued_at) filter (where d.state = 'pending' and t.parked is null),
               min(d.queued_at) filter (where d.state = 'pending' and t.parked is not null),
               min(coalesce(p.doubt_since, p.claimed_at)) filter (where d.state = 'in_doubt')
          from delivery d join thread t on t.id = d.thread_id
               left join post p on p.id = d.post_id and d.state = 'in_doubt'
         where d.state in ('pending', 'sending', 'in_doubt') and (@organization is null or d.organization = @organization)
        """;

    private const string DeadTotalSql = """
        select count(*) from delivery d where d.state = 'dead' and (@organization is null or d.organization = @organization)
        """;

    private readonly Statement _byId = connection.Prepare(ByIdSql);
    private readonly Statement _byGroup = connection.Prepare(ByGroupSql);
    private readonly Statement _unfinished = connection.Prepare(UnfinishedSql);
    private readonly Statement _dead = connection.Prepare(DeadSql);
    private readonly Statement _all = connection.Prepare(AllSql);
    private readonly Statement _unfinishedTotals = connection.Prepare(UnfinishedTotalsSql);
    private readonly Statement _deadTotal = connection.Prepare(DeadTotalSql);

    public IReadOnlyList<DeliveryReport> Deliveries(DeliveryQuery query)
    {
        var statement = query switch
        {
            { Delivery: not null } => _byId,
            { Group: not null } => _byGroup,
            { State: DeliveryState.Pending or DeliveryState.Sending or DeliveryState.InDoubt } => _unfinished,
            { State: DeliveryState.Dead } => _dead,
            _ => _all,
        };
        return statement.Set("@organization", query.Organization).Set("@delivery", query.Delivery).Set("@group", query.Group)
            .Set("@state", query.State is { } state ? Words.Of(state) : null).Set("@reason", query.Reason)
            .Set("@kind", query.Kind is { } kind ? Words.Of(kind) : null).Set("@workspace", query.Workspace).Set("@channel", query.Channel).Set("@after", query.After ?? Guid.Empty)
            .Set("@limit", query.Limit).All(Rows.Report);
    }

    public LedgerTotals Totals(string? organization)
    {
        long dead = _deadTotal.Set("@organization", organization).One(row => Tuple.Create(row.Int64(0)))!.Item1;
        return _unfinishedTotals.Set("@organization", organization).One(row => new LedgerTotals(
            row.Int64(0), row.Int64(1), row.Int64(2), row.Int64(3), dead, row.AtOrNull(4), row.AtOrNull(5), row.AtOrNull(6)))!;
    }
}
