namespace ThreadGrains.Ledger;

/// <summary>The right under which an owner writes.</summary>
/// <param name="Group">The group's row id.</param>
/// <param name="Epoch">The epoch that the writer holds, or the one it takes over from.</param>
/// <param name="Owner">The writing silo, address with generation.</param>
/// <param name="TakeOver">
/// The writer does not own the group yet: the same transaction raises the epoch to <c>Epoch + 1</c> and writes the owner.
/// Ownership is taken by the first transaction that writes, never by activation or by a look.
/// </param>
public readonly record struct Fence(Guid Group, long Epoch, string Owner, bool TakeOver)
{
    /// <summary>The epoch held once the write was done.</summary>
    public long HeldAfter => TakeOver ? Epoch + 1 : Epoch;
}

/// <summary>The accepts of one group that were decided together.</summary>
/// <param name="Fence">The right to write. For a new group: epoch 0, take over.</param>
/// <param name="Name">The group; written when it is new.</param>
/// <param name="IsNew">The group has no row yet.</param>
/// <param name="Bucket">0..1023, for sharing recovery among silos.</param>
/// <param name="FirstSequence">The sequence number expected to be next; any other is <see cref="TurnOutcome.Fenced"/>.</param>
/// <param name="State">Status, assignee and details afterwards.</param>
/// <param name="Issue">JSON of the issue's facts afterwards; null: unchanged.</param>
/// <param name="Keys">The idempotency keys of the items.</param>
/// <param name="Activities">What is stored, with consecutive sequence numbers from <paramref name="FirstSequence"/> on.</param>
/// <param name="Threads">New threads.</param>
/// <param name="Deliveries">New deliveries, in order.</param>
/// <param name="WantedRevisions">Threads whose parent is to show a new revision: the ledger raises revision_wanted by one and makes the edit due.</param>
public sealed record Turn(
    Fence Fence, GroupName Name, bool IsNew, int Bucket, long FirstSequence, GroupState State, string? Issue,
    IReadOnlyList<TurnKey> Keys, IReadOnlyList<ActivityRow> Activities, IReadOnlyList<NewThread> Threads,
    IReadOnlyList<NewDelivery> Deliveries, IReadOnlyList<Guid> WantedRevisions)
{
    /// <summary>What the tracker is to be told: activities of this turn that clicks made.</summary>
    public IReadOnlyList<NewCallback> Callbacks { get; init; } = [];
}

/// <summary>An idempotency key: unique by organization, kind and id.</summary>
/// <param name="Kind"><c>alert</c> or <c>activity</c>: separate id spaces.</param>
/// <param name="Id">The sender's id.</param>
/// <param name="Hash">SHA-256 of the content.</param>
/// <param name="Receipt">What was answered, as JSON; a duplicate is answered the same.</param>
/// <param name="ExpiresAt">When the id may be used anew.</param>
public sealed record TurnKey(string Kind, string Id, byte[] Hash, string Receipt, DateTimeOffset ExpiresAt);

/// <summary>A key that stood there already.</summary>
/// <param name="Kind"><c>alert</c> or <c>activity</c>.</param>
/// <param name="Id">The sender's id.</param>
/// <param name="Hash">SHA-256 of the content that came first.</param>
/// <param name="Receipt">What was answered then.</param>
public sealed record KnownKey(string Kind, string Id, byte[] Hash, string Receipt);

/// <summary>A thread to register.</summary>
/// <param name="Id">UUID v7.</param>
/// <param name="Workspace">Slack's team id.</param>
/// <param name="Channel">Slack's channel id.</param>
/// <param name="Rule">'' when no rule was named.</param>
/// <param name="OpenPeriod">'' when no open period was named.</param>
/// <param name="AdoptedTs">The <c>ts</c> of a message that somebody else posted; null: the root is a delivery of ours.</param>
/// <param name="RegisteredSequence">The group's sequence at its registration.</param>
public sealed record NewThread(
    Guid Id, string Workspace, string Channel, string Rule, string OpenPeriod, string? AdoptedTs, long RegisteredSequence);

/// <summary>A delivery to make.</summary>
/// <param name="Id">UUID v7.</param>
/// <param name="Thread">Its thread, new or standing.</param>
/// <param name="Sequence">The activity it tells.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Broadcast">The reply is shown in the channel too.</param>
public sealed record NewDelivery(Guid Id, Guid Thread, long Sequence, DeliveryKind Kind, bool Broadcast = false);

/// <summary>What became of a turn.</summary>
public abstract record TurnOutcome
{
    private TurnOutcome()
    {
    }

    /// <summary>Committed.</summary>
    public sealed record Taken(DateTimeOffset AcceptedAt) : TurnOutcome
    {
        /// <summary>How many writes, of whatever groups, its commit carried; at least 1.</summary>
        public int BatchSize { get; init; } = 1;
    }

    /// <summary>Nothing was written: these keys stood there already. Decide again without them.</summary>
    public sealed record Known(IReadOnlyList<KnownKey> Keys) : TurnOutcome;

    /// <summary>Nothing was written: another owner, another epoch or another sequence. Drop memory, load again.</summary>
    public sealed record Fenced : TurnOutcome;

    /// <summary>Nothing was written: a thread of the turn was closed meanwhile. Load again and decide again.</summary>
    public sealed record Stale : TurnOutcome;

    /// <summary>Nothing was written: a new thread's place or message belongs to another thread (unique index), or its message has to go.</summary>
    public sealed record Clash : TurnOutcome;

    /// <summary>Nothing was written and nothing will be: the database refuses these data.</summary>
    public sealed record Refused(string Error) : TurnOutcome;

    /// <summary>Nothing was written: the database cannot take it now.</summary>
    public sealed record Unavailable(string Error) : TurnOutcome;

    /// <summary>It may have been written or not. Drop memory and load again; the keys tell.</summary>
    public sealed record Unknown(string Error) : TurnOutcome;
}
