using Orleans.Concurrency;
using ThreadGrains.Grains.Channels;
using ThreadGrains.Grains.Groups;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Reports;

[GrainType("ledger-reader"), StatelessWorker(4)]
internal sealed class LedgerReaderGrain(ILedger ledger, TimeProvider clock) : Grain, ILedgerReaderGrain
{
    private const int MaxPage = 500;

    private static readonly TimeSpan ChannelPatience = TimeSpan.FromSeconds(1);

    public async Task<GroupView?> GetGroup(GroupKey group)
    {
        if (await ledger.ReportGroup(group.Organization, group.Group, CancellationToken.None) is not { } report)
        {
            return null;
        }

        var troubles = await ChannelTroubles(report.Threads);
        return new GroupView(
            report.Name.Group, report.State.Status, report.State.Assignee, GroupMemory.ParseIssue(report.Issue), report.LastSequence,
            [.. report.Threads.Select(thread => View(thread, troubles.GetValueOrDefault(AddressOf(thread))))]);
    }

    public async Task<DeliveryPage> ListDeliveries(string organization, DeliveryFilter filter, string? cursor, int limit)
    {
        if (cursor is not null && !Guid.TryParse(cursor, out _))
        {
            return new DeliveryPage([], null);
        }

        int size = Math.Clamp(limit, 1, MaxPage);
        var rows = await ledger.ReportDeliveries(
            new DeliveryQuery(
                organization, filter.Group, null, ParseState(filter.State), filter.Reason, filter.Workspace, filter.Channel,
                cursor is null ? null : Guid.Parse(cursor), size + 1, ParseKind(filter.Kind)),
            CancellationToken.None);
        return new DeliveryPage([.. rows.Take(size).Select(View)], rows.Count > size ? rows[size - 1].Id.ToString("D") : null);
    }

    public async Task<DeliveryView?> GetDelivery(string organization, Guid delivery) =>
        await ledger.ReportDeliveries(new DeliveryQuery(organization, Delivery: delivery), CancellationToken.None) is [var row] ? View(row) : null;

    public async Task<GroupKey?> FindGroupOfMessage(ChannelAddress address, string messageTs, Guid? markerPost) =>
        await ledger.FindGroupOfMessage(address.Workspace, address.Channel, messageTs, markerPost, CancellationToken.None) is { } name
            ? new GroupKey(name.Organization, name.Group)
            : null;

    public async Task<IReadOnlyList<ChannelSummary>> ListChannels(string organization, string workspace, string? after, int limit) =>
        [.. (await ledger.ReportChannels(organization, workspace, after, Math.Clamp(limit, 1, MaxPage), CancellationToken.None))
            .Select(row => new ChannelSummary(row.Channel, row.OpenThreads, row.ParkedThreads, row.Waiting))];

    public async Task<TotalsView> GetTotals()
    {
        var totals = await ledger.Totals(null, CancellationToken.None);
        return new TotalsView(totals.Pending + totals.Sending, totals.InDoubt, totals.Dead, totals.Parked, totals.OldestPending, totals.OldestInDoubt);
    }

    public async Task<bool> IsReady()
    {
        await ledger.DueGroups(new DueQuery([], DateTimeOffset.MinValue, DateTimeOffset.MinValue, 0, 1, 1), CancellationToken.None);
        return true;
    }

    /// <summary>
    /// What is known of the channels of threads that are not closed: rows say that a thread is parked only once something waits in
    /// it. Who does not answer soon is taken for well.
    /// </summary>
    private async Task<IReadOnlyDictionary<ChannelAddress, string?>> ChannelTroubles(IReadOnlyList<ThreadRow> threads)
    {
        var found = await Task.WhenAll(threads.Where(thread => thread.State != ThreadState.Closed).Select(AddressOf).Distinct().Select(async address => (address, error: await TroubleOf(address))));
        return found.ToDictionary(one => one.address, one => one.error);
    }

    private async Task<string?> TroubleOf(ChannelAddress address)
    {
        try
        {
            return (await GrainFactory.GetGrain<ISlackChannelGrain>(address.ToString()).GetHealth().WaitAsync(ChannelPatience, clock)).Error;
        }
        catch (Exception silence) when (silence is TimeoutException or OrleansException)
        {
            return null;
        }
    }

    private static ChannelAddress AddressOf(ThreadRow thread) => new(thread.Workspace, thread.Channel);

    private static ThreadView View(ThreadRow thread, string? channelTrouble)
    {
        var (state, reason) = ThreadStates.Of(thread, channelTrouble);
        return new ThreadView(
            thread.Id, thread.Workspace, thread.Channel, thread.Ts, state, reason,
            thread.Rule.Length > 0 ? thread.Rule : null,
            thread.OpenPeriod.Length > 0 ? thread.OpenPeriod : null);
    }

    private static DeliveryView View(DeliveryReport row) => new(
        row.Id, row.Group, row.Activity, Word(row.Kind), row.Workspace, row.Channel, row.ThreadTs, row.Sequence, Word(row.State), row.Attempts, row.Late, row.Post, row.SlackTs, row.Reason);

    private static string Word(DeliveryKind kind) => kind switch
    {
        DeliveryKind.Root => "root",
        DeliveryKind.Reply => "reply",
        DeliveryKind.Repeat => "repeat",
        DeliveryKind.Recap => "recap",
        DeliveryKind.Callback => "callback",
        _ => throw new System.Diagnostics.UnreachableException($"No word for {kind}"),
    };

    private static DeliveryKind? ParseKind(string? word) => word is null
        ? null
        : Enum.GetValues<DeliveryKind>().First(kind => Word(kind) == word);

    private static string Word(DeliveryState state) => state switch
    {
        DeliveryState.Pending => "pending",
        DeliveryState.Sending => "sending",
        DeliveryState.InDoubt => "in_doubt",
        DeliveryState.Sent => "sent",
        DeliveryState.Dead => "dead",
        DeliveryState.Cancelled => "cancelled",
        _ => throw new System.Diagnostics.UnreachableException($"No word for {state}"),
    };

    private static DeliveryState? ParseState(string? word) => word is null
        ? null
        : Enum.GetValues<DeliveryState>().FirstOrDefault(state => Word(state) == word);
}
