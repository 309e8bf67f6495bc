using System.Runtime.CompilerServices;
using System.Text.Json;
using ThreadGrains.Ledger.Sql;
using ThreadGrains.Simulation.Store;

namespace ThreadGrains.Ledger.Tests;

/// <summary>
/// SQLite and memory side by side: every call goes to both, one call after the other, and both must say the same, to the last
/// field. What it gives back is SQLite's.
/// </summary>
internal sealed class TwinLedger(ILedger sql, ILedger memory, SemaphoreSlim turn) : ILedger
{
    public ValueTask<DateTimeOffset> Now(CancellationToken cancellation) =>
        new(Both(ledger => ledger.Now(cancellation).AsTask()));

    public Task<TurnOutcome> CommitTurn(Turn turn, CancellationToken cancellation) => Both(ledger => ledger.CommitTurn(turn, cancellation));

    public Task<ClaimOutcome> Claim(Claim claim, CancellationToken cancellation) => Both(ledger => ledger.Claim(claim, cancellation));

    public Task<WriteOutcome> StepDoubt(Fence fence, Guid post, DoubtStep step, CancellationToken cancellation) =>
        Both(ledger => ledger.StepDoubt(fence, post, step, cancellation));

    public Task<EditClaimOutcome> ClaimEdit(Fence fence, Guid thread, Guid token, TimeSpan window, CancellationToken cancellation) =>
        Both(ledger => ledger.ClaimEdit(fence, thread, token, window, cancellation));

    public Task<WriteOutcome> EndObservation(Fence fence, Guid observation, Repost? repost, CancellationToken cancellation) =>
        Both(ledger => ledger.EndObservation(fence, observation, repost, cancellation));

    public Task<WriteOutcome> CloseThread(Fence fence, Guid thread, string reason, Repost? repost, CancellationToken cancellation) =>
        Both(ledger => ledger.CloseThread(fence, thread, reason, repost, cancellation));

    public Task<WriteOutcome> ReopenThread(Fence fence, Guid thread, CancellationToken cancellation) =>
        Both(ledger => ledger.ReopenThread(fence, thread, cancellation));

    public Task<IReadOnlyList<ReplayOutcome>> Replay(Fence fence, IReadOnlyList<Guid> deliveries, CancellationToken cancellation) =>
        Both(ledger => ledger.Replay(fence, deliveries, cancellation));

    public Task<WriteOutcome> Park(Fence fence, Guid thread, string? error, DateTimeOffset? probeAt, CancellationToken cancellation) =>
        Both(ledger => ledger.Park(fence, thread, error, probeAt, cancellation));

    public Task<WriteOutcome> Expire(Fence fence, Guid thread, DateTimeOffset acceptedBefore, CancellationToken cancellation) =>
        Both(ledger => ledger.Expire(fence, thread, acceptedBefore, cancellation));

    public Task<WriteOutcome> ConfirmParent(Fence fence, Guid thread, string ts, CancellationToken cancellation) =>
        Both(ledger => ledger.ConfirmParent(fence, thread, ts, cancellation));

    public Task<WriteOutcome> PostponeLookUp(Fence fence, Guid thread, DateTimeOffset dueAt, CancellationToken cancellation) =>
        Both(ledger => ledger.PostponeLookUp(fence, thread, dueAt, cancellation));

    public Task<SettleOutcome> Settle(Guid post, PostResult result, CancellationToken cancellation) =>
        Both(ledger => ledger.Settle(post, result, cancellation));

    public Task<WriteOutcome> SettleEdit(Guid token, EditResult result, CancellationToken cancellation) =>
        Both(ledger => ledger.SettleEdit(token, result, cancellation));

    public Task<WriteOutcome> Observe(Guid post, string ts, string what, string seenBy, CancellationToken cancellation) =>
        Both(ledger => ledger.Observe(post, ts, what, seenBy, cancellation));

    public Task<WriteOutcome> SettleCleanup(Guid cleanup, DateTimeOffset? dueAt, CancellationToken cancellation) =>
        Both(ledger => ledger.SettleCleanup(cleanup, dueAt, cancellation));

    public Task<WriteOutcome> SettleVerification(Guid post, DateTimeOffset? nextAt, CancellationToken cancellation) =>
        Both(ledger => ledger.SettleVerification(post, nextAt, cancellation));

    public Task<WriteOutcome> SettleCallback(Guid callback, int attempts, CallbackResult result, CancellationToken cancellation) =>
        Both(ledger => ledger.SettleCallback(callback, attempts, result, cancellation));

    public Task<KnownKey?> FindKey(string organization, string kind, string id, CancellationToken cancellation) =>
        Both(ledger => ledger.FindKey(organization, kind, id, cancellation));

    public Task<GroupSnapshot?> LoadGroup(string organization, string group, CancellationToken cancellation) =>
        Both(ledger => ledger.LoadGroup(organization, group, cancellation));

    public Task<ThreadWork?> ReadThread(Guid thread, int members, CancellationToken cancellation) =>
        Both(ledger => ledger.ReadThread(thread, members, cancellation));

    public Task<IReadOnlyList<Guid>> ThreadsWithWork(Guid group, DateTimeOffset? dueBy, CancellationToken cancellation) =>
        Both(ledger => ledger.ThreadsWithWork(group, dueBy, cancellation));

    public Task<CallbackHead?> ReadCallback(Guid group, CancellationToken cancellation) => Both(ledger => ledger.ReadCallback(group, cancellation));

    public Task<PostRow?> ReadPost(Guid post, CancellationToken cancellation) => Both(ledger => ledger.ReadPost(post, cancellation));

    public Task<IReadOnlyList<GroupName>> DueGroups(DueQuery query, CancellationToken cancellation) => Both(ledger => ledger.DueGroups(query, cancellation));

    public Task<GroupName?> FindGroupOfMessage(string workspace, string channel, string ts, Guid? post, CancellationToken cancellation) =>
        Both(ledger => ledger.FindGroupOfMessage(workspace, channel, ts, post, cancellation));

    public Task<PostPlace?> FindPost(Guid post, CancellationToken cancellation) => Both(ledger => ledger.FindPost(post, cancellation));

    public Task<WriteOutcome> MoveThread(Fence fence, Guid thread, string channel, CancellationToken cancellation) =>
        Both(ledger => ledger.MoveThread(fence, thread, channel, cancellation));

    public Task<IReadOnlyList<GroupName>> GroupsInChannel(string workspace, string channel, GroupName? after, int limit, CancellationToken cancellation) =>
        Both(ledger => ledger.GroupsInChannel(workspace, channel, after, limit, cancellation));

    public Task<IReadOnlyList<GroupName>> ParkedGroups(string workspace, string? channel, GroupName? after, int limit, CancellationToken cancellation) =>
        Both(ledger => ledger.ParkedGroups(workspace, channel, after, limit, cancellation));

    public Task<IReadOnlyList<ChannelReport>> ReportChannels(
        string organization, string workspace, string? after, int limit, CancellationToken cancellation) =>
        Both(ledger => ledger.ReportChannels(organization, workspace, after, limit, cancellation));

    public Task<GroupReport?> ReportGroup(string organization, string group, CancellationToken cancellation) =>
        Both(ledger => ledger.ReportGroup(organization, group, cancellation));

    public Task<IReadOnlyList<DeliveryReport>> ReportDeliveries(DeliveryQuery query, CancellationToken cancellation) =>
        Both(ledger => ledger.ReportDeliveries(query, cancellation));

    public Task<LedgerTotals> Totals(string? organization, CancellationToken cancellation) => Both(ledger => ledger.Totals(organization, cancellation));

    public Task<IReadOnlyList<ConservationError>> CheckConservation(CancellationToken cancellation) =>
        Both(ledger => ledger.CheckConservation(cancellation));

    public Task<IReadOnlyList<ConservationError>> CheckConservation(DateTimeOffset since, int share, int shares, CancellationToken cancellation) =>
        Both(ledger => ledger.CheckConservation(since, share, shares, cancellation));

    public Task<RestoreOutcome> BeginRestored(CancellationToken cancellation) => Both(ledger => ledger.BeginRestored(cancellation));

    public Task<int> MoveToHistory(DateTimeOffset finishedBefore, int limit, CancellationToken cancellation) =>
        Both(ledger => ledger.MoveToHistory(finishedBefore, limit, cancellation));

    public async ValueTask DisposeAsync()
    {
        await turn.WaitAsync();
        await sql.DisposeAsync();
        await memory.DisposeAsync();
        turn.Release();
    }

    private async Task<T> Both<T>(Func<ILedger, Task<T>> call, [CallerMemberName] string name = "")
    {
        await turn.WaitAsync();
        try
        {
            string told = await Told(call(memory));
            var outcome = call(sql);
            Assert.Equal($"{name}: {await Told(outcome)}", $"{name}: {told}");
            return await outcome;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>A case by its name, then its fields; an error by its kind, since its words are each ledger's own.</summary>
    private static async Task<string> Told<T>(Task<T> outcome)
    {
        try
        {
            object? said = await outcome;
            bool isByName = said is null or TurnOutcome.Refused or TurnOutcome.Unavailable or TurnOutcome.Unknown or ClaimOutcome.Unavailable
                or ClaimOutcome.Unknown or SettleOutcome.Unavailable or SettleOutcome.Unknown or RestoreOutcome.Unavailable or RestoreOutcome.Unknown;
            said = said is TurnOutcome.Taken taken ? taken with { BatchSize = 1 } : said;
            return $"{(typeof(T).IsClass ? said?.GetType().Name : "")} {(isByName ? "" : JsonSerializer.Serialize(said))}";
        }
        catch (Exception error)
        {
            return error.GetType().Name;
        }
    }
}

/// <summary>Both stores behind one twin.</summary>
public sealed class TwinStore : LedgerStore
{
    private readonly SqliteStore _sqlite;
    private readonly MemoryStore _memory;
    private readonly SemaphoreSlim _turn = new(1);
    private TwinLedger _ledger;

    public TwinStore(TimeProvider clock)
    {
        _sqlite = new SqliteStore(clock);
        _memory = new MemoryStore(clock, new MemoryTables((kind, of, ts, now) => DerivedId.Of(kind, of, ts, Moment.ToMicroseconds(now))));
        _ledger = Twins();
    }

    public override ILedger Ledger => _ledger;

    public override async Task Reopen()
    {
        await _ledger.DisposeAsync();
        await _sqlite.Reopen();
        await _memory.Reopen();
        _ledger = Twins();
    }

    public override void Plant(PlantedFault fault)
    {
        _sqlite.Plant(fault);
        _memory.Plant(fault);
    }

    public override async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        await _sqlite.DisposeAsync();
        await _memory.DisposeAsync();
        _turn.Dispose();
    }

    private TwinLedger Twins() => new(_sqlite.Ledger, _memory.Ledger, _turn);
}
