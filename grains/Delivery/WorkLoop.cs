using System.Diagnostics;

namespace ThreadGrains.Grains.Delivery;

/// <summary>
/// Runs one worker for as long as it has something due, on the scheduler of whoever started it. A wake during a step makes
/// it look again at once; without work it ends, and the next wake starts it anew.
/// </summary>
internal sealed class WorkLoop(IWorker worker, TimeProvider clock, Action<Exception> failed, CancellationToken stopping)
{
    /// <summary>
    /// Timers count whole milliseconds, from the beginning of the one that runs: they come up to two too early, and a worker that
    /// looks before its moment looks in vain.
    /// </summary>
    private static readonly TimeSpan TimerGrain = TimeSpan.FromMilliseconds(2);

    private CancellationTokenSource? _pause;
    private bool _woken;
    private bool _newWorkWaits;

    /// <summary>Done when nothing is running; what a deactivation waits for.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    public bool IsRunning { get; private set; }

    /// <summary>New work has come. A loop that waits for something ahead of it is left alone: in a storm each accept would cost a look.</summary>
    public void Offer()
    {
        if (_pause is null || !_newWorkWaits)
        {
            Wake();
        }
    }

    /// <summary>Something may be due.</summary>
    public void Wake()
    {
        _woken = true;
        _pause?.Cancel();
        if (!IsRunning && !stopping.IsCancellationRequested)
        {
            IsRunning = true;
            // What it does goes on long after the request that woke it: none of it belongs to that request's trace.
            var waker = Activity.Current;
            Activity.Current = null;
            Completion = Run();
            Activity.Current = waker;
        }
    }

    private async Task Run()
    {
        int failures = 0;
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                _woken = false;
                NextStep next;
                try
                {
                    next = await worker.Step(stopping);
                    failures = 0;
                }
                catch (OperationCanceledException) when (stopping.IsCancellationRequested)
                {
                    return;
                }
                catch (Exception error)
                {
                    // The edge of the worker: a bug or a broken part must not end the thread's deliveries for good.
                    failed(error);
                    next = clock.GetUtcNow() + Setback.Pause(error, failures++);
                }

                if (_woken)
                {
                    continue;
                }

                if (next.DueAt is not { } moment)
                {
                    return;
                }

                _newWorkWaits = next.NewWorkWaits;
                await PauseUntil(moment);
            }
        }
        finally
        {
            IsRunning = false;
        }
    }

    private async Task PauseUntil(DateTimeOffset moment)
    {
        var length = moment - clock.GetUtcNow();
        if (length <= TimeSpan.Zero)
        {
            return;
        }

        length += TimerGrain;
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _pause = pause;
        try
        {
            await Task.Delay(length, clock, pause.Token);
        }
        catch (OperationCanceledException)
        {
            // Woken early, or stopping: the loop looks.
        }
        finally
        {
            _pause = null;
        }
    }
}
