using ThreadGrains.Ledger;

namespace ThreadGrains.Simulation.Store.Reads;

/// <summary>Groups: loading, finding by message, what is due, what is parked.</summary>
internal sealed class GroupReads(MemoryTables tables)
{
    private static readonly Comparer<GroupName> ByName = Comparer<GroupName>.Create((one, other) =>
        string.CompareOrdinal(one.Organization, other.Organization) is not 0 and int byOrganization
            ? byOrganization
            : string.CompareOrdinal(one.Group, other.Group));

    public GroupSnapshot? Load(GroupName name) => tables.GroupsByName.GetValueOrDefault(name) is not { } group ? null : new GroupSnapshot(
        group.Id, name, group.Owner, group.Epoch, group.NextSequence, group.State, group.Issue, group.WakeAt,
        [.. group.InOrder.Where(thread => !thread.IsClosed).Select(thread => thread.ToRow())]);

    public GroupReport? Report(GroupName name) => tables.GroupsByName.GetValueOrDefault(name) is not { } group ? null : new GroupReport(
        name, group.State, group.Issue, group.NextSequence - 1, [.. group.InOrder.Select(thread => thread.ToRow())]);

    public KnownKey? Key(string organization, string kind, string id, DateTimeOffset now) =>
        tables.Keys.GetValueOrDefault((organization, kind, id)) is { } key && key.ExpiresAt > now
            ? new KnownKey(kind, id, key.Hash, key.Receipt)
            : null;

    public CallbackHead? Callback(Guid id, DateTimeOffset now) =>
        tables.Groups.GetValueOrDefault(id) is { Waiting.Count: > 0 } group && group.Waiting.Values[0] is { } head
            ? new CallbackHead(now, head.Made.Id, head.Made.Activity, head.Made.Body, head.DueAt, head.Attempts, head.Attempts - head.Forgiven)
            : null;

    public IReadOnlyList<GroupName> Due(DueQuery query)
    {
        var (ofDead, ofAny, shares) = (query.DeadOwnerBefore.Whole(), query.AnyOwnerBefore.Whole(), Math.Max(1, query.Shares));
        return
        [
            .. tables.Groups.Values
                .Where(group => group.Bucket % shares == query.Share
                    && (group.WakeAt <= ofAny || (group.WakeAt <= ofDead && !query.LiveOwners.Contains(group.Owner))))
                .OrderBy(group => group.WakeAt).ThenBy(group => group.Id).Take(query.Limit).Select(group => group.Name),
        ];
    }

    public GroupName? OfMessage(string workspace, string channel, string ts, Guid? id)
    {
        if (tables.Roots.TryGetValue((workspace, channel, ts), out var thread))
        {
            return thread.Group.Name;
        }

        return id is { } marker && tables.Posts.GetValueOrDefault(marker) is { Kind: PostKind.Root, IsInFlight: true } post
            && post.Thread.Workspace == workspace && post.Thread.Channel == channel
            ? post.Thread.Group.Name
            : null;
    }

    public IReadOnlyList<GroupName> Parked(string workspace, string? channel, GroupName? after, int limit) =>
    [
        .. tables.Groups.Values
            .Where(group => group.Threads.Exists(thread =>
                thread.Parked is not null && thread.Workspace == workspace && (channel is null || thread.Channel == channel)))
            .Select(group => group.Name)
            .Where(name => after is not { } last || ByName.Compare(name, last) > 0)
            .Order(ByName).Take(limit),
    ];

    public IReadOnlyList<GroupName> InChannel(string workspace, string channel, GroupName? after, int limit) =>
    [
        .. tables.Groups.Values
            .Where(group => group.Threads.Exists(thread =>
                thread.Workspace == workspace && thread.Channel == channel && (!thread.IsClosed || thread.Ts is not null)))
            .Select(group => group.Name)
            .Where(name => after is not { } last || ByName.Compare(name, last) > 0)
            .Order(ByName).Take(limit),
    ];

    public IReadOnlyList<ChannelReport> Channels(string organization, string workspace, string? after, int limit) =>
    [
        .. tables.Threads.Values
            .Where(thread => !thread.IsClosed && thread.Workspace == workspace && thread.Group.Name.Organization == organization
                && string.CompareOrdinal(thread.Channel, after ?? "") > 0)
            .GroupBy(thread => thread.Channel)
            .OrderBy(threads => threads.Key, StringComparer.Ordinal).Take(limit)
            .Select(threads => new ChannelReport(
                threads.Key, threads.Count(), threads.Count(thread => thread.Parked is not null), threads.Sum(thread => (long)thread.Line.Count))),
    ];
}
