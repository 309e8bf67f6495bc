using System.Text.Json;

namespace ThreadGrains.Ledger.Sql;

/// <summary>Reads of groups: loading, finding by message, what is due.</summary>
internal sealed class GroupReads(LedgerConnection connection)
{
    private const string GroupSql = """
        select g.id, g.owner, g.epoch, g.next_sequence, g.status, g.assignee, g.details, i.facts, g.wake_at
          from issue_group g join issue i on i.group_id = g.id
         where g.organization = @organization and g.name = @name
        """;

    private const string OpenThreadsSql = $"""
        select {Rows.ThreadColumns} from thread t
          join issue_group g on g.id = t.group_id
         where g.organization = @organization and g.name = @name and t.state <> 'closed' order by t.registered_sequence, t.id
        """;

    private const string AllThreadsSql = $"""
        select {Rows.ThreadColumns} from thread t where t.group_id = @group order by t.registered_sequence, t.id
        """;

    // The silos that live come as one JSON array, so that the statement stays the same whatever their number.
    private static string DueSql(LedgerConnection connection) => $"""
        select g.organization, g.name from issue_group g
         where g.wake_at <= greatest(@anyBefore, @deadBefore)
           and (g.wake_at <= @anyBefore
                or g.owner is null or g.owner not in ({connection.TextsOf("@live")}))
           and (g.wake_at <= @deadBefore or g.wake_at <= @anyBefore)
           and g.bucket % @shares = @share
         order by g.wake_at limit @limit
        """;

    private const string ByPlaceSql = """
        select g.organization, g.name from thread t join issue_group g on g.id = t.group_id
         where t.workspace = @workspace and t.channel = @channel and t.ts = @ts
        """;

    private const string ByMarkerSql = """
        select g.organization, g.name from post p join thread t on t.id = p.thread_id join issue_group g on g.id = t.group_id
         where p.id = @post and p.kind = 'root' and p.state in ('sending', 'in_doubt')
           and t.workspace = @workspace and t.channel = @channel
        """;

    private const string KeySql = """
        select hash, receipt from activity_key
         where organization = @organization and kind = @kind and id = @id and expires_at > @now
        """;

    private readonly Statement _key = connection.Prepare(KeySql);
    private readonly Statement _group = connection.Prepare(GroupSql);
    private readonly Statement _openThreads = connection.Prepare(OpenThreadsSql);
    private readonly Statement _allThreads = connection.Prepare(AllThreadsSql);
    private readonly Statement _due = connection.Prepare(DueSql(connection));
    private readonly Statement _byPlace = connection.Prepare(ByPlaceSql);
    private readonly Statement _byMarker = connection.Prepare(ByMarkerSql);
    private IReadOnlyList<Statement>? _load;
    private IReadOnlyList<Statement>? _ofMessage;

    public KnownKey? Key(string organization, string kind, string id, DateTimeOffset now) =>
        _key.Set("@organization", organization).Set("@kind", kind).Set("@id", id).Set("@now", now)
            .One(row => new KnownKey(kind, id, row.Bytes(0), row.Text(1)));

    public GroupSnapshot? Load(string organization, string name)
    {
        _group.Set("@organization", organization).Set("@name", name);
        _openThreads.Set("@organization", organization).Set("@name", name);
        return connection.Together(_load ??= [_group, _openThreads], () =>
        {
            var threads = _openThreads.All(Rows.Thread);
            return Group(organization, name) is { } group ? group with { Threads = threads } : null;
        });
    }

    public GroupReport? Report(string organization, string name)
    {
        _group.Set("@organization", organization).Set("@name", name);
        return Group(organization, name) is { } group
            ? new GroupReport(group.Name, group.State, group.Issue, group.NextSequence - 1,
                _allThreads.Set("@group", group.Id).All(Rows.Thread))
            : null;
    }

    public IReadOnlyList<GroupName> Due(DueQuery query) =>
        _due.Set("@anyBefore", query.AnyOwnerBefore).Set("@deadBefore", query.DeadOwnerBefore)
            .Set("@live", JsonSerializer.Serialize(query.LiveOwners)).Set("@share", query.Share)
            .Set("@shares", Math.Max(1, query.Shares)).Set("@limit", query.Limit).All(Name);

    public GroupName? OfMessage(string workspace, string channel, string ts, Guid? post)
    {
        _byPlace.Set("@workspace", workspace).Set("@channel", channel).Set("@ts", ts);
        _byMarker.Set("@post", post).Set("@workspace", workspace).Set("@channel", channel);
        return connection.Together(_ofMessage ??= [_byPlace, _byMarker], () => (GroupName?[])[.. _byPlace.All(Name), .. _byMarker.All(Name)]).FirstOrDefault();
    }

    private GroupSnapshot? Group(string organization, string name) =>
        _group.One(row => new GroupSnapshot(
            row.Id(0), new GroupName(organization, name), row.TextOrNull(1), row.Int64(2), row.Int64(3),
            new GroupState(row.Text(4), row.TextOrNull(5), row.Text(6)), row.Text(7), row.AtOrNull(8), []));

    private static GroupName Name(Statement row) => new(row.Text(0), row.Text(1));
}
