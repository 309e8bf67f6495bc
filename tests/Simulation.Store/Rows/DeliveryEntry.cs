using ThreadGrains.Ledger;

namespace ThreadGrains.Simulation.Store.Rows;

/// <summary>One activity for one thread. Its state changes through its thread, which counts and keeps the line.</summary>
internal sealed class DeliveryEntry(Guid id, ThreadEntry thread, ActivityEntry activity, DeliveryKind kind, DateTimeOffset queuedAt)
{
    public Guid Id => id;

    public ThreadEntry Thread => thread;

    public ActivityEntry Activity => activity;

    public DeliveryKind Kind => kind;

    public bool Broadcast { get; init; }

    public long Position { get; set; }

    public DeliveryState State { get; set; } = DeliveryState.Pending;

    /// <summary>The post that carries it, or the last one that did.</summary>
    public PostEntry? Post { get; set; }

    public DateTimeOffset DueAt { get; set; } = queuedAt;

    /// <summary>Accepted, or replayed.</summary>
    public DateTimeOffset QueuedAt { get; set; } = queuedAt;

    public DateTimeOffset? FinishedAt { get; set; }

    public int Attempts { get; set; }

    public bool Late { get; set; }

    public bool Doubted { get; set; }

    public PostEntry? DoubtPost { get; set; }

    public string? Reason { get; set; }

    /// <summary>Moved there: nothing is ever done to it again.</summary>
    public bool InHistory { get; set; }

    /// <summary>Every post of the live tables that ever carried it.</summary>
    public List<PostEntry> Posts { get; } = [];

    /// <summary>The recap that tells it, where it was not sent before its thread was moved.</summary>
    public DeliveryEntry? Recap { get; set; }

    /// <summary>Of a recap: what it may have to tell.</summary>
    public List<DeliveryEntry> Told { get; } = [];

    public bool IsInFlight => State is DeliveryState.Sending or DeliveryState.InDoubt;

    /// <summary>Nothing more comes of it by itself, and nobody can replay it.</summary>
    public bool IsFinished => State is DeliveryState.Sent or DeliveryState.Cancelled;

    /// <summary>Of a recap's: what has surely not come to stand in the former thread.</summary>
    public bool IsTold => State is DeliveryState.Cancelled or DeliveryState.Dead && Kind is DeliveryKind.Reply or DeliveryKind.Repeat;

    public DeliveryRow ToRow() => new(
        id, Position, kind, State, Post?.Id, DueAt, Attempts, Late, Doubted, DoubtPost?.Id, activity.Row) { Broadcast = Broadcast, Reason = Reason };

    public DeliveryReport ToReport() => new(
        id, thread.Group.Name.Group, activity.Row.SenderId, kind, thread.Workspace, thread.Channel, thread.Ts, activity.Row.Sequence,
        State, Attempts, Late, Post?.Id, State == DeliveryState.Sent ? Post?.SlackTs : null, ReportedReason);

    /// <summary>The reason of one that waits in a parked thread is the thread's.</summary>
    private string? ReportedReason => State == DeliveryState.Pending && thread.Parked is { } error ? $"parked:{error}" : Reason;
}
