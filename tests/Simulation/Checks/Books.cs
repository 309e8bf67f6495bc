using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Scheduling;

namespace ThreadGrains.Simulation.Checks;

/// <summary>A thread as its commits made it.</summary>
internal sealed record ThreadFact(Guid Id, Guid Group, string Workspace, string Channel)
{
    /// <summary>The next place at its end.</summary>
    public long NextPosition { get; set; } = 1;

    public List<DeliveryFact> Deliveries { get; } = [];

    /// <summary>The thread whose place it took.</summary>
    public ThreadFact? RepostOf { get; init; }

    /// <summary>What had not ended in that thread then: it stands there, or is told here.</summary>
    public IReadOnlyList<DeliveryFact> LeftToTell { get; init; } = [];

    public override string ToString() => $"thread {Id} in {Workspace}/{Channel}";
}

/// <summary>A delivery as its commit made it.</summary>
internal sealed record DeliveryFact(Guid Id, ThreadFact Thread, long Sequence, DeliveryKind Kind, string Activity)
{
    public long Position { get; set; }

    /// <summary>An operator chose that nobody looks for it any more, or that it goes again unread.</summary>
    public string? OperatorsChoice { get; set; }

    /// <summary>The post that was given up in doubt with it: a replay brings its company along.</summary>
    public PostFact? GivenUpWith { get; set; }

    public override string ToString() => $"{Kind} {Activity} ({Id}, position {Position} of {Thread}{(OperatorsChoice is null ? "" : $", {OperatorsChoice}")})";
}

/// <summary>A post as its claim made it.</summary>
internal sealed record PostFact(Guid Id, ThreadFact Thread, PostKind Kind, IReadOnlyList<DeliveryFact> Members, DateTimeOffset NotAfter)
{
    /// <summary>When a first complete look had not found it.</summary>
    public DateTimeOffset? LookedForAt { get; set; }

    /// <summary>It was given up in doubt: its bytes may arrive whenever they like.</summary>
    public bool WasGivenUp { get; set; }

    public override string ToString() => $"{Kind} {Id} of {Thread}";
}

/// <summary>
/// What the ledger has said that it took, kept apart from its tables: from the writes as they went in and the outcomes that it
/// really gave, whether or not anybody heard them.
/// </summary>
internal sealed class Books(Func<DateTimeOffset> now)
{
    private readonly Dictionary<Guid, (long Epoch, string Owner)> _owners = [];

    public Dictionary<Guid, ThreadFact> Threads { get; } = [];

    public Dictionary<Guid, DeliveryFact> Deliveries { get; } = [];

    public Dictionary<Guid, PostFact> Posts { get; } = [];

    public HashSet<Guid> Groups { get; } = [];

    /// <summary>What happened in this run, by how often: whether the runs reach what they are meant to reach.</summary>
    public SortedDictionary<string, int> Reached { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether a delivery had not ended when the rows were last read.</summary>
    public Func<Guid, bool>? IsOpen { get; set; }

    /// <summary>Told after each write that may have changed rows, and whether it says what became of a post.</summary>
    public Action<bool>? Changed { get; set; }

    public void RowsChanged(bool saysWhatBecame) => Changed?.Invoke(saysWhatBecame);

    public void Reach(string what) => Reached[what] = Reached.GetValueOrDefault(what) + 1;

    public void Settled(Guid post, PostResult result, SettleOutcome outcome)
    {
        Reach($"settle {result.GetType().Name}: {outcome.GetType().Name}");
        if (outcome is SettleOutcome.Settled or SettleOutcome.Observed
            && (result switch { PostResult.Sent sent => sent.Ts, PostResult.Orphaned orphaned => orphaned.Ts, _ => null }) is { } ts)
        {
            Know(post, ts);
        }
    }

    /// <summary>Told of each copy of a post whose place was written to the ledger.</summary>
    public Action<PostFact, string>? BecameKnown { get; set; }

    /// <summary>The true time.</summary>
    public DateTimeOffset Now => now();

    /// <summary>From now on the ledger knows of a copy.</summary>
    public void Know(Guid post, string ts)
    {
        if (Posts.TryGetValue(post, out var fact))
        {
            BecameKnown?.Invoke(fact, ts);
        }
    }

    public void Committed(Turn turn, TurnOutcome outcome)
    {
        Reach($"turn: {outcome.GetType().Name}");
        if (outcome is not TurnOutcome.Taken)
        {
            return;
        }

        Wrote(turn.Fence);
        Groups.Add(turn.Fence.Group);
        foreach (var thread in turn.Threads)
        {
            Threads.Add(thread.Id, new ThreadFact(thread.Id, turn.Fence.Group, thread.Workspace, thread.Channel));
        }

        var told = turn.Activities.ToDictionary(activity => activity.Sequence, activity => activity.SenderId);
        foreach (var delivery in turn.Deliveries)
        {
            Made(delivery.Id, Threads[delivery.Thread], delivery.Sequence, delivery.Kind, told[delivery.Sequence]);
        }

        foreach (long sequence in told.Keys.Except(turn.Deliveries.Where(delivery => delivery.Kind == DeliveryKind.Root).Select(delivery => delivery.Sequence)))
        {
            WasAccepted?.Invoke(turn.Fence.Group, sequence, [.. turn.Deliveries.Where(delivery => delivery.Sequence == sequence).Select(delivery => delivery.Thread)]);
        }
    }

    /// <summary>Told of each activity that announces nothing: its group, its sequence, and to which threads it goes.</summary>
    public Action<Guid, long, IReadOnlyCollection<Guid>>? WasAccepted { get; set; }

    /// <summary>Another thread took the place of one whose parent is gone.</summary>
    /// <param name="former">That one.</param>
    /// <param name="repost">What was asked for.</param>
    /// <param name="recap">Something was left to tell.</param>
    public void Reposted(ThreadFact former, Repost repost, bool recap)
    {
        Reach("repost");
        var thread = new ThreadFact(repost.Thread, former.Group, former.Workspace, former.Channel)
        {
            RepostOf = former,
            LeftToTell = [.. former.Deliveries.Where(delivery => delivery.Kind is DeliveryKind.Reply or DeliveryKind.Repeat && IsOpen!(delivery.Id))],
        };
        Threads.Add(thread.Id, thread);
        var root = former.Deliveries.First(delivery => delivery.Kind == DeliveryKind.Root);
        Made(repost.Root, thread, root.Sequence, DeliveryKind.Root, root.Activity);
        if (recap)
        {
            Made(repost.Recap, thread, root.Sequence, DeliveryKind.Recap, root.Activity);
        }
    }

    public void Claimed(Claim claim, ClaimOutcome outcome)
    {
        Reach($"claim: {outcome.GetType().Name}");
        if (outcome is ClaimOutcome.Claimed claimed)
        {
            Reach($"claim of a {claim.Kind}");
            Wrote(claim.Fence);
            Posts.Add(claim.Post, new PostFact(claim.Post, Threads[claim.Thread], claim.Kind, [.. claim.Members.Select(member => Deliveries[member])], claimed.NotAfter));
        }
    }

    public void Stepped(Guid post, DoubtStep step, DateTimeOffset lookedAt)
    {
        Reach($"doubt: {step.GetType().Name}");
        if (step is DoubtStep.AbsentOnce && Posts.TryGetValue(post, out var looked))
        {
            looked.LookedForAt = lookedAt;
        }

        if (step is DoubtStep.GiveUp or DoubtStep.Resend && Posts.TryGetValue(post, out var known))
        {
            known.WasGivenUp |= step is DoubtStep.GiveUp;
            foreach (var member in known.Members)
            {
                member.OperatorsChoice = step is DoubtStep.GiveUp ? "given up" : "sent again unread";
                member.GivenUpWith = step is DoubtStep.GiveUp ? known : null;
            }
        }
    }

    /// <summary>Told of each verification that was brought to its end.</summary>
    public Action<PostFact, DateTimeOffset>? WasVerified { get; set; }

    public void Verified(Guid post)
    {
        Reach("verified");
        WasVerified?.Invoke(Posts[post], now());
    }

    public void Replayed(Fence fence, IReadOnlyList<Guid> deliveries, IReadOnlyList<ReplayOutcome> outcomes)
    {
        if (!outcomes.Contains(ReplayOutcome.Replayed))
        {
            return;
        }

        Wrote(fence);
        var replayed = new HashSet<DeliveryFact>();
        foreach (var delivery in deliveries.Where((_, i) => outcomes[i] == ReplayOutcome.Replayed).Select(id => Deliveries[id]).Where(delivery => !replayed.Contains(delivery)))
        {
            IReadOnlyList<DeliveryFact> company = delivery.GivenUpWith is { } post ? [.. post.Members.Where(member => member.GivenUpWith == post)] : [delivery];
            foreach (var member in company)
            {
                member.Position = member.Thread.NextPosition++;
                member.GivenUpWith = null;
                replayed.Add(member);
            }
        }
    }

    private void Made(Guid id, ThreadFact thread, long sequence, DeliveryKind kind, string activity)
    {
        var made = new DeliveryFact(id, thread, sequence, kind, activity) { Position = thread.NextPosition++ };
        Deliveries.Add(made.Id, made);
        thread.Deliveries.Add(made);
    }

    /// <summary>Every write of an owner names the epoch: one that was taken must name the newest (design 5.2).</summary>
    public void Wrote(Fence fence)
    {
        var (epoch, owner) = _owners.GetValueOrDefault(fence.Group, (0, ""));
        bool holds = fence.TakeOver ? fence.Epoch == epoch : fence.Epoch == epoch && fence.Owner == owner;
        if (!holds)
        {
            throw new BrokenPromise("P1", $"A write of {fence.Owner} under epoch {fence.Epoch} was taken, although {owner} owns the group with epoch {epoch}.");
        }

        _owners[fence.Group] = (fence.HeldAfter, fence.Owner);
    }
}
