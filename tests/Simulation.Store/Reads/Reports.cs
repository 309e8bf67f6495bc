using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Store.Rows;

namespace ThreadGrains.Simulation.Store.Reads;

/// <summary>For people: lists of deliveries and callbacks, history included, totals, and the conservation of P9.</summary>
internal sealed class Reports(MemoryTables tables)
{
    public IReadOnlyList<DeliveryReport> Deliveries(DeliveryQuery query) =>
    [
        .. Candidates(query)
            .Where(delivery => delivery.Thread.Group.Name.Organization == query.Organization)
            .Select(delivery => delivery.ToReport())
            .Concat(tables.Callbacks.Values.Concat(tables.HistoryCallbacks.Values)
                .Where(callback => callback.Group.Name.Organization == query.Organization)
                .Select(ToReport))
            .Where(report => Fits(report, query))
            .OrderBy(report => report.Id).Take(query.Limit),
    ];

    public LedgerTotals Totals(string? organization)
    {
        var (pending, parked, sending, inDoubt, dead) = (0L, 0L, 0L, 0L, 0L);
        DateTimeOffset? oldestPending = null, oldestParked = null, oldestInDoubt = null;
        foreach (var delivery in tables.Deliveries.Values.Where(one => organization is null || one.Thread.Group.Name.Organization == organization))
        {
            switch (delivery.State)
            {
                case DeliveryState.Pending when delivery.Thread.Parked is null:
                    pending++;
                    oldestPending = Moments.Earlier(oldestPending, delivery.QueuedAt);
                    break;
                case DeliveryState.Pending:
                    parked++;
                    oldestParked = Moments.Earlier(oldestParked, delivery.QueuedAt);
                    break;
                case DeliveryState.Sending:
                    sending++;
                    break;
                case DeliveryState.InDoubt:
                    inDoubt++;
                    oldestInDoubt = Moments.Earlier(oldestInDoubt, delivery.Post!.DoubtSince);
                    break;
                case DeliveryState.Dead:
                    dead++;
                    break;
            }
        }

        return new LedgerTotals(pending, parked, sending, inDoubt, dead, oldestPending, oldestParked, oldestInDoubt);
    }

    public IReadOnlyList<ConservationError> Conservation() => [.. tables.Threads.Values.Select(Conservation).OfType<ConservationError>()];

    /// <summary>Of threads in which something is unfinished, or ended since the moment given.</summary>
    public IReadOnlyList<ConservationError> Conservation(DateTimeOffset since, int share, int shares) =>
    [
        .. tables.Threads.Values
            .Where(thread => thread.Group.Bucket % shares == share && thread.Deliveries.Any(delivery => !delivery.InHistory && (delivery.FinishedAt is not { } at || at >= since)))
            .Select(Conservation).OfType<ConservationError>(),
    ];

    /// <returns>What does not add up; null: all is well, or there is no such thread.</returns>
    public ConservationError? Conservation(Guid id) => tables.Threads.GetValueOrDefault(id) is { } thread ? Conservation(thread) : null;

    private static ConservationError? Conservation(ThreadEntry thread)
    {
        var (sent, dead, cancelled, unfinished) = (0L, 0L, 0L, 0L);
        foreach (var delivery in thread.Deliveries)
        {
            switch (delivery.State)
            {
                case DeliveryState.Sent:
                    sent++;
                    break;
                case DeliveryState.Dead:
                    dead++;
                    break;
                case DeliveryState.Cancelled:
                    cancelled++;
                    break;
                default:
                    unfinished++;
                    break;
            }
        }

        bool adds = thread.Made == thread.Deliveries.Count && unfinished == thread.Line.Count
            && (sent, dead, cancelled) == (thread.Sent, thread.Dead, thread.Cancelled);
        return adds ? null : new ConservationError(thread.Id, thread.Made, thread.Sent + thread.Dead + thread.Cancelled + unfinished);
    }

    /// <summary>No more than have to be looked at.</summary>
    private IEnumerable<DeliveryEntry> Candidates(DeliveryQuery query)
    {
        if (query.Delivery is { } id)
        {
            var found = tables.Deliveries.GetValueOrDefault(id) ?? tables.HistoryDeliveries.GetValueOrDefault(id);
            return found is null ? [] : [found];
        }

        if (query.Group is { } group)
        {
            var threads = tables.GroupsByName.GetValueOrDefault(new GroupName(query.Organization, group))?.Threads ?? [];
            return threads.SelectMany(thread => thread.Deliveries);
        }

        return tables.Deliveries.Values.Concat(tables.HistoryDeliveries.Values);
    }

    private static DeliveryReport ToReport(CallbackEntry callback) => new(
        callback.Made.Id, callback.Group.Name.Group, callback.Made.Activity, DeliveryKind.Callback, null, null, null, callback.Made.Sequence,
        callback.State, callback.Attempts - callback.Forgiven, callback.Late, null, null, callback.Reason);

    private static bool Fits(DeliveryReport report, DeliveryQuery query) =>
        (query.Delivery is null || report.Id == query.Delivery)
        && (query.Group is null || report.Group == query.Group)
        && (query.State is null || report.State == query.State)
        && (query.Kind is null || report.Kind == query.Kind)
        && (query.Reason is null || report.Reason == query.Reason)
        && (query.Workspace is null || report.Workspace == query.Workspace)
        && (query.Channel is null || report.Channel == query.Channel)
        && (query.After is not { } after || report.Id.CompareTo(after) > 0);
}
