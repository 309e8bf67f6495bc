using ThreadGrains.Ledger;

namespace ThreadGrains.Simulation.Store.Rows;

/// <summary>How a post ended, beside its state: so that the same result again is known as the same.</summary>
internal enum PostEnding
{
    Sent,
    Orphaned,
    TryAgain,
    Dead,
    ThreadGone,
    Absent,
    ParentGone,
    GivenUp,
    Resent,
}

/// <summary>One message that was tried in Slack.</summary>
internal sealed class PostEntry(Guid id, ThreadEntry thread, PostKind kind, IReadOnlyList<DeliveryEntry> members)
{
    public Guid Id => id;

    public ThreadEntry Thread => thread;

    public PostKind Kind => kind;

    /// <summary>What it carries, in order.</summary>
    public IReadOnlyList<DeliveryEntry> Members => members;

    public PostState State { get; set; } = PostState.Sending;

    /// <summary>Null while its outcome is open.</summary>
    public PostEnding? Ending { get; set; }

    public long Epoch { get; init; }

    public DateTimeOffset ClaimedAt { get; init; }

    public DateTimeOffset NotAfter { get; init; }

    public string? ReadFrom { get; init; }

    /// <summary>Of a root: the revision that it shows.</summary>
    public long? Revision { get; init; }

    public string? SlackTs { get; set; }

    public bool KnownEnd { get; set; }

    public DateTimeOffset? ReadAt { get; set; }

    public int AbsentReads { get; set; }

    public DateTimeOffset? DoubtSince { get; set; }

    /// <summary>Set through its thread, which knows the earliest.</summary>
    public DateTimeOffset? VerifyAt { get; set; }

    public string? Reason { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public bool Restored { get; set; }

    /// <summary>Every copy of it that was seen, one for each <c>ts</c>.</summary>
    public List<ObservationEntry> Observations { get; } = [];

    public List<CleanupEntry> Cleanups { get; } = [];

    public bool IsInFlight => State is PostState.Sending or PostState.InDoubt;

    /// <summary>Those whose state follows its own.</summary>
    public IEnumerable<DeliveryEntry> Carried => members.Where(member => member.Post == this && member.IsInFlight);

    /// <summary>A copy of it was seen, and nothing followed from that yet.</summary>
    public bool IsSeen => Observations.Exists(observation => !observation.IsEnded);

    public PostRow ToRow() => new(
        id, thread.Id, kind, State, Epoch, ClaimedAt, NotAfter, ReadFrom, SlackTs, KnownEnd, ReadAt, AbsentReads, DoubtSince, VerifyAt,
        Reason, [.. members.Select(member => member.Id)]) { Restored = Restored };
}

/// <summary>Evidence of a copy in Slack.</summary>
internal sealed class ObservationEntry(Guid id, PostEntry post, string ts, string what, DateTimeOffset seenAt)
{
    public Guid Id => id;

    public PostEntry Post => post;

    public string Ts => ts;

    public DateTimeOffset SeenAt => seenAt;

    /// <summary>A late answer named a copy outside its thread.</summary>
    public bool IsOrphan => what == "orphan";

    /// <summary>What follows from it was written.</summary>
    public bool IsEnded { get; set; }

    public ObservationRow ToRow() => new(id, post.Id, ts, what);
}

/// <summary>A message of ours that must go.</summary>
internal sealed class CleanupEntry(Guid id, PostEntry post, string ts, string why, DateTimeOffset dueAt)
{
    public Guid Id => id;

    public PostEntry Post => post;

    public string Ts => ts;

    /// <summary>It moves with its thread while it is due.</summary>
    public string Channel { get; set; } = post.Thread.Channel;

    public DateTimeOffset DueAt { get; set; } = dueAt;

    public int Attempts { get; set; }

    public bool IsDone { get; set; }

    public CleanupRow ToRow() => new(id, Channel, ts, why, DueAt, Attempts);
}
