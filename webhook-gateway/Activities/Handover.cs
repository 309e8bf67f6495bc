using Microsoft.Extensions.Options;
using ThreadGrains.Groups;

namespace ThreadGrains.WebhookGateway.Activities;

/// <summary>
/// Hands a request to a group's grain, again and again for a while when a silo is gone or draining: ids make it count once.
/// </summary>
internal sealed class Handover(IGrainFactory grains, IOptions<GatewayOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>What the grain says; null: no silo could take it in time.</summary>
    public async Task<T?> Give<T>(GroupKey group, Func<IIssueGroupGrain, Task<T>> call, Func<T, bool> isUnavailable, CancellationToken cancellation)
        where T : class
    {
        long start = clock.GetTimestamp();
        T? last = null;
        for (int round = 1; ; round++)
        {
            var left = options.Value.AcceptPatience - clock.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                return last;
            }

            try
            {
                last = await call(grains.GetGrain<IIssueGroupGrain>(group.ToString())).WaitAsync(left, clock, cancellation);
                if (!isUnavailable(last))
                {
                    return last;
                }
            }
            catch (Exception error) when (GrainTrouble.Is(error) && !cancellation.IsCancellationRequested)
            {
                // It may have been committed or not: the same id again gives the same receipt.
            }

            await Task.Delay(Pause * Math.Min(round, 5), clock, cancellation);
        }
    }
}
