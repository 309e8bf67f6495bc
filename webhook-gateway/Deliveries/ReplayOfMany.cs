using Microsoft.Extensions.Options;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.WebhookGateway.Authentication;
using ThreadGrains.WebhookGateway.Calls;

namespace ThreadGrains.WebhookGateway.Deliveries;

/// <summary>
/// Sends dead deliveries again, oldest first: page by page through the list, each group's in one call. Deliveries that cannot be
/// replayed, because their thread is closed, are passed over, so that they do not stand before the others for ever.
/// </summary>
internal sealed class ReplayOfMany(GrainCalls grains, IOptions<GatewayOptions> options, TimeProvider clock)
{
    private const int Parallel = 8;

    // Each page costs reads and calls; who has more dead deliveries in closed threads than this asks again with a filter.
    private const int MaxPages = 20;

    /// <returns>How many are sent again; null: no page could be read or no grain answered, and nothing is known to be done.</returns>
    public async Task<int?> Run(Sender sender, ReplayBody body, CancellationToken cancellation)
    {
        var filter = new DeliveryFilter(State: "dead", Reason: body.Reason, Workspace: body.Workspace, Channel: body.Channel, Kind: body.Kind);
        long started = clock.GetTimestamp();
        int replayed = 0;
        bool failed = false;
        string? cursor = null;
        for (int pages = 0; pages < MaxPages && replayed < body.Limit && !failed; pages++)
        {
            if (await Page(sender, filter, cursor, cancellation) is not { } page)
            {
                failed = true;
                break;
            }

            // Never more than asked for, whichever of them turn out to be replayable.
            for (int at = 0; at < page.Items.Count && replayed < body.Limit && !failed;)
            {
                DeliveryView[] part = [.. page.Items.Skip(at).Take(body.Limit - replayed)];
                at += part.Length;
                var (done, silent) = await Replay(sender, part, cancellation);
                replayed += done;
                failed |= silent;
            }

            cursor = page.Next;
            if (cursor is null || clock.GetElapsedTime(started) > options.Value.BatchPatience)
            {
                break;
            }
        }

        return replayed == 0 && failed ? null : replayed;
    }

    private async Task<DeliveryPage?> Page(Sender sender, DeliveryFilter filter, string? cursor, CancellationToken cancellation)
    {
        var answer = await grains.Insist(
            factory => factory.GetGrain<ILedgerReaderGrain>(0).ListDeliveries(sender.Organization, filter, cursor, DeliveryQueryString.MaxLimit),
            options.Value.GrainPatience, cancellation);
        return answer is GrainAnswer<DeliveryPage>.Answered { Value: var page } ? page : null;
    }

    private async Task<(int Done, bool Silent)> Replay(Sender sender, DeliveryView[] deliveries, CancellationToken cancellation)
    {
        int done = 0;
        int silent = 0;
        await System.Threading.Tasks.Parallel.ForEachAsync(
            deliveries.GroupBy(delivery => delivery.Group, StringComparer.Ordinal),
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellation },
            async (group, stop) =>
            {
                string key = sender.GroupKey(group.Key).ToString();
                Guid[] ids = [.. group.Select(delivery => delivery.Id)];
                var answer = await grains.Ask(factory => factory.GetGrain<IIssueGroupGrain>(key).Replay(ids), options.Value.GrainPatience, stop);
                if (answer is GrainAnswer<IReadOnlyList<OperatorReceipt>>.Answered { Value: var receipts })
                {
                    Interlocked.Add(ref done, receipts.Count(receipt => receipt.Outcome == OperatorOutcome.Done));
                    Interlocked.Add(ref silent, receipts.Any(receipt => receipt.Outcome == OperatorOutcome.Unavailable) ? 1 : 0);
                }
                else
                {
                    Interlocked.Increment(ref silent);
                }
            });
        return (done, silent > 0);
    }
}
