using Microsoft.Data.Sqlite;

namespace ThreadGrains.Ledger.Sqlite;

/// <summary>The ledger in one SQLite file, for one process.</summary>
public sealed class SqliteLedger : ILedger
{
    private readonly TimeProvider _clock;
    private readonly Checkpoints _checkpoints;
    private readonly GroupCommit _writer;
    private readonly ReadPool _reads;
    private int _disposed;

    private SqliteLedger(SqliteLedgerOptions options, TimeProvider clock)
    {
        _clock = clock;
        _checkpoints = new Checkpoints(options);
        _writer = new GroupCommit(options, clock, _checkpoints);
        _reads = new ReadPool(options);
    }

    /// <summary>The schema scripts that this version knows; a file with others was written by a newer one.</summary>
    public static IReadOnlyList<string> Scripts => LedgerSchema.Scripts;

    /// <summary>Opens the file, makes it when missing, and brings it to this version's schema.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="clock">The ledger's clock: moments are written and compared by it alone.</param>
    /// <exception cref="ArgumentException">A setting is out of its limits.</exception>
    /// <exception cref="LedgerSchemaNewerException">A newer version wrote the file; it was not touched.</exception>
    /// <exception cref="LedgerUnavailableException">The file cannot be opened, made or trusted.</exception>
    public static SqliteLedger Open(SqliteLedgerOptions options, TimeProvider clock)
    {
        options.Check();
        try
        {
            // First a connection that is set up as all later ones: a file that cannot be durable is not touched further.
            using (Connection.Open(options, ConnectionRole.Writer))
            {
                LedgerSchema.Upgrade(options.Path);
            }

            return new SqliteLedger(options, clock);
        }
        catch (Exception error) when (error is SqliteFailure or SqliteException)
        {
            throw new LedgerUnavailableException($"The ledger '{options.Path}' cannot be opened: {error.Message}", error);
        }
    }

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
    public ValueTask<DateTimeOffset> Now(CancellationToken cancellation) => ValueTask.FromResult(ReadClock());

    /// <inheritdoc/>
    public Task<TurnOutcome> CommitTurn(Turn turn, CancellationToken cancellation) => _writer.Write(new WriteItem<TurnOutcome>(
        session => session.Turns.Commit(turn), error => new TurnOutcome.Unavailable(error),
        error => new TurnOutcome.Unknown(error), error => new TurnOutcome.Refused(error), cancellation));

    /// <inheritdoc/>
    public Task<ClaimOutcome> Claim(Claim claim, CancellationToken cancellation) => _writer.Write(new WriteItem<ClaimOutcome>(
        session => session.Claims.Claim(claim), error => new ClaimOutcome.Unavailable(error),
        error => new ClaimOutcome.Unknown(error), error => new ClaimOutcome.Unavailable(error), cancellation));

    /// <inheritdoc/>
    public Task<WriteOutcome> StepDoubt(Fence fence, Guid post, DoubtStep step, CancellationToken cancellation) =>
        Write(session => session.Doubts.Step(fence, post, step), cancellation);

    /// <inheritdoc/>
    public Task<EditClaimOutcome> ClaimEdit(Fence fence, Guid thread, Guid token, TimeSpan window, CancellationToken cancellation) =>
        _writer.Write(new WriteItem<EditClaimOutcome>(
            session => session.Edits.Claim(fence, thread, token, window),
            _ => new EditClaimOutcome.Not(WriteOutcome.Unavailable), _ => new EditClaimOutcome.Not(WriteOutcome.Unknown),
            null, cancellation));

    /// <inheritdoc/>
    public Task<WriteOutcome> EndObservation(Fence fence, Guid observation, CancellationToken cancellation) =>
        Write(session => session.Evidence.End(fence, observation), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> CloseThread(Fence fence, Guid thread, string reason, CancellationToken cancellation) =>
        Write(session => session.Threads.Close(fence, thread, reason), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> ReopenThread(Fence fence, Guid thread, CancellationToken cancellation) =>
        Write(session => session.Threads.Reopen(fence, thread), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ReplayOutcome>> Replay(Fence fence, IReadOnlyList<Guid> deliveries, CancellationToken cancellation)
    {
        IReadOnlyList<ReplayOutcome> unavailable = [.. deliveries.Select(_ => ReplayOutcome.Unavailable)];
        return _writer.Write(new WriteItem<IReadOnlyList<ReplayOutcome>>(
            session => session.Replays.Replay(fence, deliveries), _ => unavailable, _ => unavailable, null, cancellation));
    }

    /// <inheritdoc/>
    public Task<WriteOutcome> Park(Fence fence, Guid thread, string? error, DateTimeOffset? probeAt, CancellationToken cancellation) =>
        Write(session => session.Threads.Park(fence, thread, error, probeAt), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> Expire(Fence fence, Guid thread, DateTimeOffset acceptedBefore, CancellationToken cancellation) =>
        Write(session => session.Threads.Expire(fence, thread, acceptedBefore), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> ConfirmParent(Fence fence, Guid thread, string ts, CancellationToken cancellation) =>
        Write(session => session.Threads.ConfirmParent(fence, thread, ts), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> PostponeLookUp(Fence fence, Guid thread, DateTimeOffset dueAt, CancellationToken cancellation) =>
        Write(session => session.Threads.PostponeLookUp(fence, thread, dueAt), cancellation);

    /// <inheritdoc/>
    public Task<SettleOutcome> Settle(Guid post, PostResult result, CancellationToken cancellation) =>
        _writer.Write(new WriteItem<SettleOutcome>(
            session => session.Results.Settle(post, result), error => new SettleOutcome.Unavailable(error),
            error => new SettleOutcome.Unknown(error), null, cancellation));

    /// <inheritdoc/>
    public Task<WriteOutcome> SettleEdit(Guid token, EditResult result, CancellationToken cancellation) =>
        Write(session => session.Edits.Settle(token, result), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> Observe(Guid post, string ts, string what, string seenBy, CancellationToken cancellation) =>
        Write(session => session.Evidence.Observe(post, ts, what, seenBy), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> SettleCleanup(Guid cleanup, DateTimeOffset? dueAt, CancellationToken cancellation) =>
        Write(session => session.Cleanups.Settle(cleanup, dueAt), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> SettleVerification(Guid post, DateTimeOffset? nextAt, CancellationToken cancellation) =>
        Write(session => session.Cleanups.SettleVerification(post, nextAt), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> SettleCallback(Guid callback, int attempts, CallbackResult result, CancellationToken cancellation) =>
        Write(session => session.Callbacks.Settle(callback, attempts, result), cancellation);

    /// <inheritdoc/>
    public Task<CallbackHead?> ReadCallback(Guid group, CancellationToken cancellation) =>
        _reads.Read(session => session.Callbacks.Head(group, ReadClock()), cancellation);

    /// <inheritdoc/>
    public Task<GroupSnapshot?> LoadGroup(string organization, string group, CancellationToken cancellation) =>
        Find(session => session.Groups.Load(organization, group), cancellation);

    /// <inheritdoc/>
    public Task<ThreadWork?> ReadThread(Guid thread, int members, CancellationToken cancellation) =>
        _reads.Read(session => session.Threads.Read(thread, members, ReadClock()), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Guid>> ThreadsWithWork(Guid group, DateTimeOffset? dueBy, CancellationToken cancellation) =>
        _reads.Read(session => session.Threads.Due(group, dueBy), cancellation);

    /// <inheritdoc/>
    public Task<PostRow?> ReadPost(Guid post, CancellationToken cancellation) =>
        _reads.Read(session => session.Threads.Post(post), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<GroupName>> DueGroups(DueQuery query, CancellationToken cancellation) =>
        _reads.Read(session => session.Groups.Due(query), cancellation);

    /// <inheritdoc/>
    public Task<KnownKey?> FindKey(string organization, string kind, string id, CancellationToken cancellation) =>
        Find(session => session.Groups.Key(organization, kind, id, _clock.GetUtcNow()), cancellation);

    /// <inheritdoc/>
    public Task<GroupName?> FindGroupOfMessage(string workspace, string channel, string ts, Guid? post, CancellationToken cancellation) =>
        Find(session => session.Groups.OfMessage(workspace, channel, ts, post), cancellation);

    /// <inheritdoc/>
    public Task<PostPlace?> FindPostInFlight(Guid post, CancellationToken cancellation) =>
        Find(session => session.Channels.PostInFlight(post), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<GroupName>> ParkedGroups(string workspace, string? channel, GroupName? after, int limit, CancellationToken cancellation) =>
        _reads.Read(session => session.Channels.ParkedGroups(workspace, channel, after, limit), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ChannelReport>> ReportChannels(
        string organization, string workspace, string? after, int limit, CancellationToken cancellation) =>
        _reads.Read(session => session.Channels.Report(organization, workspace, after, limit), cancellation);

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
        _reads.Read(session => session.Reports.Conservation(), cancellation);

    /// <inheritdoc/>
    public Task<RestoreOutcome> BeginRestored(CancellationToken cancellation) => _writer.Write(new WriteItem<RestoreOutcome>(
        RestoreWrites.Begin, error => new RestoreOutcome.Unavailable(error),
        error => new RestoreOutcome.Unknown(error), null, cancellation));

    /// <inheritdoc/>
    public async Task<int> MoveToHistory(DateTimeOffset finishedBefore, int limit, CancellationToken cancellation)
    {
        // A hundred rows hold up an accept for a few milliseconds at most.
        const int shortTransaction = 100;
        int total = 0;
        while (total < limit)
        {
            int part = Math.Min(shortTransaction, limit - total);
            int moved = await _writer.Write(new WriteItem<int>(
                session => session.History.Move(finishedBefore, part), _ => 0, _ => 0, null, cancellation)).ConfigureAwait(false);
            total += moved;
            if (moved == 0)
            {
                break;
            }
        }

        return total;
    }

    /// <summary>Commits what waits, ends the reads, closes the file. A second call does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _writer.DisposeAsync().ConfigureAwait(false);
        await _reads.DisposeAsync().ConfigureAwait(false);
        await _checkpoints.DisposeAsync().ConfigureAwait(false);
    }

    private Task<WriteOutcome> Write(Func<WriteSession, Decision<WriteOutcome>> write, CancellationToken cancellation) =>
        _writer.Write(new WriteItem<WriteOutcome>(
            write, _ => WriteOutcome.Unavailable, _ => WriteOutcome.Unknown, null, cancellation));

    /// <summary>A read by names that came from outside: what cannot be stored cannot be found.</summary>
    private async Task<T?> Find<T>(Func<ReadSession, T?> read, CancellationToken cancellation)
    {
        try
        {
            return await _reads.Read(read, cancellation).ConfigureAwait(false);
        }
        catch (UnstorableText)
        {
            return default;
        }
    }

    /// <summary>As precise as the tables are, so that what is read again is what was told.</summary>
    private DateTimeOffset ReadClock() => Moment.FromMicroseconds(Moment.ToMicroseconds(_clock.GetUtcNow()));
}
