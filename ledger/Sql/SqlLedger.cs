namespace ThreadGrains.Ledger.Sql;

/// <summary>
/// The ledger on a database that speaks SQL: which statements a call consists of. How a database commits them, and tells the
/// time, is its own.
/// </summary>
public abstract class SqlLedger : ILedger
{
    private readonly GroupCommit _writer;
    private readonly ReadPool _reads;
    private int _disposed;

    private protected SqlLedger(GroupCommit writer, ReadPool reads) => (_writer, _reads) = (writer, reads);

    /// <summary>Told after each commit, on the writer's thread, what it came to. Must not throw or wait.</summary>
    public Action<CommitReport>? Committed
    {
        get => _writer.Committed;
        set => _writer.Committed = value;
    }

    /// <summary>Planted faults, asked once a batch.</summary>
    internal Func<CommitFault>? Faults
    {
        get => _writer.Faults;
        set => _writer.Faults = value;
    }

    /// <summary>Told of the writer's connection before each batch.</summary>
    internal Action<WriteSession>? OnSession
    {
        get => _writer.OnSession;
        set => _writer.OnSession = value;
    }

    /// <inheritdoc/>
    public abstract ValueTask<DateTimeOffset> Now(CancellationToken cancellation);

    /// <inheritdoc/>
    public Task<TurnOutcome> CommitTurn(Turn turn, CancellationToken cancellation) => _writer.Write(new TurnItem(turn, cancellation));

    /// <inheritdoc/>
    public Task<ClaimOutcome> Claim(Claim claim, CancellationToken cancellation) => _writer.Write(new WriteItem<ClaimOutcome>(
        Touch.Group(claim.Fence.Group), session => session.Claims.Claim(claim), error => new ClaimOutcome.Unavailable(error),
        error => new ClaimOutcome.Unknown(error), null, cancellation));

    /// <inheritdoc/>
    public Task<WriteOutcome> StepDoubt(Fence fence, Guid post, DoubtStep step, CancellationToken cancellation) =>
        Write(Touch.Group(fence.Group), session => session.Doubts.Step(fence, post, step), cancellation);

    /// <inheritdoc/>
    public Task<EditClaimOutcome> ClaimEdit(Fence fence, Guid thread, Guid token, TimeSpan window, CancellationToken cancellation) =>
        _writer.Write(new WriteItem<EditClaimOutcome>(
            Touch.Group(fence.Group), session => session.Edits.Claim(fence, thread, token, window),
            _ => new EditClaimOutcome.Not(WriteOutcome.Unavailable), _ => new EditClaimOutcome.Not(WriteOutcome.Unknown),
            null, cancellation));

    /// <inheritdoc/>
    public Task<WriteOutcome> EndObservation(Fence fence, Guid observation, Repost? repost, CancellationToken cancellation) =>
        Write(Touch.Group(fence.Group), session => session.Evidence.End(fence, observation, repost), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> CloseThread(Fence fence, Guid thread, string reason, Repost? repost, CancellationToken cancellation) =>
        Write(Touch.Group(fence.Group), session => session.Threads.Close(fence, thread, reason, repost), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> ReopenThread(Fence fence, Guid thread, CancellationToken cancellation) =>
        Write(Touch.Group(fence.Group), session => session.Threads.Reopen(fence, thread), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ReplayOutcome>> Replay(Fence fence, IReadOnlyList<Guid> deliveries, CancellationToken cancellation)
    {
        IReadOnlyList<ReplayOutcome> unavailable = [.. deliveries.Select(_ => ReplayOutcome.Unavailable)];
        return _writer.Write(new WriteItem<IReadOnlyList<ReplayOutcome>>(
            Touch.Group(fence.Group), session => session.Replays.Replay(fence, deliveries), _ => unavailable, _ => unavailable, null, cancellation));
    }

    /// <inheritdoc/>
    public Task<WriteOutcome> Park(Fence fence, Guid thread, string? error, DateTimeOffset? probeAt, CancellationToken cancellation) =>
        Write(Touch.Group(fence.Group), session => session.Threads.Park(fence, thread, error, probeAt), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> Expire(Fence fence, Guid thread, DateTimeOffset acceptedBefore, CancellationToken cancellation) =>
        Write(Touch.Group(fence.Group), session => session.Threads.Expire(fence, thread, acceptedBefore), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> ConfirmParent(Fence fence, Guid thread, string ts, CancellationToken cancellation) =>
        Write(Touch.Group(fence.Group), session => session.Threads.ConfirmParent(fence, thread, ts), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> MoveThread(Fence fence, Guid thread, string channel, CancellationToken cancellation) =>
        Write(Touch.Group(fence.Group), session => session.Moves.Move(fence, thread, channel), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> PostponeLookUp(Fence fence, Guid thread, DateTimeOffset dueAt, CancellationToken cancellation) =>
        Write(Touch.Group(fence.Group), session => session.Threads.PostponeLookUp(fence, thread, dueAt), cancellation);

    /// <inheritdoc/>
    public Task<SettleOutcome> Settle(Guid post, PostResult result, CancellationToken cancellation) =>
        _writer.Write(new WriteItem<SettleOutcome>(
            Touch.Post(post), session => session.Results.Settle(post, result), error => new SettleOutcome.Unavailable(error),
            error => new SettleOutcome.Unknown(error), null, cancellation));

    /// <inheritdoc/>
    public Task<WriteOutcome> SettleEdit(Guid token, EditResult result, CancellationToken cancellation) =>
        Write(Touch.Edit(token), session => session.Edits.Settle(token, result), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> Observe(Guid post, string ts, string what, string seenBy, CancellationToken cancellation) =>
        Write(Touch.Post(post), session => session.Evidence.Observe(post, ts, what, seenBy), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> SettleCleanup(Guid cleanup, DateTimeOffset? dueAt, CancellationToken cancellation) =>
        Write(Touch.Cleanup(cleanup), session => session.Cleanups.Settle(cleanup, dueAt), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> SettleVerification(Guid post, DateTimeOffset? nextAt, CancellationToken cancellation) =>
        Write(Touch.Post(post), session => session.Cleanups.SettleVerification(post, nextAt), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> SettleCallback(Guid callback, int attempts, CallbackResult result, CancellationToken cancellation) =>
        Write(Touch.Callback(callback), session => session.Callbacks.Settle(callback, attempts, result), cancellation);

    /// <inheritdoc/>
    public Task<CallbackHead?> ReadCallback(Guid group, CancellationToken cancellation) =>
        _reads.ReadOne(session => session.Callbacks.Head(group), cancellation);

    /// <inheritdoc/>
    public Task<GroupSnapshot?> LoadGroup(string organization, string group, CancellationToken cancellation) =>
        Find(_reads.ReadOne(session => session.Groups.Load(organization, group), cancellation));

    /// <inheritdoc/>
    public Task<ThreadWork?> ReadThread(Guid thread, int members, CancellationToken cancellation) =>
        _reads.ReadOne(session => session.Threads.Read(thread, members), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Guid>> ThreadsWithWork(Guid group, DateTimeOffset? dueBy, CancellationToken cancellation) =>
        _reads.ReadOne(session => session.Threads.Due(group, dueBy), cancellation);

    /// <inheritdoc/>
    public Task<PostRow?> ReadPost(Guid post, CancellationToken cancellation) =>
        _reads.ReadOne(session => session.Threads.Post(post), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<GroupName>> DueGroups(DueQuery query, CancellationToken cancellation) =>
        _reads.ReadOne(session => session.Groups.Due(query), cancellation);

    /// <inheritdoc/>
    public Task<KnownKey?> FindKey(string organization, string kind, string id, CancellationToken cancellation) =>
        Find(session => session.Groups.Key(organization, kind, id, session.Now), cancellation);

    /// <inheritdoc/>
    public Task<GroupName?> FindGroupOfMessage(string workspace, string channel, string ts, Guid? post, CancellationToken cancellation) =>
        Find(_reads.ReadOne(session => session.Groups.OfMessage(workspace, channel, ts, post), cancellation));

    /// <inheritdoc/>
    public Task<PostPlace?> FindPost(Guid post, CancellationToken cancellation) =>
        _reads.ReadOne(session => session.Channels.Post(post), cancellation);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<GroupName>> ParkedGroups(string workspace, string? channel, GroupName? after, int limit, CancellationToken cancellation) =>
        await Find(session => session.Channels.ParkedGroups(workspace, channel, after, limit), cancellation).ConfigureAwait(false) ?? [];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<GroupName>> GroupsInChannel(string workspace, string channel, GroupName? after, int limit, CancellationToken cancellation) =>
        await Find(session => session.Channels.Groups(workspace, channel, after, limit), cancellation).ConfigureAwait(false) ?? [];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ChannelReport>> ReportChannels(
        string organization, string workspace, string? after, int limit, CancellationToken cancellation) =>
        await Find(session => session.Channels.Report(organization, workspace, after, limit), cancellation).ConfigureAwait(false) ?? [];

    /// <inheritdoc/>
    public Task<GroupReport?> ReportGroup(string organization, string group, CancellationToken cancellation) =>
        Find(session => session.Groups.Report(organization, group), cancellation);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DeliveryReport>> ReportDeliveries(DeliveryQuery query, CancellationToken cancellation) =>
        await Find(session => session.Reports.Deliveries(query), cancellation).ConfigureAwait(false) ?? [];

    /// <inheritdoc/>
    public async Task<LedgerTotals> Totals(string? organization, CancellationToken cancellation) =>
        await Find(session => session.Reports.Totals(organization), cancellation).ConfigureAwait(false)
        ?? new LedgerTotals(0, 0, 0, 0, 0, null, null, null);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ConservationError>> CheckConservation(CancellationToken cancellation) =>
        _reads.Read(session => session.Conservation.Check(), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ConservationError>> CheckConservation(DateTimeOffset since, int share, int shares, CancellationToken cancellation) =>
        _reads.Read(session => session.Conservation.Check(since, share, shares), cancellation);

    /// <inheritdoc/>
    public Task<RestoreOutcome> BeginRestored(CancellationToken cancellation) => _writer.Write(new WriteItem<RestoreOutcome>(
        Touch.Nothing, RestoreWrites.Begin, error => new RestoreOutcome.Unavailable(error),
        error => new RestoreOutcome.Unknown(error), null, cancellation));

    /// <inheritdoc/>
    public virtual async Task<int> MoveToHistory(DateTimeOffset finishedBefore, int limit, CancellationToken cancellation)
    {
        // A hundred rows hold up an accept for a few milliseconds at most.
        const int shortTransaction = 100;
        int total = 0;
        while (total < limit)
        {
            int part = Math.Min(shortTransaction, limit - total);
            int moved = await _writer.Write(new WriteItem<int>(
                Touch.Nothing, session => session.History.Move(finishedBefore, part), _ => 0, _ => 0, null, cancellation)).ConfigureAwait(false);
            total += moved;
            if (moved == 0)
            {
                break;
            }
        }

        return total;
    }

    /// <summary>Commits what waits, ends the reads, closes the connections. A second call does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _writer.DisposeAsync().ConfigureAwait(false);
            await _reads.DisposeAsync().ConfigureAwait(false);
            await Close().ConfigureAwait(false);
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>The last step of disposal.</summary>
    private protected abstract ValueTask Close();

    /// <summary>A read.</summary>
    private protected Task<T> Read<T>(Func<ReadSession, T> read, CancellationToken cancellation) => _reads.Read(read, cancellation);

    private Task<WriteOutcome> Write(Touch touches, Func<WriteSession, Decision<WriteOutcome>> write, CancellationToken cancellation) =>
        _writer.Write(new WriteItem<WriteOutcome>(
            touches, write, _ => WriteOutcome.Unavailable, _ => WriteOutcome.Unknown, null, cancellation));

    /// <summary>A read by names that came from outside: what cannot be stored cannot be found.</summary>
    private Task<T?> Find<T>(Func<ReadSession, T?> read, CancellationToken cancellation) => Find(_reads.Read(read, cancellation));

    private static async Task<T?> Find<T>(Task<T?> read)
    {
        try
        {
            return await read.ConfigureAwait(false);
        }
        catch (UnstorableText)
        {
            return default;
        }
    }
}
