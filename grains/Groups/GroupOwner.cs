using ThreadGrains.Grains.Callbacks;
using ThreadGrains.Grains.Delivery;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Organizations;

namespace ThreadGrains.Grains.Groups;

/// <summary>What a group's owner needs of the world.</summary>
/// <param name="Key">The group.</param>
/// <param name="Ledger">The ledger.</param>
/// <param name="Silo">This silo, address with generation: the owner that the ledger names.</param>
/// <param name="Settings">The organization's settings as last read.</param>
/// <param name="Drivers">Makes the context of a thread's drivers: its workspace's Slack and lanes.</param>
/// <param name="Times">The times and limits of deliveries.</param>
/// <param name="Clock">Local clock.</param>
/// <param name="NewId">Source of time-ordered ids.</param>
/// <param name="Log">Where happenings are told.</param>
/// <param name="Lost">Told once when the group is not ours any more.</param>
/// <param name="Callbacks">How the tracker is told what was clicked.</param>
internal sealed record OwnerContext(
    GroupKey Key, ILedger Ledger, string Silo, Func<OrganizationSettings> Settings,
    Func<ChannelAddress, GroupOwnership, DriverContext> Drivers, DeliveryOptions Times, TimeProvider Clock, Func<Guid> NewId,
    DeliveryLog Log, Action Lost, CallbackContext Callbacks)
{
    /// <summary>When this silo took which group over; null: nobody contends.</summary>
    public TakeOvers? TakeOvers { get; init; }

    /// <summary>Told of every write that was fenced off.</summary>
    public Action? Fenced { get; init; }
}

/// <summary>
/// Everything that one activation does for its group: remembers it, takes turns, drives its threads. The grain only owns
/// it and calls it, so that the simulation can run this very class.
/// </summary>
internal sealed class GroupOwner : IDisposable
{
    private readonly OwnerContext _context;
    private readonly GroupOwnership _ownership;
    private readonly TurnQueue _turns;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<Guid, (ThreadDriver Driver, WorkLoop Deliveries, WorkLoop Edits)> _threads = [];
    private GroupMemory _memory;
    private WorkLoop? _callbacks;

    public GroupOwner(OwnerContext context)
    {
        _context = context;
        _memory = GroupMemory.Unknown(context.NewId());
        _ownership = new GroupOwnership(context.Silo, () =>
        {
            context.Log.OwnershipLost(context.Key.ToString());
            _stopping.Cancel();
            context.Lost();
        }, context.TakeOvers)
        {
            Fenced = context.Fenced,
        };
        _turns = new TurnQueue(
            context.Ledger, _ownership, AcceptanceNow, GroupBucket.Of(context.Key), context.Times.MaxWaitingAccepts,
            () => _memory, Committed, Load);
    }

    /// <summary>Whether any thread, or the tracker's callback, has something due soon.</summary>
    public bool IsBusy => _callbacks is { IsRunning: true } || _threads.Values.Any(thread => thread.Deliveries.IsRunning || thread.Edits.IsRunning);

    /// <summary>The group as remembered.</summary>
    public GroupMemory Memory => _memory;

    /// <summary>The right to write.</summary>
    public GroupOwnership Ownership => _ownership;

    /// <summary>Reads the group from the ledger and forgets what was remembered.</summary>
    public async Task Load(CancellationToken cancellation)
    {
        if (await _context.Ledger.LoadGroup(_context.Key.Organization, _context.Key.Group, cancellation) is { } snapshot)
        {
            _memory = GroupMemory.From(snapshot);
            _ownership.Loaded(snapshot.Id, snapshot.Epoch);
        }
        else
        {
            _memory = GroupMemory.Unknown(_context.NewId());
            _ownership.Loaded(_memory.Id, 0);
        }
    }

    /// <summary>Takes requests in the order given; returns after the commit that holds them.</summary>
    public Task<TurnAnswer[]> Take(IReadOnlyList<TurnRequest> requests) => _turns.Take(requests, _context.Key);

    /// <summary>Starts the drivers of the threads that have anything due.</summary>
    public async Task WakeAll(CancellationToken cancellation)
    {
        if (!_memory.Exists)
        {
            return;
        }

        foreach (var thread in await _context.Ledger.ThreadsWithWork(_memory.Id, null, cancellation))
        {
            await Wake(thread, cancellation);
        }

        CallbackLoop()?.Wake();
    }

    /// <summary>Starts the drivers of a thread, also of one that is closed and still has a clean-up.</summary>
    public async Task Wake(Guid thread, CancellationToken cancellation)
    {
        if (_memory.Threads.FirstOrDefault(remembered => remembered.Id == thread) is { } known)
        {
            Wake(thread, known.Address);
        }
        else if (await _context.Ledger.ReadThread(thread, 0, cancellation) is { } work)
        {
            Wake(thread, new ChannelAddress(work.Thread.Workspace, work.Thread.Channel));
        }
    }

    /// <summary>A thread that had been closed is open again: what is decided from now on goes into it.</summary>
    /// <param name="closed">Its row as it was before.</param>
    public void Reopened(ThreadRow closed) => _memory = _memory.Reopened(closed with { State = ThreadState.Open, Reason = null });

    /// <summary>
    /// A thread was closed, and nothing takes its place. The owner remembers it at once: its driver may wait for Slack, and reads the
    /// thread again only after that.
    /// </summary>
    public void Closed(Guid thread) => _memory = _memory.Without(thread);

    /// <summary>A thread stands under another channel id: what is accepted from now on knows it. Its drivers do not; the activation has to end.</summary>
    public void Moved(Guid thread, ChannelAddress address)
    {
        if (IndexOf(_memory, thread) is >= 0 and var at)
        {
            _memory = _memory with { Threads = _memory.Threads.SetItem(at, _memory.Threads[at] with { Address = address }) };
        }
    }

    /// <summary>Slack has told of a post, and perhaps of its thread: if it is in doubt, that ends it or it is looked for at once.</summary>
    public async Task Hasten(Guid thread, Guid post, string ts, string? threadTs, CancellationToken cancellation)
    {
        await Wake(thread, cancellation);
        if (_threads.TryGetValue(thread, out var loops))
        {
            loops.Driver.TellOf(post, ts, threadTs);
            loops.Deliveries.Wake();
        }
    }

    /// <summary>Slack has told of a post: if its answer is still awaited here, nothing follows unless that is lost.</summary>
    /// <returns>Whether it is awaited here.</returns>
    public bool TellSender(Guid post, string ts, string? threadTs) => _threads.Values.Any(loops => loops.Driver.TellSender(post, ts, threadTs));

    /// <summary>Takes no new claims and waits for what has begun; a post in flight ends within its window.</summary>
    public async Task Stop()
    {
        _stopping.Cancel();
        await Task.WhenAll(_threads.Values.SelectMany(thread => new[] { thread.Deliveries.Completion, thread.Edits.Completion })
            .Append(_callbacks?.Completion ?? Task.CompletedTask));
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _ownership.Dispose();
    }

    private AcceptanceContext AcceptanceNow() => new(
        _context.Key, _context.Settings(), _context.Clock.GetUtcNow(), _context.NewId, _context.Times.MaxPendingPerThread,
        _context.Callbacks.Options.IsConfigured);

    private void Committed(GroupMemory before, TurnDecision decision)
    {
        // A driver may have learnt of a thread while the turn was in flight: what it learnt is newer than the decision's copy.
        var merged = decision.After;
        foreach (var (old, now) in before.Threads.Select(old => (old, _memory.Threads.FirstOrDefault(thread => thread.Id == old.Id))))
        {
            int at = IndexOf(merged, old.Id);
            if (at < 0)
            {
                continue;
            }

            merged = now is null
                ? merged with { Threads = merged.Threads.RemoveAt(at) }
                : (now.Ts, now.Address) != (old.Ts, old.Address)
                    ? merged with { Threads = merged.Threads.SetItem(at, merged.Threads[at] with { Ts = now.Ts, Address = now.Address }) }
                    : merged;
        }

        // And a thread that was opened again meanwhile is one that the decision did not know.
        foreach (var reopened in _memory.Threads.Where(thread => before.Threads.All(known => known.Id != thread.Id) && IndexOf(merged, thread.Id) < 0))
        {
            merged = merged with { Threads = merged.Threads.Add(reopened) };
        }

        _memory = merged;
        if (decision.Callbacks.Count > 0)
        {
            CallbackLoop()?.Offer();
        }

        foreach (var thread in _memory.Threads)
        {
            if (decision.Deliveries.Any(delivery => delivery.Thread == thread.Id) || decision.Threads.Any(made => made.Id == thread.Id))
            {
                LoopsOf(thread.Id, thread.Address)?.Deliveries.Offer();
            }

            if (decision.WantedRevisions.Contains(thread.Id))
            {
                LoopsOf(thread.Id, thread.Address)?.Edits.Offer();
            }
        }
    }

    private static int IndexOf(GroupMemory memory, Guid thread)
    {
        for (int i = 0; i < memory.Threads.Length; i++)
        {
            if (memory.Threads[i].Id == thread)
            {
                return i;
            }
        }

        return -1;
    }

    private void Wake(Guid thread, ChannelAddress address)
    {
        if (LoopsOf(thread, address) is var (_, deliveries, edits))
        {
            deliveries.Wake();
            edits.Wake();
        }
    }

    /// <summary>One loop for the group: the tracker is told in the order of the group's history, whatever the thread.</summary>
    private WorkLoop? CallbackLoop() => _stopping.IsCancellationRequested
        ? null
        : _callbacks ??= new WorkLoop(
            new CallbackDriver(_memory.Id, _context.Callbacks), _context.Clock, error => _context.Callbacks.Log.DriverFailed(_memory.Id, error), _stopping.Token);

    private (ThreadDriver Driver, WorkLoop Deliveries, WorkLoop Edits)? LoopsOf(Guid thread, ChannelAddress address)
    {
        if (_stopping.IsCancellationRequested)
        {
            return null;
        }

        if (!_threads.TryGetValue(thread, out var loops))
        {
            var drivers = _context.Drivers(address, _ownership);
            WorkLoop Loop(IWorker worker) => new(worker, _context.Clock, error => _context.Log.Failed(thread, error), _stopping.Token);
            var driver = new ThreadDriver(thread, drivers, Seen);
            var deliveries = Loop(driver);
            loops = (driver, deliveries, Loop(new ParentEditor(thread, drivers, deliveries.Wake)));
            _threads[thread] = loops;
        }

        return loops;
    }

    /// <summary>A driver has read its thread: what matters for accepting is taken over, and an edit that became possible is started.</summary>
    private async Task Seen(ThreadRow row, CancellationToken cancellation)
    {
        // The thread that took its place comes into memory in the same step in which it leaves: what is accepted goes to one of them.
        var next = row.RepostedAs is { } reposted && _memory.Threads.All(thread => thread.Id != reposted)
            ? (await _context.Ledger.ReadThread(reposted, 0, cancellation))?.Thread : null;
        _memory = _memory.Refreshed(row);
        if (next is { State: not ThreadState.Closed })
        {
            _memory = _memory.Reopened(next);
            Wake(next.Id, new ChannelAddress(next.Workspace, next.Channel));
        }

        if (row is { State: ThreadState.Open, Adopted: false, EditsOff: false } && row.RevisionWanted > row.RevisionShown
            && _threads.TryGetValue(row.Id, out var loops) && !loops.Edits.IsRunning)
        {
            loops.Edits.Wake();
        }

        if (row.State == ThreadState.Closed && _threads.TryGetValue(row.Id, out var done) && !done.Deliveries.IsRunning && !done.Edits.IsRunning)
        {
            _threads.Remove(row.Id);
        }
    }
}
