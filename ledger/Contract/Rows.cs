namespace ThreadGrains.Ledger;

/// <summary>A group's name.</summary>
/// <param name="Organization">The tenant.</param>
/// <param name="Group">The sender's id of the group.</param>
public readonly record struct GroupName(string Organization, string Group);

/// <summary>The state of a group that accepts change; opaque to the ledger but for what it lists.</summary>
/// <param name="Status">unresolved, resolved or archived.</param>
/// <param name="Assignee">Who has it, as shown.</param>
/// <param name="Details">JSON of the grain's own: who changed the status and when, the current open period, and the like.</param>
public sealed record GroupState(string Status, string? Assignee, string Details);

/// <summary>A group as its owner remembers it.</summary>
/// <param name="Id">Row id (UUID v7).</param>
/// <param name="Name">Organization and group.</param>
/// <param name="Owner">The silo that owns it; null: nobody yet.</param>
/// <param name="Epoch">The fence: rises with every take-over.</param>
/// <param name="NextSequence">The sequence number that the next stored activity gets; starts at 1.</param>
/// <param name="State">Status, assignee and details.</param>
/// <param name="Issue">JSON of the issue's facts.</param>
/// <param name="WakeAt">The earliest moment at which anything is due.</param>
/// <param name="Threads">Its threads that are not closed, in order of registration.</param>
public sealed record GroupSnapshot(
    Guid Id, GroupName Name, string? Owner, long Epoch, long NextSequence, GroupState State, string Issue,
    DateTimeOffset? WakeAt, IReadOnlyList<ThreadRow> Threads);

/// <summary>The state of a thread.</summary>
public enum ThreadState
{
    /// <summary>Its root has no <c>ts</c> yet.</summary>
    Posting,

    /// <summary>Replies may go.</summary>
    Open,

    /// <summary>Nothing more is posted.</summary>
    Closed,
}

/// <summary>A thread under a parent notification.</summary>
/// <param name="Id">Row id (UUID v7).</param>
/// <param name="Group">The group's row id.</param>
/// <param name="Workspace">Slack's team id.</param>
/// <param name="Channel">Slack's channel id.</param>
/// <param name="Rule">Why it was announced; '' when no rule was named.</param>
/// <param name="OpenPeriod">'' when no open period was named.</param>
/// <param name="Ts">The root's <c>ts</c>.</param>
/// <param name="State">Its state.</param>
/// <param name="Reason">Why it is closed.</param>
/// <param name="RegisteredSequence">The group's sequence at which it was registered.</param>
/// <param name="LastTs">The newest confirmed <c>ts</c> of ours in it.</param>
/// <param name="Adopted">Somebody else posted the root: it is never edited.</param>
/// <param name="LookedUp">False for an adopted root that was not looked up yet: nothing may be claimed.</param>
/// <param name="LookUpDueAt">When the look-up is due.</param>
/// <param name="RevisionWanted">Rises when the rendered card changes.</param>
/// <param name="RevisionShown">What Slack shows.</param>
/// <param name="EditDueAt">When the next edit may go; null where none is wanted.</param>
/// <param name="EditToken">The claim of an edit in flight.</param>
/// <param name="EditsOff">Slack will not have this parent edited again.</param>
/// <param name="Parked">Slack's error for which its channel or workspace waits.</param>
/// <param name="ParkedAt">Since when.</param>
/// <param name="Made">Deliveries made for it.</param>
/// <param name="Sent">Of these: sent.</param>
/// <param name="Dead">Of these: dead.</param>
/// <param name="Cancelled">Of these: cancelled.</param>
public sealed record ThreadRow(
    Guid Id, Guid Group, string Workspace, string Channel, string Rule, string OpenPeriod, string? Ts, ThreadState State,
    string? Reason, long RegisteredSequence, string? LastTs, bool Adopted, bool LookedUp, DateTimeOffset? LookUpDueAt,
    long RevisionWanted, long RevisionShown, DateTimeOffset? EditDueAt, Guid? EditToken, bool EditsOff,
    string? Parked, DateTimeOffset? ParkedAt, long Made, long Sent, long Dead, long Cancelled)
{
    /// <summary>While parked: when to try whether the trouble is over; its head is not due before. Null: as if it were not parked.</summary>
    public DateTimeOffset? ProbeAt { get; init; }

    /// <summary>Closed, and the thread that took its place (<see cref="Repost"/>).</summary>
    public Guid? RepostedAs { get; init; }
}

/// <summary>What a delivery is in its thread.</summary>
public enum DeliveryKind
{
    /// <summary>The announcement: the thread's first message.</summary>
    Root,

    /// <summary>An activity.</summary>
    Reply,

    /// <summary>The same alert again, as a reply.</summary>
    Repeat,

    /// <summary>What a former thread of the group did not get any more.</summary>
    Recap,

    /// <summary>What the tracker is told. Only in reports: it has no thread, and a table of its own.</summary>
    Callback,
}

/// <summary>The state of a delivery; pending, sending and in_doubt have not ended.</summary>
public enum DeliveryState
{
    /// <summary>Waits for its turn.</summary>
    Pending,

    /// <summary>A post that carries it is under way.</summary>
    Sending,

    /// <summary>The post's outcome is unknown.</summary>
    InDoubt,

    /// <summary>It stands in the thread.</summary>
    Sent,

    /// <summary>It cannot be made; kept with its reason, can be replayed.</summary>
    Dead,

    /// <summary>Its thread was closed before it went.</summary>
    Cancelled,
}

/// <summary>The state of a post.</summary>
public enum PostState
{
    /// <summary>Claimed; bytes may be under way until its deadline.</summary>
    Sending,

    /// <summary>It may be in Slack or not.</summary>
    InDoubt,

    /// <summary>It is in Slack; with reason <c>parent_gone</c> outside its thread, to be cleaned up.</summary>
    Sent,

    /// <summary>Slack surely did not take it.</summary>
    Refused,

    /// <summary>It was in doubt and not found in two complete reads, or given up, or sent again unread.</summary>
    Absent,
}

/// <summary>What a post is.</summary>
public enum PostKind
{
    /// <summary>An announcement, posted into the channel.</summary>
    Root,

    /// <summary>One delivery, posted into the thread.</summary>
    Reply,

    /// <summary>Several deliveries in one message.</summary>
    Digest,

    /// <summary>A recap, posted into the thread.</summary>
    Recap,
}

/// <summary>One message that was tried in Slack. Its id is the claim's token and stands in the message as marker.</summary>
/// <param name="Id">UUID v7.</param>
/// <param name="Thread">The thread.</param>
/// <param name="Kind">What it is.</param>
/// <param name="State">What is known of it.</param>
/// <param name="Epoch">The epoch that claimed it.</param>
/// <param name="ClaimedAt">By the database's clock.</param>
/// <param name="NotAfter">Its bytes may be written until then, by the database's clock.</param>
/// <param name="ReadFrom">A <c>ts</c> below which it cannot stand; null: look from 120 s before the claim.</param>
/// <param name="SlackTs">Where it stands.</param>
/// <param name="KnownEnd">In doubt, and the sending process saw the call end: its own bytes are dead.</param>
/// <param name="ReadAt">In doubt: when to look next.</param>
/// <param name="AbsentReads">In doubt: complete reads that did not find it.</param>
/// <param name="DoubtSince">When it came into doubt.</param>
/// <param name="VerifyAt">Sent again out of doubt: when to look for a second copy.</param>
/// <param name="Reason">Slack's error, or why it is in doubt.</param>
/// <param name="Members">The deliveries it carries, in order.</param>
public sealed record PostRow(
    Guid Id, Guid Thread, PostKind Kind, PostState State, long Epoch, DateTimeOffset ClaimedAt, DateTimeOffset NotAfter,
    string? ReadFrom, string? SlackTs, bool KnownEnd, DateTimeOffset? ReadAt, int AbsentReads, DateTimeOffset? DoubtSince,
    DateTimeOffset? VerifyAt, string? Reason, IReadOnlyList<Guid> Members)
{
    /// <summary>
    /// It was open, or made up to be looked for, when a restored ledger began (<see cref="ILedger.BeginRestored"/>): a copy of
    /// it may stand in Slack under the id of a post that came after the backup. What it carries tells it.
    /// </summary>
    public bool Restored { get; init; }
}

/// <summary>An alert or activity as it was accepted.</summary>
/// <param name="Sequence">Its place in the group's history.</param>
/// <param name="Kind"><c>alert</c> or <c>activity</c>.</param>
/// <param name="SenderId">The sender's id.</param>
/// <param name="Type">The activity's type; <c>alert</c> for an alert.</param>
/// <param name="Actor">JSON of the actor; null for an alert.</param>
/// <param name="Data">JSON of the type's own fields, or null.</param>
/// <param name="Deliveries">How many deliveries it was given.</param>
/// <param name="AcceptedAt">By the database's clock; set by the ledger.</param>
/// <param name="OccurredAt">By the sender's clock.</param>
public sealed record ActivityRow(
    long Sequence, string Kind, string SenderId, string Type, string? Actor, string? Data, int Deliveries,
    DateTimeOffset AcceptedAt, DateTimeOffset? OccurredAt)
{
    /// <summary>W3C <c>traceparent</c> of the request that brought it, for the span of its post to link to. Null: nobody traced it.</summary>
    public string? Trace { get; init; }
}

/// <summary>One activity for one thread, with what is needed to render it.</summary>
/// <param name="Id">UUID v7.</param>
/// <param name="Position">Its place in the thread.</param>
/// <param name="Kind">What it is.</param>
/// <param name="State">Its state.</param>
/// <param name="Post">The post that carries it. Pending and doubted: the last one that did, so that its company can be told. Pending otherwise: null.</param>
/// <param name="DueAt">When it may be tried.</param>
/// <param name="Attempts">Tries used.</param>
/// <param name="Late">It was replayed.</param>
/// <param name="Doubted">It was in doubt before and sent again: the thread is to be verified.</param>
/// <param name="DoubtPost">Replayed after it died in doubt: this post has to be read before it is claimed.</param>
/// <param name="Activity">What it tells.</param>
public sealed record DeliveryRow(
    Guid Id, long Position, DeliveryKind Kind, DeliveryState State, Guid? Post, DateTimeOffset DueAt, int Attempts,
    bool Late, bool Doubted, Guid? DoubtPost, ActivityRow Activity)
{
    /// <summary>The reply is shown in the channel too.</summary>
    public bool Broadcast { get; init; }

    /// <summary>What the last result, verdict or failed look said of it (<see cref="PostResult.TryAgain"/>, for one that waits again); null: nothing, or it was claimed since.</summary>
    public string? Reason { get; init; }
}

/// <summary>Evidence of a copy in Slack that has not led to its end yet.</summary>
/// <param name="Id">UUID v7.</param>
/// <param name="Post">The post that the copy's marker names.</param>
/// <param name="Ts">Where it stands.</param>
/// <param name="What">What was seen: <c>answer</c>, <c>read</c>, <c>event</c>, <c>click</c>; <c>orphan</c>: a late answer that names a copy outside its thread.</param>
public sealed record ObservationRow(Guid Id, Guid Post, string Ts, string What);

/// <summary>A message of ours that must go from Slack.</summary>
/// <param name="Id">UUID v7.</param>
/// <param name="Channel">Its channel.</param>
/// <param name="Ts">Where it stands.</param>
/// <param name="Why"><c>orphan</c> or <c>second_copy</c>.</param>
/// <param name="DueAt">When to try.</param>
/// <param name="Attempts">Tries so far.</param>
public sealed record CleanupRow(Guid Id, string Channel, string Ts, string Why, DateTimeOffset DueAt, int Attempts);

/// <summary>Everything that the next step of a thread depends on.</summary>
/// <param name="Now">The database's clock at the read.</param>
/// <param name="Group">The group's name.</param>
/// <param name="Owner">Who owns the group.</param>
/// <param name="Epoch">The group's epoch.</param>
/// <param name="State">The group's present state.</param>
/// <param name="Issue">JSON of the issue's present facts.</param>
/// <param name="Thread">The thread.</param>
/// <param name="InFlight">Its post in sending or in_doubt.</param>
/// <param name="InFlightMembers">That post's deliveries.</param>
/// <param name="Pending">Pending deliveries from the head on, by position.</param>
/// <param name="PendingCount">How many are pending in all.</param>
/// <param name="Observations">Without an end.</param>
/// <param name="Cleanups">Not done.</param>
/// <param name="Verify">The post whose verification is due first.</param>
/// <param name="RootPost">The post that stands as the thread's root; null: none yet, or the root is somebody else's.</param>
public sealed record ThreadWork(
    DateTimeOffset Now, GroupName Group, string? Owner, long Epoch, GroupState State, string Issue, ThreadRow Thread,
    PostRow? InFlight, IReadOnlyList<DeliveryRow> InFlightMembers, IReadOnlyList<DeliveryRow> Pending, int PendingCount,
    IReadOnlyList<ObservationRow> Observations, IReadOnlyList<CleanupRow> Cleanups, PostRow? Verify, Guid? RootPost)
{
    /// <summary>The delivery that the root post carries; it stands in the root's marker, and every edit repeats it.</summary>
    public Guid? RootDelivery { get; init; }

    /// <summary>When what <see cref="Verify"/> carries was first claimed: no copy of it is older. Null: nothing is to be verified.</summary>
    public DateTimeOffset? VerifySince { get; init; }

    /// <summary>What the recap at the head tells; null: no recap is at the head, or no pending delivery was asked for.</summary>
    public RecapWork? Recap { get; init; }
}
