using Orleans.Serialization;
using ThreadGrains.WebhookGateway.Clustering;

namespace ThreadGrains.WebhookGateway.Calls;

/// <summary>
/// The gateway's calls of grains: each with a stated patience, and accepts repeated within it, because they are idempotent by
/// id and a silo that is going away refuses calls that the next one takes.
/// </summary>
internal sealed partial class GrainCalls(IGrainFactory grains, GatewayMetrics metrics, TimeProvider clock, GatewayChance chance, ILogger<GrainCalls> logger, ClusterSight? cluster = null)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Asks once.</summary>
    public Task<GrainAnswer<T>> Ask<T>(Func<IGrainFactory, Task<T>> call, TimeSpan patience, CancellationToken cancellation) =>
        Try(call, patience, repeats: false, cancellation);

    /// <summary>Asks again where a silo is gone or draining, until the patience is over. It must not matter how often the call arrives.</summary>
    public Task<GrainAnswer<T>> Insist<T>(Func<IGrainFactory, Task<T>> call, TimeSpan patience, CancellationToken cancellation) =>
        Try(call, patience, repeats: true, cancellation);

    private async Task<GrainAnswer<T>> Try<T>(
        Func<IGrainFactory, Task<T>> call, TimeSpan patience, bool repeats, CancellationToken cancellation)
    {
        long started = clock.GetTimestamp();
        var pause = FirstPause;
        if (cluster is { IsMet: false })
        {
            // At start, until the first silo was found: that may last, and nothing can be called before.
            metrics.GrainSilent();
            return new GrainAnswer<T>.Silent();
        }

        while (true)
        {
            try
            {
                var left = patience - clock.GetElapsedTime(started);
                var task = call(grains);
                Forget(task);
                return new GrainAnswer<T>.Answered(await task.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock, cancellation));
            }
            // A codec is missing where an exception of the silo's own crosses to a process that does not know its type: those of
            // its ledger and of its database. They say that the silo could not do its work now.
            catch (Exception silence) when (silence is TimeoutException or OrleansException or CodecNotFoundException
                || (silence is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                metrics.GrainSilent();
                if (pause == FirstPause)
                {
                    // The first time only: while a silo is replaced, each of hundreds of calls is repeated many times.
                    LogSilent(silence.GetType().Name);
                }
            }

            // Jitter: the callers of a silo that went away must not come back in step.
            var wait = pause * (0.5 + chance.Next());
            if (!repeats || clock.GetElapsedTime(started) + wait >= patience)
            {
                return new GrainAnswer<T>.Silent();
            }

            await Task.Delay(wait, clock, cancellation);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>A call that is not waited for any more still ends some day; its exception then concerns nobody.</summary>
    private static void Forget(Task task) => task.ContinueWith(
        ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    [LoggerMessage(EventName = "grain_silent", Level = LogLevel.Warning, Message = "A grain could not be reached ({Failure}); the call is repeated where that is safe, else refused with 503")]
    private partial void LogSilent(string failure);
}
