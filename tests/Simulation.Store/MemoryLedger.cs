using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Store.Reads;
using ThreadGrains.Simulation.Store.Writes;

namespace ThreadGrains.Simulation.Store;

/// <summary>
/// The ledger in memory, for the simulation: written from the contract, apart from the SQL, and held by the same suite.
/// </summary>
/// <remarks>
/// <para>
/// Every call has ended when it returns, on the caller's thread: there is no thread, timer or lock in it, so that whoever
/// schedules decides when a result arrives. One caller at a time.
/// </para>
/// <para>
/// A write first asks everything that can stop it, and only then changes rows, so that one that is not made, or throws, leaves
/// nothing. Same calls at the same moments: same rows, same ids.
/// </para>
/// </remarks>
public sealed class MemoryLedger : ILedger
{
    private readonly TimeProvider _clock;
    private readonly Turns _turns;
    private readonly Claims _claims;
    private readonly Results _results;
    private readonly Doubts _doubts;
    private readonly Evidence _evidence;
    private readonly Threads _threads;
    private readonly Edits _edits;
    private readonly Replays _replays;
    private readonly Settlements _settlements;
    private readonly Restores _restores;
    private readonly History _history;
    private readonly GroupReads _groupReads;
    private readonly ThreadReads _threadReads;
    private readonly Reports _reports;
    private bool _disposed;

    /// <summary>Opens a ledger on these rows.</summary>
    /// <param name="tables">The rows.</param>
    /// <param name="clock">The database's clock.</param>
    public MemoryLedger(MemoryTables tables, TimeProvider clock)
        : this(tables, clock, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60))
    {
    }

    /// <summary>Opens a ledger on these rows, with periods of its own.</summary>
    /// <param name="tables">The rows.</param>
    /// <param name="clock">The database's clock.</param>
    /// <param name="editGrace">How long after the end of its window an edit counts as in flight when nobody wrote its result.</param>
    /// <param name="verifyAfter">When a thread is verified after a doubted delivery was settled by evidence.</param>
    public MemoryLedger(MemoryTables tables, TimeProvider clock, TimeSpan editGrace, TimeSpan verifyAfter)
    {
        _clock = clock;
        var closing = new Closing(tables);
        var copies = new Copies(tables);
        _turns = new Turns(tables);
        _claims = new Claims(tables);
        _results = new Results(tables, closing, copies, verifyAfter.Whole());
        _doubts = new Doubts(tables, closing);
        _evidence = new Evidence(tables, _results, copies, closing, verifyAfter.Whole());
        _threads = new Threads(tables, closing);
        _edits = new Edits(tables, closing, editGrace.Whole());
        _replays = new Replays(tables);
        _settlements = new Settlements(tables);
        _restores = new Restores(tables);
        _history = new History(tables);
        _groupReads = new GroupReads(tables);
        _threadReads = new ThreadReads(tables);
        _reports = new Reports(tables);
    }

    /// <summary>Asked once for each write, before it is made. Null: no faults.</summary>
    public Func<WriteFault>? Faults { get; set; }

    private DateTimeOffset Clock => _clock.GetUtcNow().Whole();

    /// <inheritdoc/>
    public ValueTask<DateTimeOffset> Now(CancellationToken cancellation) => new(Clock);

    /// <inheritdoc/>
    public Task<TurnOutcome> CommitTurn(Turn turn, CancellationToken cancellation) => Write<TurnOutcome>(
        now => _turns.Commit(turn, now), error => new TurnOutcome.Unavailable(error), error => new TurnOutcome.Unknown(error), cancellation);

    /// <inheritdoc/>
    public Task<ClaimOutcome> Claim(Claim claim, CancellationToken cancellation) => Write<ClaimOutcome>(
        now => _claims.Claim(claim, now), error => new ClaimOutcome.Unavailable(error), error => new ClaimOutcome.Unknown(error), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> StepDoubt(Fence fence, Guid post, DoubtStep step, CancellationToken cancellation) =>
        Write(now => _doubts.Step(fence, post, step, now), cancellation);

    /// <inheritdoc/>
    public Task<EditClaimOutcome> ClaimEdit(Fence fence, Guid thread, Guid token, TimeSpan window, CancellationToken cancellation) => Write<EditClaimOutcome>(
        now => _edits.Claim(fence, thread, token, window, now),
        _ => new EditClaimOutcome.Not(WriteOutcome.Unavailable), _ => new EditClaimOutcome.Not(WriteOutcome.Unknown), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> EndObservation(Fence fence, Guid observation, Repost? repost, CancellationToken cancellation) =>
        Write(now => _evidence.End(fence, observation, repost, now), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> CloseThread(Fence fence, Guid thread, string reason, Repost? repost, CancellationToken cancellation) =>
        Write(now => _threads.Close(fence, thread, reason, repost, now), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> ReopenThread(Fence fence, Guid thread, CancellationToken cancellation) =>
        Write(now => _threads.Reopen(fence, thread, now), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ReplayOutcome>> Replay(Fence fence, IReadOnlyList<Guid> deliveries, CancellationToken cancellation)
    {
        IReadOnlyList<ReplayOutcome> unavailable = [.. deliveries.Select(_ => ReplayOutcome.Unavailable)];
        return Write(now => _replays.Replay(fence, deliveries, now), _ => unavailable, _ => unavailable, cancellation);
    }

    /// <inheritdoc/>
    public Task<WriteOutcome> Park(Fence fence, Guid thread, string? error, DateTimeOffset? probeAt, CancellationToken cancellation) =>
        Write(now => _threads.Park(fence, thread, error, probeAt, now), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> Expire(Fence fence, Guid thread, DateTimeOffset acceptedBefore, CancellationToken cancellation) =>
        Write(now => _threads.Expire(fence, thread, acceptedBefore, now), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> ConfirmParent(Fence fence, Guid thread, string ts, CancellationToken cancellation) =>
        Write(_ => _threads.ConfirmParent(fence, thread, ts), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> MoveThread(Fence fence, Guid thread, string channel, CancellationToken cancellation) =>
        Write(now => _threads.MoveTo(fence, thread, channel, now), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> PostponeLookUp(Fence fence, Guid thread, DateTimeOffset dueAt, CancellationToken cancellation) =>
        Write(_ => _threads.PostponeLookUp(fence, thread, dueAt), cancellation);

    /// <inheritdoc/>
    public Task<SettleOutcome> Settle(Guid post, PostResult result, CancellationToken cancellation) => Write<SettleOutcome>(
        now => _results.Settle(post, result, now), error => new SettleOutcome.Unavailable(error), error => new SettleOutcome.Unknown(error), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> SettleEdit(Guid token, EditResult result, CancellationToken cancellation) =>
        Write(now => _edits.Settle(token, result, now), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> Observe(Guid post, string ts, string what, string seenBy, CancellationToken cancellation) =>
        Write(now => _evidence.Observe(post, ts, what, seenBy, now), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> SettleCleanup(Guid cleanup, DateTimeOffset? dueAt, CancellationToken cancellation) =>
        Write(_ => _settlements.Cleanup(cleanup, dueAt), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> SettleVerification(Guid post, DateTimeOffset? nextAt, CancellationToken cancellation) =>
        Write(_ => _settlements.Verification(post, nextAt), cancellation);

    /// <inheritdoc/>
    public Task<WriteOutcome> SettleCallback(Guid callback, int attempts, CallbackResult result, CancellationToken cancellation) =>
        Write(now => _settlements.Callback(callback, attempts, result, now), cancellation);

    /// <inheritdoc/>
    public Task<RestoreOutcome> BeginRestored(CancellationToken cancellation) => Write<RestoreOutcome>(
        _restores.Begin, error => new RestoreOutcome.Unavailable(error), error => new RestoreOutcome.Unknown(error), cancellation);

    /// <inheritdoc/>
    public Task<int> MoveToHistory(DateTimeOffset finishedBefore, int limit, CancellationToken cancellation) =>
        Write(now => _history.Move(finishedBefore.Whole(), limit, now), _ => 0, _ => 0, cancellation);

    /// <inheritdoc/>
    public Task<KnownKey?> FindKey(string organization, string kind, string id, CancellationToken cancellation) =>
        Read(() => _groupReads.Key(organization, kind, id, Clock), cancellation);

    /// <inheritdoc/>
    public Task<GroupSnapshot?> LoadGroup(string organization, string group, CancellationToken cancellation) =>
        Read(() => _groupReads.Load(new GroupName(organization, group)), cancellation);

    /// <inheritdoc/>
    public Task<ThreadWork?> ReadThread(Guid thread, int members, CancellationToken cancellation) =>
        Read(() => _threadReads.Read(thread, members, Clock), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Guid>> ThreadsWithWork(Guid group, DateTimeOffset? dueBy, CancellationToken cancellation) =>
        Read(() => _threadReads.Due(group, dueBy), cancellation);

    /// <inheritdoc/>
    public Task<CallbackHead?> ReadCallback(Guid group, CancellationToken cancellation) =>
        Read(() => _groupReads.Callback(group, Clock), cancellation);

    /// <inheritdoc/>
    public Task<PostRow?> ReadPost(Guid post, CancellationToken cancellation) => Read(() => _threadReads.Post(post), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<GroupName>> DueGroups(DueQuery query, CancellationToken cancellation) =>
        Read(() => _groupReads.Due(query), cancellation);

    /// <inheritdoc/>
    public Task<GroupName?> FindGroupOfMessage(string workspace, string channel, string ts, Guid? post, CancellationToken cancellation) =>
        Read(() => _groupReads.OfMessage(workspace, channel, ts, post), cancellation);

    /// <inheritdoc/>
    public Task<PostPlace?> FindPost(Guid post, CancellationToken cancellation) =>
        Read(() => _threadReads.Place(post), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<GroupName>> ParkedGroups(string workspace, string? channel, GroupName? after, int limit, CancellationToken cancellation) =>
        Read(() => _groupReads.Parked(workspace, channel, after, limit), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<GroupName>> GroupsInChannel(string workspace, string channel, GroupName? after, int limit, CancellationToken cancellation) =>
        Read(() => _groupReads.InChannel(workspace, channel, after, limit), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ChannelReport>> ReportChannels(
        string organization, string workspace, string? after, int limit, CancellationToken cancellation) =>
        Read(() => _groupReads.Channels(organization, workspace, after, limit), cancellation);

    /// <inheritdoc/>
    public Task<GroupReport?> ReportGroup(string organization, string group, CancellationToken cancellation) =>
        Read(() => _groupReads.Report(new GroupName(organization, group)), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DeliveryReport>> ReportDeliveries(DeliveryQuery query, CancellationToken cancellation) =>
        Read(() => _reports.Deliveries(query), cancellation);

    /// <inheritdoc/>
    public Task<LedgerTotals> Totals(string? organization, CancellationToken cancellation) =>
        Read(() => _reports.Totals(organization), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ConservationError>> CheckConservation(CancellationToken cancellation) =>
        Read(() => _reports.Conservation(), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ConservationError>> CheckConservation(DateTimeOffset since, int share, int shares, CancellationToken cancellation) =>
        Read(() => _reports.Conservation(since, share, shares), cancellation);

    /// <summary>Counts one thread's deliveries again (P9): for a check after every step.</summary>
    /// <returns>What does not add up; null: all is well, or there is no such thread.</returns>
    public ConservationError? CheckConservationOf(Guid thread) => _reports.Conservation(thread);

    /// <summary>Nothing more is taken; the rows stay.</summary>
    public ValueTask DisposeAsync()
    {
        _disposed = true;
        return ValueTask.CompletedTask;
    }

    private Task<WriteOutcome> Write(Func<DateTimeOffset, WriteOutcome> write, CancellationToken cancellation) =>
        Write(write, _ => WriteOutcome.Unavailable, _ => WriteOutcome.Unknown, cancellation);

    private Task<T> Write<T>(
        Func<DateTimeOffset, T> write, Func<string, T> unavailable, Func<string, T> unknown, CancellationToken cancellation) => Read(() =>
    {
        var fault = Faults?.Invoke() ?? WriteFault.None;
        if (fault is WriteFault.RefuseBeforeCommit)
        {
            return unavailable("a planted fault before the commit");
        }

        if (fault is WriteFault.LoseCommit)
        {
            return unknown("a planted fault of the commit");
        }

        if (fault is not WriteFault.LoseAnswer)
        {
            return write(Clock);
        }

        try
        {
            write(Clock);
        }
        catch (ArgumentException)
        {
            // Nobody hears of a bug either: it is met again when the write is made again.
        }

        return unknown("a planted loss of the commit's answer");
    }, cancellation);

    

    /// <summary>Does it, and gives what came of it as a task that has ended.</summary>
    private Task<T> Read<T>(Func<T> call, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellation);
        }

        try
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(ILedger));
            return Task.FromResult(call());
        }
        catch (Exception error)
        {
            return Task.FromException<T>(error);
        }
    }
}
