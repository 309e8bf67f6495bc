using ThreadGrains.Ledger;

namespace ThreadGrains.Simulation.Store.Rows;

/// <summary>A thread, its line, and its counters: a delivery changes its state here and nowhere else.</summary>
internal sealed class ThreadEntry(Guid id, GroupEntry group, string workspace, string channel, string rule, string openPeriod)
{
    public Guid Id => id;

    public GroupEntry Group => group;

    public string Workspace => workspace;

    /// <summary>Slack can give a channel another id.</summary>
    public string Channel { get; set; } = channel;

    public string Rule => rule;

    public string OpenPeriod => openPeriod;

    public string? Ts { get; set; }

    public ThreadState State { get; set; }

    public string? Reason { get; set; }

    public long RegisteredSequence { get; init; }

    public string? LastTs { get; set; }

    public bool Adopted { get; init; }

    public bool LookedUp { get; set; } = true;

    public DateTimeOffset? LookUpDueAt { get; set; }

    public long RevisionWanted { get; set; }

    public long RevisionShown { get; set; }

    /// <summary>While an edit is in flight: when it counts as lost.</summary>
    public DateTimeOffset? EditDueAt { get; set; }

    /// <summary>Of the last edit; in flight while <see cref="EditOpen"/>.</summary>
    public Guid? EditToken { get; set; }

    public bool EditOpen { get; set; }

    public bool EditsOff { get; set; }

    public string? Parked { get; set; }

    public DateTimeOffset? ParkedAt { get; set; }

    public DateTimeOffset? ProbeAt { get; set; }

    public ThreadEntry? RepostedFrom { get; init; }

    public DateTimeOffset? RepostedAt { get; init; }

    public ThreadEntry? RepostedAs { get; set; }

    public long Made { get; private set; }

    public long Sent { get; private set; }

    public long Dead { get; private set; }

    public long Cancelled { get; private set; }

    public DateTimeOffset? WakeAt { get; private set; }

    /// <summary>Every delivery ever made for it, those in history too.</summary>
    public List<DeliveryEntry> Deliveries { get; } = [];

    /// <summary>What has not ended, by position.</summary>
    public SortedList<long, DeliveryEntry> Line { get; } = [];

    /// <summary>Its post in sending or in doubt: there is never a second one.</summary>
    public PostEntry? InFlight { get; set; }

    /// <summary>The post that stands as its root.</summary>
    public PostEntry? RootPost { get; set; }

    /// <summary>Posts with a verification to come.</summary>
    public List<PostEntry> Verifying { get; } = [];

    /// <summary>Where messages of ours stand that the ledger names.</summary>
    public HashSet<string> Named { get; } = [];

    public List<ObservationEntry> OpenObservations { get; } = [];

    public List<CleanupEntry> OpenCleanups { get; } = [];

    public bool IsClosed => State == ThreadState.Closed;

    /// <summary>For a reason that no operator can mend.</summary>
    public bool IsClosedForGood => IsClosed && Reason is ("parent_gone" or "moved" or "message_taken");

    /// <summary>Ours, standing, and willing: its parent can be edited.</summary>
    public bool IsEditable => State == ThreadState.Open && !Adopted && !EditsOff;

    private long LastPosition { get; set; }

    /// <summary>A new delivery at the end.</summary>
    public void Add(DeliveryEntry delivery)
    {
        delivery.Position = ++LastPosition;
        Made++;
        Deliveries.Add(delivery);
        Line.Add(delivery.Position, delivery);
        delivery.Activity.Remaining++;
    }

    /// <summary>A dead delivery comes back, at the end.</summary>
    public void Requeue(DeliveryEntry delivery)
    {
        delivery.Position = ++LastPosition;
        Move(delivery, DeliveryState.Pending);
        delivery.FinishedAt = null;
    }

    /// <summary>A delivery ends.</summary>
    public void End(DeliveryEntry delivery, DeliveryState state, string? reason, DateTimeOffset now)
    {
        Move(delivery, state);
        delivery.Reason = reason;
        delivery.FinishedAt = now;
    }

    /// <summary>A change of state, of the counters and of the line.</summary>
    public void Move(DeliveryEntry delivery, DeliveryState state)
    {
        Count(delivery.State, -1);
        Count(state, 1);
        delivery.State = state;
        if (state is DeliveryState.Sent or DeliveryState.Dead or DeliveryState.Cancelled)
        {
            Line.Remove(delivery.Position);
        }
        else
        {
            Line[delivery.Position] = delivery;
        }
    }

    /// <summary>When to look for a second copy of a post; null: not any more.</summary>
    public void Verify(PostEntry post, DateTimeOffset? at)
    {
        Verifying.Remove(post);
        post.VerifyAt = at;
        if (at is not null)
        {
            Verifying.Add(post);
        }
    }

    /// <summary>Anything of the thread changed: the earliest moment at which its owner can do anything, and the group's with it.</summary>
    public void RenewWake()
    {
        // While a post is in flight nothing else can be claimed, and no other post's observation be ended.
        var due = InFlight is { } post ? (post.State == PostState.Sending ? post.NotAfter : post.ReadAt) : HeadDueAt;
        foreach (var observation in OpenObservations)
        {
            due = InFlight is null || InFlight == observation.Post ? Moments.Earlier(due, observation.SeenAt) : due;
        }

        foreach (var cleanup in OpenCleanups)
        {
            due = Moments.Earlier(due, cleanup.DueAt);
        }

        foreach (var sent in Verifying)
        {
            due = Moments.Earlier(due, sent.VerifyAt);
        }

        WakeAt = Moments.Earlier(Moments.Earlier(due, EditDueAt), LookUpDueAt);
        group.RenewWake();
    }

    private DateTimeOffset? HeadDueAt
    {
        get
        {
            if (Line.Count == 0 || !LookedUp)
            {
                return null;
            }

            var due = Line.Values[0].DueAt;
            return Parked is not null && ProbeAt > due ? ProbeAt : due;
        }
    }

    public ThreadRow ToRow() => new(
        id, group.Id, workspace, Channel, rule, openPeriod, Ts, State, Reason, RegisteredSequence, LastTs, Adopted, LookedUp, LookUpDueAt,
        RevisionWanted, RevisionShown, EditDueAt, EditOpen ? EditToken : null, EditsOff, Parked, ParkedAt, Made, Sent, Dead, Cancelled)
    {
        ProbeAt = ProbeAt,
        RepostedAs = RepostedAs?.Id,
    };

    private void Count(DeliveryState state, int by)
    {
        Sent += state == DeliveryState.Sent ? by : 0;
        Dead += state == DeliveryState.Dead ? by : 0;
        Cancelled += state == DeliveryState.Cancelled ? by : 0;
    }
}
