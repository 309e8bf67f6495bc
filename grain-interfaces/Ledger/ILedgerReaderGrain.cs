using Orleans.Concurrency;
using ThreadGrains.Groups;

namespace ThreadGrains.Ledger;

/// <summary>Reads of the ledger: lists, views, lookups, readiness. A stateless worker, key 0. Looking at a group never activates it.</summary>
[Alias("threadgrains.ILedgerReaderGrain"), GrainInterfaceType("threadgrains.ILedgerReaderGrain")]
public interface ILedgerReaderGrain : IGrainWithIntegerKey
{
    /// <summary>A group with its threads, or null when there is none.</summary>
    [AlwaysInterleave, Alias("GetGroup")]
    Task<GroupView?> GetGroup(GroupKey group);

    /// <summary>Deliveries of an organization, in order of their making, a page at a time.</summary>
    [AlwaysInterleave, Alias("ListDeliveries")]
    Task<DeliveryPage> ListDeliveries(string organization, DeliveryFilter filter, string? cursor, int limit);

    /// <summary>One delivery of an organization, or null when it has none of that id.</summary>
    [AlwaysInterleave, Alias("GetDelivery")]
    Task<DeliveryView?> GetDelivery(string organization, Guid delivery);

    /// <summary>The group to which a Slack message belongs as a root: by its place, else by the marker of a root whose outcome is not known yet.</summary>
    [AlwaysInterleave, Alias("FindGroupOfMessage")]
    Task<GroupKey?> FindGroupOfMessage(ChannelAddress address, string messageTs, Guid? markerPost);

    /// <summary>The channels of a workspace in which an organization has threads that are not closed, in order of their ids, after the one given.</summary>
    [AlwaysInterleave, Alias("ListChannels")]
    Task<IReadOnlyList<ChannelSummary>> ListChannels(string organization, string workspace, string? after, int limit);

    /// <summary>How much is unfinished or in trouble, over all organizations.</summary>
    [AlwaysInterleave, Alias("GetTotals")]
    Task<TotalsView> GetTotals();

    /// <summary>Whether this silo can read and write the ledger.</summary>
    [AlwaysInterleave, Alias("IsReady")]
    Task<bool> IsReady();
}

/// <summary>A group as the API shows it.</summary>
/// <param name="Group">The group's id.</param>
/// <param name="Status">unresolved, resolved or archived.</param>
/// <param name="Assignee">Who has it, as shown.</param>
/// <param name="Issue">What the last alerts said.</param>
/// <param name="Sequence">The last sequence number given; 0: none yet.</param>
/// <param name="Threads">Its threads, oldest first, closed ones too.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.GroupView")]
public sealed record GroupView(
    [property: Id(0)] string Group,
    [property: Id(1)] string Status,
    [property: Id(2)] string? Assignee,
    [property: Id(3)] IssueFacts Issue,
    [property: Id(4)] long Sequence,
    [property: Id(5)] IReadOnlyList<ThreadView> Threads);

/// <summary>A thread as the API shows it.</summary>
/// <param name="Id">The thread.</param>
/// <param name="Workspace">Slack's team id.</param>
/// <param name="Channel">Slack's channel id.</param>
/// <param name="Ts">The root's <c>ts</c>, once known.</param>
/// <param name="State">posting, open, parked or closed.</param>
/// <param name="Reason">Why it is parked or closed.</param>
/// <param name="Rule">As in the alert.</param>
/// <param name="OpenPeriod">As in the alert.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.ThreadView")]
public sealed record ThreadView(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string Workspace,
    [property: Id(2)] string Channel,
    [property: Id(3)] string? Ts,
    [property: Id(4)] string State,
    [property: Id(5)] string? Reason,
    [property: Id(6)] string? Rule,
    [property: Id(7)] string? OpenPeriod);

/// <summary>Which deliveries to list. Null: any.</summary>
/// <param name="Group">Of this group.</param>
/// <param name="State">In this state.</param>
/// <param name="Reason">With exactly this reason.</param>
/// <param name="Workspace">In this workspace.</param>
/// <param name="Channel">In this channel.</param>
/// <param name="Kind">Of this kind. Callbacks have no workspace and no channel: a filter that names one brings none of them.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.DeliveryFilter")]
public sealed record DeliveryFilter(
    [property: Id(0)] string? Group = null,
    [property: Id(1)] string? State = null,
    [property: Id(2)] string? Reason = null,
    [property: Id(3)] string? Workspace = null,
    [property: Id(4)] string? Channel = null,
    [property: Id(5)] string? Kind = null);

/// <summary>A delivery, or a callback, as the API shows it.</summary>
/// <param name="Id">The delivery.</param>
/// <param name="Group">Its group.</param>
/// <param name="Activity">The sender's id of the activity or alert.</param>
/// <param name="Kind">root, reply, repeat, recap or callback.</param>
/// <param name="Workspace">Slack's team id; null: a callback.</param>
/// <param name="Channel">Slack's channel id; null: a callback.</param>
/// <param name="ThreadTs">The root's <c>ts</c>, once known.</param>
/// <param name="Sequence">The activity's place in the group's history.</param>
/// <param name="State">pending, sending, in_doubt, sent, dead or cancelled.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Late">Whether it was replayed.</param>
/// <param name="Post">The post that carries it.</param>
/// <param name="SlackTs">Where it stands in Slack, once sent.</param>
/// <param name="Reason">Why it waits, is in doubt, dead or cancelled.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.DeliveryView")]
public sealed record DeliveryView(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string Group,
    [property: Id(2)] string Activity,
    [property: Id(3)] string Kind,
    [property: Id(4)] string? Workspace,
    [property: Id(5)] string? Channel,
    [property: Id(6)] string? ThreadTs,
    [property: Id(7)] long Sequence,
    [property: Id(8)] string State,
    [property: Id(9)] int Attempts,
    [property: Id(10)] bool Late,
    [property: Id(11)] Guid? Post,
    [property: Id(12)] string? SlackTs,
    [property: Id(13)] string? Reason);

/// <summary>A page of deliveries.</summary>
/// <param name="Items">The deliveries, in order of their making.</param>
/// <param name="Next">Cursor of the next page; null: this was the last.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.DeliveryPage")]
public sealed record DeliveryPage([property: Id(0)] IReadOnlyList<DeliveryView> Items, [property: Id(1)] string? Next);

/// <summary>What an organization has in a channel.</summary>
/// <param name="Channel">Slack's channel id.</param>
/// <param name="OpenThreads">Threads that are not closed.</param>
/// <param name="ParkedThreads">Of those: held up by the channel's or the workspace's trouble.</param>
/// <param name="Waiting">Deliveries that have not ended.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.ChannelSummary")]
public sealed record ChannelSummary(
    [property: Id(0)] string Channel, [property: Id(1)] int OpenThreads, [property: Id(2)] int ParkedThreads, [property: Id(3)] long Waiting);

/// <summary>How much is unfinished or in trouble, over all organizations.</summary>
/// <param name="Pending">Deliveries that wait for their turn, or whose post is under way.</param>
/// <param name="InDoubt">Deliveries of which nobody knows yet whether they stand in Slack.</param>
/// <param name="Dead">Deliveries that cannot be made, kept for replay.</param>
/// <param name="Parked">Deliveries held up by their channel's or workspace's trouble.</param>
/// <param name="OldestPending">When the oldest that waits was accepted; null: nothing waits.</param>
/// <param name="OldestInDoubt">Since when the oldest doubt lasts; null: there is none.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.TotalsView")]
public sealed record TotalsView(
    [property: Id(0)] long Pending, [property: Id(1)] long InDoubt, [property: Id(2)] long Dead, [property: Id(3)] long Parked,
    [property: Id(4)] DateTimeOffset? OldestPending = null, [property: Id(5)] DateTimeOffset? OldestInDoubt = null);
