using Orleans.Serialization;
using ThreadGrains.WebhookGateway.Clustering;

namespace ThreadGrains.WebhookGateway.Calls;

/// <summary>
/// The gateway's calls of grains: each with a stated patience, and accepts repeated within it, because they are idempotent by
/// id. A silo that is going away refuses calls that the next one takes; and a call that a dying silo had taken is never answered
/// (measured: Orleans' client waits out its whole ResponseTimeout), nor can it be told from one whose group is just being
/// loaded. So it is asked again beside the first, and whichever answers counts.
/// </summary>
internal sealed partial class GrainCalls(IGrainFactory grains, GatewayMetrics metrics, TimeProvider clock, GatewayChance chance, ILogger<GrainCalls> logger, ClusterSight? cluster = null)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Unanswered for so long, a call is asked again beside; then for twice as long. Where everything is slow that adds two calls in 5 s.</summary>
    private static readonly TimeSpan Unanswered = TimeSpan.FromSeconds(1);

    /// <summary>What timers count in.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    /// <summary>How long an answer to a repetition waits for that of a call before it.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks once.</summary>
    public Task<GrainAnswer<T>> Ask<T>(Func<IGrainFactory, Task<T>> call, TimeSpan patience, CancellationToken cancellation) =>
        Try(call, patience, repeats: false, beside: false, cancellation);

    /// <summary>
    /// Asks again where a silo is gone or draining, but never beside a call that may still arrive: for what puts one thing in the place of
    /// another, and would undo what was put there since.
    /// </summary>
    public Task<GrainAnswer<T>> AskAgain<T>(Func<IGrainFactory, Task<T>> call, TimeSpan patience, CancellationToken cancellation) =>
        Try(call, patience, repeats: true, beside: false, cancellation);

    /// <summary>Asks again where a silo is gone, draining or silent, until the patience is over. It must not matter how often the call arrives, nor how late.</summary>
    public Task<GrainAnswer<T>> Insist<T>(Func<IGrainFactory, Task<T>> call, TimeSpan patience, CancellationToken cancellation) =>
        Try(call, patience, repeats: true, beside: true, cancellation);

    private async Task<GrainAnswer<T>> Try<T>(
        Func<IGrainFactory, Task<T>> call, TimeSpan patience, bool repeats, bool beside, CancellationToken cancellation)
    {
        if (cluster is { IsMet: false })
        {
            // At start, until the first silo was found: that may last, and nothing can be called before.
            metrics.GrainSilent();
            return new GrainAnswer<T>.Silent();
        }

        long started = clock.GetTimestamp();
        var (asksAgain, silentAt, pause) = (TimeSpan.Zero, TimeSpan.Zero, FirstPause);
        // In one process no silo dies and leaves the gateway behind.
        var unanswered = beside && cluster is not null ? Unanswered : patience;
        var waiting = new List<Task<T>>();
        while (true)
        {
            var since = clock.GetElapsedTime(started);
            if (since >= asksAgain)
            {
                unanswered = waiting.Count > 0 && since >= silentAt ? unanswered * 2 : unanswered;
                waiting.Add(Begin(call));
                asksAgain = silentAt = since + unanswered;
            }

            var left = (asksAgain < patience ? asksAgain : patience) - since;
            if (await FirstOf(waiting, left, cancellation) is not { } ended)
            {
                if (clock.GetElapsedTime(started) >= patience)
                {
                    Missed(nameof(TimeoutException), pause);
                    return new GrainAnswer<T>.Silent();
                }

                continue;
            }

            try
            {
                return new GrainAnswer<T>.Answered(await OrOneBefore(ended, waiting, cancellation));
            }
            // A codec is missing where an exception of the silo's own crosses to a process that does not know its type: those of
            // its ledger and of its database. They say that the silo could not do its work now.
            catch (Exception silence) when (silence is TimeoutException or OrleansException or CodecNotFoundException
                || (silence is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                Missed(silence.GetType().Name, pause);
            }

            waiting.Remove(ended);
            // Jitter: the callers of a silo that went away must not come back in step.
            var next = clock.GetElapsedTime(started) + (pause * (0.5 + chance.Next()));
            asksAgain = repeats && next < asksAgain ? next : asksAgain;
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            if (waiting.Count == 0 && (!repeats || asksAgain >= patience))
            {
                return new GrainAnswer<T>.Silent();
            }
        }
    }

    /// <summary>What is thrown before there is a task comes from the task, too; and one that is not waited for any more concerns nobody when it fails some day.</summary>
    private Task<T> Begin<T>(Func<IGrainFactory, Task<T>> call)
    {
        var task = Call();
        task.ContinueWith(
            ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return task;

        async Task<T> Call() => await call(grains);
    }

    /// <summary>The first that ends; null: none did so in time.</summary>
    private async Task<Task<T>?> FirstOf<T>(List<Task<T>> calls, TimeSpan time, CancellationToken cancellation)
    {
        var first = calls.Count > 0 ? Task.WhenAny(calls) : new TaskCompletionSource<Task<T>>().Task;
        try
        {
            return await first.WaitAsync(time > Moment ? time : Moment, clock, cancellation);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>
    /// Where a repetition is answered, the call before it has most likely arrived at the same grain and been answered just before:
    /// that answer is the sender's, which has told this once.
    /// </summary>
    private async Task<T> OrOneBefore<T>(Task<T> ended, List<Task<T>> calls, CancellationToken cancellation)
    {
        if (calls.IndexOf(ended) is > 0 and var place && ended.IsCompletedSuccessfully
            && await FirstOf(calls[..place], Grace, cancellation) is { IsCompletedSuccessfully: true } before)
        {
            ended = before;
        }

        return await ended;
    }

    private void Missed(string failure, TimeSpan pause)
    {
        metrics.GrainSilent();
        if (pause == FirstPause)
        {
            // The first time only: while a silo is replaced, each of hundreds of calls is repeated many times.
            LogSilent(failure);
        }
    }

    [LoggerMessage(EventName = "grain_silent", Level = LogLevel.Warning, Message = "A grain could not be reached ({Failure}); the call is repeated where that is safe, else refused with 503")]
    private partial void LogSilent(string failure);
}
