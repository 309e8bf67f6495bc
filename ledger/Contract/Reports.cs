namespace ThreadGrains.Ledger;

/// <summary>Which groups to wake.</summary>
/// <param name="LiveOwners">Silos that are alive. Groups of others are due once <c>wake_at</c> is older than <paramref name="DeadOwnerBefore"/>.</param>
/// <param name="DeadOwnerBefore">For groups whose owner is not alive, or that have none.</param>
/// <param name="AnyOwnerBefore">For groups whoever owns them.</param>
/// <param name="Share">This silo's place among the live ones, from 0.</param>
/// <param name="Shares">How many live silos share the buckets; bucket % shares = share is this silo's.</param>
/// <param name="Limit">At most so many, oldest first.</param>
public sealed record DueQuery(
    IReadOnlyCollection<string> LiveOwners, DateTimeOffset DeadOwnerBefore, DateTimeOffset AnyOwnerBefore,
    int Share, int Shares, int Limit);

/// <summary>A group with all its threads, for people.</summary>
/// <param name="Name">The group.</param>
/// <param name="State">Status, assignee, details.</param>
/// <param name="Issue">JSON of the issue's facts.</param>
/// <param name="LastSequence">The last sequence number given.</param>
/// <param name="Threads">All threads, oldest first, closed ones too.</param>
public sealed record GroupReport(GroupName Name, GroupState State, string Issue, long LastSequence, IReadOnlyList<ThreadRow> Threads);

/// <summary>Which deliveries to report. Null: any.</summary>
/// <param name="Organization">The tenant; always.</param>
/// <param name="Group">Of this group.</param>
/// <param name="Delivery">This one only.</param>
/// <param name="State">In this state.</param>
/// <param name="Reason">With exactly this reason, as reported (a pending one of a parked thread: <c>parked:…</c>).</param>
/// <param name="Workspace">In this workspace.</param>
/// <param name="Channel">In this channel.</param>
/// <param name="After">Those made after this one.</param>
/// <param name="Limit">At most so many.</param>
/// <param name="Kind">Of this kind. Callbacks have no workspace and no channel: a query that names one brings none of them.</param>
public sealed record DeliveryQuery(
    string Organization, string? Group = null, Guid? Delivery = null, DeliveryState? State = null, string? Reason = null,
    string? Workspace = null, string? Channel = null, Guid? After = null, int Limit = 100,
    DeliveryKind? Kind = null);

/// <summary>A delivery, for people; also a callback, which has no place in Slack.</summary>
/// <param name="Id">The delivery.</param>
/// <param name="Group">Its group.</param>
/// <param name="Activity">The sender's id of what it tells.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Workspace">Slack's team id; null: a callback.</param>
/// <param name="Channel">Slack's channel id; null: a callback.</param>
/// <param name="ThreadTs">The root's <c>ts</c>.</param>
/// <param name="Sequence">The activity's place in the group's history.</param>
/// <param name="State">Its state.</param>
/// <param name="Attempts">Tries used.</param>
/// <param name="Late">It was replayed.</param>
/// <param name="Post">The post that carries it.</param>
/// <param name="SlackTs">Where it stands.</param>
/// <param name="Reason">Why it waits, is in doubt, dead or cancelled.</param>
public sealed record DeliveryReport(
    Guid Id, string Group, string Activity, DeliveryKind Kind, string? Workspace, string? Channel, string? ThreadTs, long Sequence,
    DeliveryState State, int Attempts, bool Late, Guid? Post, string? SlackTs, string? Reason);

/// <summary>
/// What has not ended and what is dead, counted. The counts are disjoint: a delivery is in exactly one of them.
/// </summary>
/// <param name="Pending">Waits for its turn in a thread that is not parked.</param>
/// <param name="Parked">Waits in a thread whose channel or workspace refuses.</param>
/// <param name="Sending">Under way.</param>
/// <param name="InDoubt">Its post may be in Slack or not.</param>
/// <param name="Dead">Cannot be made; can be replayed.</param>
/// <param name="OldestPending">When the oldest of <paramref name="Pending"/> was accepted or replayed; null: none.</param>
/// <param name="OldestParked">The same for <paramref name="Parked"/>.</param>
/// <param name="OldestInDoubt">Since when the oldest doubt stands; null: none.</param>
public sealed record LedgerTotals(
    long Pending, long Parked, long Sending, long InDoubt, long Dead,
    DateTimeOffset? OldestPending, DateTimeOffset? OldestParked, DateTimeOffset? OldestInDoubt);

/// <summary>Where a post belongs.</summary>
/// <param name="Group">Its group.</param>
/// <param name="Thread">Its thread.</param>
/// <param name="Workspace">Slack's team id.</param>
/// <param name="Channel">Slack's channel id.</param>
/// <param name="ThreadTs">The thread's root, once known.</param>
/// <param name="Kind">What it is.</param>
/// <param name="State">What has become of it.</param>
/// <param name="SlackTs">Where the copy that stays stands, once one is known.</param>
public sealed record PostPlace(
    GroupName Group, Guid Thread, string Workspace, string Channel, string? ThreadTs, PostKind Kind, PostState State, string? SlackTs)
{
    /// <summary>Whether its outcome is not known yet.</summary>
    public bool IsInFlight => State is PostState.Sending or PostState.InDoubt;
}

/// <summary>What an organization has in a channel.</summary>
/// <param name="Channel">Slack's channel id.</param>
/// <param name="OpenThreads">Threads that are not closed.</param>
/// <param name="ParkedThreads">Of those: held up by the channel's or the workspace's trouble.</param>
/// <param name="Waiting">Deliveries that have not ended.</param>
public sealed record ChannelReport(string Channel, int OpenThreads, int ParkedThreads, long Waiting);

/// <summary>A thread whose counters do not add up.</summary>
/// <param name="Thread">The thread.</param>
/// <param name="Made">Its counter of deliveries made.</param>
/// <param name="Counted">What its counters and rows come to.</param>
public sealed record ConservationError(Guid Thread, long Made, long Counted);
