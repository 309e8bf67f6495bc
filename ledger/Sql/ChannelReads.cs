namespace ThreadGrains.Ledger.Sql;

/// <summary>Reads by channel and workspace: what is there, what is parked there, and where a post belongs.</summary>
internal sealed class ChannelReads(LedgerConnection connection)
{
    private const string PostSql = """
        select g.organization, g.name, t.id, t.workspace, t.channel, t.ts, p.kind, p.state, p.slack_ts
          from post p join thread t on t.id = p.thread_id join issue_group g on g.id = t.group_id
         where p.id = @post
        """;

    private const string ParkedGroupsSql = """
        select distinct g.organization, g.name
          from thread t join issue_group g on g.id = t.group_id
         where t.parked is not null and t.workspace = @workspace and (@channel is null or t.channel = @channel)
           and (@organization is null or (g.organization, g.name) > (@organization, @name))
         order by g.organization, g.name limit @limit
        """;

    // Two questions, each with an index of its own: a closed thread without a root has nothing that anybody looks for.
    private const string OpenGroupsSql = """
        select distinct g.organization, g.name
          from thread t join issue_group g on g.id = t.group_id
         where t.state <> 'closed' and t.workspace = @workspace and t.channel = @channel
           and (@organization is null or (g.organization, g.name) > (@organization, @name))
         order by g.organization, g.name limit @limit
        """;

    private const string RootedGroupsSql = """
        select distinct g.organization, g.name
          from thread t join issue_group g on g.id = t.group_id
         where t.ts is not null and t.workspace = @workspace and t.channel = @channel
           and (@organization is null or (g.organization, g.name) > (@organization, @name))
         order by g.organization, g.name limit @limit
        """;

    private const string ChannelsSql = """
        select t.channel, count(*), count(*) filter (where t.parked is not null), sum(t.made - t.sent - t.dead - t.cancelled)
          from thread t join issue_group g on g.id = t.group_id
         where t.state <> 'closed' and t.workspace = @workspace and t.channel > @after and g.organization = @organization
         group by t.channel order by t.channel limit @limit
        """;

    private readonly Statement _post = connection.Prepare(PostSql);
    private readonly Statement _parkedGroups = connection.Prepare(ParkedGroupsSql);
    private readonly Statement _openGroups = connection.Prepare(OpenGroupsSql);
    private readonly Statement _rootedGroups = connection.Prepare(RootedGroupsSql);
    private readonly Statement _channels = connection.Prepare(ChannelsSql);

    public PostPlace? Post(Guid post) => _post.Set("@post", post).One(row => new PostPlace(
        new GroupName(row.Text(0), row.Text(1)), row.Id(2), row.Text(3), row.Text(4), row.TextOrNull(5),
        Words.PostKindOf(row.Text(6)), Words.PostStateOf(row.Text(7)), row.TextOrNull(8)));

    public IReadOnlyList<GroupName> ParkedGroups(string workspace, string? channel, GroupName? after, int limit) =>
        _parkedGroups.Set("@workspace", workspace).Set("@channel", channel).Set("@organization", after?.Organization).Set("@name", after?.Group)
            .Set("@limit", limit).All(row => new GroupName(row.Text(0), row.Text(1)));

    public IReadOnlyList<GroupName> Groups(string workspace, string channel, GroupName? after, int limit) =>
    [
        .. new[] { _openGroups, _rootedGroups }
            .SelectMany(groups => groups.Set("@workspace", workspace).Set("@channel", channel).Set("@organization", after?.Organization)
                .Set("@name", after?.Group).Set("@limit", limit).All(row => new GroupName(row.Text(0), row.Text(1))))
            .Distinct()
            .OrderBy(group => group.Organization, StringComparer.Ordinal).ThenBy(group => group.Group, StringComparer.Ordinal)
            .Take(limit),
    ];

    public IReadOnlyList<ChannelReport> Report(string organization, string workspace, string? after, int limit) =>
        _channels.Set("@organization", organization).Set("@workspace", workspace).Set("@after", after ?? "").Set("@limit", limit)
            .All(row => new ChannelReport(row.Text(0), row.Int32(1), row.Int32(2), row.Int64(3)));
}
