namespace ThreadGrains.Ledger.Sql;

/// <summary>Reads of a thread's work: everything that its next step depends on.</summary>
internal sealed class ThreadReads(LedgerConnection connection)
{
    /// <summary>More than a message holds.</summary>
    private const int MaxTold = 200;

    private const string ThreadSql = $"""
        select {Rows.ThreadColumns}, g.organization, g.name, g.owner, g.epoch, g.status, g.assignee, g.details, i.facts
          from thread t join issue_group g on g.id = t.group_id join issue i on i.group_id = g.id
         where t.id = @thread
        """;

    private const string InFlightSql = $"""
        select {Rows.PostColumns} from post p where p.thread_id = @thread and p.state in ('sending', 'in_doubt')
        """;

    private const string PostSql = $"select {Rows.PostColumns} from post p where p.id = @post";

    private const string MemberIdsSql = "select m.delivery_id from post_member m where m.post_id = @post order by m.ordinal";

    private const string InFlightMemberIdsSql = """
        select m.delivery_id from post p join post_member m on m.post_id = p.id
         where p.thread_id = @thread and p.state in ('sending', 'in_doubt') order by m.ordinal
        """;

    private const string InFlightMembersSql = $"""
        select {Rows.DeliveryColumns}
          from thread t join post p on p.thread_id = t.id and p.state in ('sending', 'in_doubt')
               join post_member m on m.post_id = p.id join delivery d on d.id = m.delivery_id
               join activity a on a.group_id = t.group_id and a.sequence = d.sequence
         where t.id = @thread order by m.ordinal
        """;

    private const string PendingSql = $"""
        select {Rows.DeliveryColumns}
          from thread t join delivery d on d.thread_id = t.id join activity a on a.group_id = t.group_id and a.sequence = d.sequence
         where t.id = @thread and d.state in ('pending', 'sending', 'in_doubt') and d.state = 'pending'
         order by d.position limit @limit
        """;

    private const string ToldSql = $"""
        select {Rows.DeliveryColumns}
          from delivery d join activity a on a.group_id = @group and a.sequence = d.sequence
         where d.recap_id = @recap and d.state in ('cancelled', 'dead') and d.kind in ('reply', 'repeat')
         order by d.sequence, d.position limit @limit
        """;

    /// <summary>How many deliveries a recap tells, and whether anything of the former thread is still open.</summary>
    public const string RecapSql = """
        select count(*) filter (where d.state in ('cancelled', 'dead') and d.kind in ('reply', 'repeat')),
               count(*) filter (where d.state in ('sending', 'in_doubt'))
               + (select count(*) from thread t join observation o on o.thread_id = t.reposted_from and o.ended_at is null
                   where t.id = @thread)
          from delivery d where d.recap_id = @recap
        """;

    // The lowest first: where nothing is named yet it is the copy that stays.
    private const string ObservationsSql = """
        select o.id, o.post_id, o.ts, o.what from observation o
         where o.thread_id = @thread and o.ended_at is null order by o.ts, o.id
        """;

    private const string CleanupsSql = """
        select c.id, c.channel, c.ts, c.why, c.due_at, c.attempts from cleanup c
         where c.thread_id = @thread and c.done_at is null order by c.due_at, c.id
        """;

    private const string VerifySql = $"""
        select {Rows.PostColumns},
               (select min(e.claimed_at)
                  from post_member m join post_member o on o.delivery_id = m.delivery_id join post e on e.id = o.post_id
                 where m.post_id = p.id)
          from post p
         where p.thread_id = @thread and p.verify_at is not null order by p.verify_at, p.id limit 1
        """;

    private const string VerifyMemberIdsSql = """
        select m.delivery_id from post_member m
         where m.post_id = (select p.id from post p where p.thread_id = @thread and p.verify_at is not null order by p.verify_at, p.id limit 1)
         order by m.ordinal
        """;

    private const string RootPostSql = """
        select p.id, (select m.delivery_id from post_member m where m.post_id = p.id order by m.ordinal limit 1)
          from post p where p.thread_id = @thread and p.slack_ts = (select t.ts from thread t where t.id = @thread) and p.kind = 'root'
        """;

    private const string DueSql = """
        select t.id from thread t
         where t.group_id = @group and t.wake_at is not null and t.wake_at <= coalesce(@dueBy, 9223372036854775807)
         order by t.wake_at, t.id
        """;

    private readonly Statement _thread = connection.Prepare(ThreadSql);
    private readonly Statement _inFlight = connection.Prepare(InFlightSql);
    private readonly Statement _post = connection.Prepare(PostSql);
    private readonly Statement _memberIds = connection.Prepare(MemberIdsSql);
    private readonly Statement _inFlightMemberIds = connection.Prepare(InFlightMemberIdsSql);
    private readonly Statement _inFlightMembers = connection.Prepare(InFlightMembersSql);
    private readonly Statement _pending = connection.Prepare(PendingSql);
    private readonly Statement _told = connection.Prepare(ToldSql);
    private readonly Statement _recap = connection.Prepare(RecapSql);
    private readonly Statement _observations = connection.Prepare(ObservationsSql);
    private readonly Statement _cleanups = connection.Prepare(CleanupsSql);
    private readonly Statement _verify = connection.Prepare(VerifySql);
    private readonly Statement _verifyMemberIds = connection.Prepare(VerifyMemberIdsSql);
    private readonly Statement _rootPost = connection.Prepare(RootPostSql);
    private readonly Statement _due = connection.Prepare(DueSql);
    private IReadOnlyList<Statement>? _work;
    private IReadOnlyList<Statement>? _postWork;

    /// <summary>What is asked for each thread, whatever its state.</summary>
    private IReadOnlyList<Statement> Work => _work ??=
    [
        _thread, _inFlight, _inFlightMemberIds, _inFlightMembers, _rootPost, _pending, _observations, _cleanups, _verify, _verifyMemberIds,
    ];

    public ThreadWork? Read(Guid thread, int members)
    {
        foreach (var query in Work)
        {
            query.Set("@thread", thread);
        }

        _pending.Set("@limit", members);
        var work = connection.Together(Work, Usual);
        // What a recap tells must be seen by the same state, and few threads have one: they are read once more.
        return work?.Pending is [{ Kind: DeliveryKind.Recap }, ..] ? connection.InOneSnapshot(WithRecap) : work;
    }

    private ThreadWork? Usual()
    {
        const int group = 27;                                        // the first column after the thread's
        var head = _thread.One(row => Tuple.Create(
            Rows.Thread(row), new GroupName(row.Text(group), row.Text(group + 1)), row.TextOrNull(group + 2), row.Int64(group + 3),
            new GroupState(row.Text(group + 4), row.TextOrNull(group + 5), row.Text(group + 6)), row.Text(group + 7)));
        if (head is null)
        {
            return null;
        }

        var row = head.Item1;
        var inFlight = _inFlight.One(Rows.Post);
        var carried = _inFlightMembers.All(Rows.Delivery).FindAll(delivery => delivery.State is DeliveryState.Sending or DeliveryState.InDoubt);
        var root = _rootPost.One(p => Tuple.Create(p.Id(0), p.IdOrNull(1)));
        var verify = _verify.One(sent => Tuple.Create(Rows.Post(sent), sent.At(Rows.AfterPost)));
        return new ThreadWork(Moment.FromMicroseconds(connection.Now), head.Item2, head.Item3, head.Item4, head.Item5, head.Item6, row,
            inFlight is null ? null : inFlight with { Members = _inFlightMemberIds.All(Id) }, carried,
            _pending.All(Rows.Delivery), checked((int)(row.Made - row.Sent - row.Dead - row.Cancelled - carried.Count)),
            _observations.All(o => new ObservationRow(o.Id(0), o.Id(1), o.Text(2), o.Text(3))),
            _cleanups.All(c => new CleanupRow(c.Id(0), c.Text(1), c.Text(2), c.Text(3), c.At(4), c.Int32(5))),
            verify is null ? null : verify.Item1 with { Members = _verifyMemberIds.All(Id) }, root?.Item1)
        {
            RootDelivery = root?.Item2,
            VerifySince = verify?.Item2,
        };
    }

    private ThreadWork? WithRecap() => Usual() is { } work
        ? work with { Recap = work.Pending is [{ Kind: DeliveryKind.Recap } recap, ..] ? Recap(work.Thread, recap.Id) : null }
        : null;

    private RecapWork Recap(ThreadRow thread, Guid recap)
    {
        var (count, open) = _recap.Set("@thread", thread.Id).Set("@recap", recap).One(row => Tuple.Create(row.Int64(0), row.Int64(1)))!;
        var told = _told.Set("@recap", recap).Set("@group", thread.Group).Set("@limit", MaxTold).All(Rows.Delivery);
        return new RecapWork(told, checked((int)count), open > 0);
    }

    public PostRow? Post(Guid post)
    {
        _post.Set("@post", post);
        _memberIds.Set("@post", post);
        return connection.Together(_postWork ??= [_post, _memberIds], () =>
            _post.One(Rows.Post) is { } row ? row with { Members = _memberIds.All(Id) } : null);
    }

    public IReadOnlyList<Guid> Due(Guid group, DateTimeOffset? dueBy) =>
        _due.Set("@group", group).Set("@dueBy", dueBy).All(Id);

    private static Guid Id(Statement row) => row.Id(0);
}
