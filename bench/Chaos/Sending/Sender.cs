using System.Diagnostics;

namespace ThreadGrains.Chaos.Sending;

/// <summary>
/// Sends a workload to all gateways. Within a group each waits until the former is accepted, so that the receipts' sequence is
/// the order; groups go side by side. What a gateway does not finally answer goes to the next one at once, and then again with
/// growing pauses, with the same id.
/// </summary>
internal sealed class Sender(
    Workload workload, IReadOnlyList<GatewayClient> gateways, string workspace, IReadOnlyList<string> channels, ReceiptLog log, int concurrency)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _together = new(concurrency);
    private readonly Task[] _tails = [.. Enumerable.Repeat(Task.CompletedTask, workload.Groups)];
    private int _turn;
    private int _accepted;
    private int _attempts;

    /// <summary>Alerts and activities that were accepted so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Requests that were made so far.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>Announces the groups that are announced before anything breaks.</summary>
    public Task Announce() => Task.WhenAll(workload.Alerts.Take(workload.Early).Select(Queue));

    /// <summary>Sends everything else, so many a second; those groups that are not announced yet, when their first activity comes.</summary>
    public async Task SendAll(double perSecond, CancellationToken cancellation)
    {
        long begun = Stopwatch.GetTimestamp();
        var announced = workload.Alerts.Take(workload.Early).Select(alert => alert.Group).ToHashSet();
        for (int number = 0; number < workload.Activities.Count; number++)
        {
            var due = TimeSpan.FromSeconds(number / perSecond) - Stopwatch.GetElapsedTime(begun);
            if (due > TimeSpan.Zero)
            {
                await Task.Delay(due, cancellation);
            }

            var item = workload.Activities[number];
            if (announced.Add(item.Group))
            {
                _ = Queue(workload.Alerts[item.Group]);
            }

            _ = Queue(item);
        }

        await Task.WhenAll(_tails).WaitAsync(cancellation);
    }

    private Task Queue(Item item) => _tails[item.Group] = After(_tails[item.Group], item);

    private async Task After(Task former, Item item)
    {
        await former;
        await _together.WaitAsync();
        try
        {
            if (item.AtOnce)
            {
                bool[] accepted = await Task.WhenAll(Enumerable.Range(0, item.Copies).Select(_ => UntilAccepted(item)));
                Interlocked.Add(ref _accepted, accepted.Any(one => one) ? 1 : 0);
            }
            else
            {
                for (int copy = 0; copy < item.Copies; copy++)
                {
                    Interlocked.Add(ref _accepted, await UntilAccepted(item) && copy == 0 ? 1 : 0);
                }
            }

            if (item.Altered)
            {
                await UntilAccepted(item, altered: true);
            }
        }
        finally
        {
            _together.Release();
        }
    }

    /// <summary>Sends one thing until it is answered finally.</summary>
    /// <param name="item">What.</param>
    /// <param name="altered">Its id, for something else.</param>
    /// <returns>False: it was refused for good, or nobody answered.</returns>
    private async Task<bool> UntilAccepted(Item item, bool altered = false)
    {
        long begun = Stopwatch.GetTimestamp();
        int turn = Interlocked.Increment(ref _turn);
        IReadOnlyList<string> wanted = [.. workload.ChannelsOf(item.Group).Select(channel => channels[channel])];
        for (int attempt = 0; Stopwatch.GetElapsedTime(begun) < Patience; attempt++)
        {
            int gateway = (turn + attempt) % gateways.Count;
            var sent = new Receipt(DateTimeOffset.UtcNow, item.Id, workload.Name(item.Group), item.Word, attempt, gateway, item.Type is null, wanted, null) { Altered = altered };
            await log.Append(sent);
            Interlocked.Increment(ref _attempts);
            string text = altered ? $"{item.Word} and more" : item.Word;
            var answer = item.Type is { } type
                ? await gateways[gateway].Activity(item.Id, sent.Group, type, text)
                : await gateways[gateway].Alert(item.Id, sent.Group, $"Checkout fails {text}", workspace, wanted);
            await log.Append(sent with { At = DateTimeOffset.UtcNow, Answer = answer });
            if (answer.IsFinal)
            {
                return answer.IsAccepted;
            }

            if (attempt > 0)
            {
                double seconds = Math.Max(answer.RetryAfterSeconds ?? 0, 0.1 * Math.Pow(2, Math.Min(attempt, 6)));
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(seconds, LongestPause.TotalSeconds)));
            }
        }

        return false;
    }
}
