using ThreadGrains.Ledger;

namespace ThreadGrains.Simulation.Store.Rows;

/// <summary>A group, and what hangs on it.</summary>
internal sealed class GroupEntry(Guid id, GroupName name, int bucket)
{
    public Guid Id => id;

    public GroupName Name => name;

    public int Bucket => bucket;

    public string Owner { get; private set; } = "";

    public long Epoch { get; private set; }

    public long NextSequence { get; set; } = 1;

    public GroupState State { get; set; } = new("", null, "");

    public string Issue { get; set; } = "{}";

    public DateTimeOffset? WakeAt { get; private set; }

    /// <summary>All its threads, closed ones too.</summary>
    public List<ThreadEntry> Threads { get; } = [];

    /// <summary>Those that are not in history, by sequence.</summary>
    public Dictionary<long, ActivityEntry> Activities { get; } = [];

    /// <summary>Callbacks that have not ended, by sequence.</summary>
    public SortedList<long, CallbackEntry> Waiting { get; } = [];

    /// <summary>In the order in which they were registered.</summary>
    public IEnumerable<ThreadEntry> InOrder => Threads.OrderBy(thread => thread.RegisteredSequence).ThenBy(thread => thread.Id);

    /// <summary>Whether the fence's writer owns the group, or takes over from the epoch that stands.</summary>
    public bool Admits(Fence fence) => fence.Epoch == Epoch && (fence.TakeOver || fence.Owner == Owner);

    /// <summary>What is written stands: a writer that takes over is the owner now.</summary>
    public void Take(Fence fence) => (Owner, Epoch) = (fence.Owner, fence.HeldAfter);

    /// <summary>Anything of the group changed: the earliest of its threads' moments, and of the callback at the head.</summary>
    public void RenewWake()
    {
        DateTimeOffset? earliest = Waiting.Count > 0 ? Waiting.Values[0].DueAt : null;
        foreach (var thread in Threads)
        {
            earliest = Moments.Earlier(earliest, thread.WakeAt);
        }

        WakeAt = earliest;
    }
}

/// <summary>An alert or activity.</summary>
internal sealed class ActivityEntry(GroupEntry group, ActivityRow row)
{
    public GroupEntry Group => group;

    public ActivityRow Row { get; set; } = row;

    /// <summary>How many of its deliveries are not in history.</summary>
    public int Remaining { get; set; }
}

/// <summary>What the tracker is to be told.</summary>
internal sealed class CallbackEntry(GroupEntry group, NewCallback made, DateTimeOffset acceptedAt)
{
    public GroupEntry Group => group;

    public NewCallback Made => made;

    /// <summary>Pending, sent or dead.</summary>
    public DeliveryState State { get; set; } = DeliveryState.Pending;

    public DateTimeOffset DueAt { get; set; } = acceptedAt;

    /// <summary>Of all replays; only ever grows.</summary>
    public int Attempts { get; set; }

    /// <summary>Attempts made before the last replay.</summary>
    public int Forgiven { get; set; }

    public bool Late { get; set; }

    public string? Reason { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }
}
