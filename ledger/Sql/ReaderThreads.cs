namespace ThreadGrains.Ledger.Sql;

/// <summary>
/// Threads of their own for reads: the library blocks, and the pool has as many threads to begin with as there are cores. Two
/// reads that wait for a slow database would stop a silo of two cores until the pool grows, which takes it half a second for
/// each thread. They start as they are needed.
/// </summary>
/// <param name="most">How many there are at the most.</param>
internal sealed class ReaderThreads(int most) : TaskScheduler, IDisposable
{
    private readonly Queue<Task> _waiting = [];
    private int _threads;
    private int _idle;
    private bool _closed;

    public override int MaximumConcurrencyLevel => most;

    /// <summary>Runs something that blocks; what comes after it goes on elsewhere.</summary>
    public Task<T> Run<T>(Func<T> blocking) => Task.Factory.StartNew(blocking, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this);

    /// <summary>The threads end when nothing waits any more.</summary>
    public void Dispose()
    {
        lock (_waiting)
        {
            _closed = true;
            Monitor.PulseAll(_waiting);
        }
    }

    protected override void QueueTask(Task task)
    {
        lock (_waiting)
        {
            _waiting.Enqueue(task);
            if (_waiting.Count > _idle && _threads < most)
            {
                _threads++;
                new Thread(Work) { IsBackground = true, Name = "ledger reader" }.UnsafeStart();
            }
            else
            {
                Monitor.Pulse(_waiting);
            }
        }
    }

    // A caller that waits must not become one that reads.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_waiting)
        {
            return [.. _waiting];
        }
    }

    private void Work()
    {
        while (Next() is { } task)
        {
            TryExecuteTask(task);
        }
    }

    /// <returns>Null: closed, and nothing waits.</returns>
    private Task? Next()
    {
        lock (_waiting)
        {
            while (_waiting.Count == 0)
            {
                if (_closed)
                {
                    _threads--;                                // a late read starts another
                    return null;
                }

                _idle++;
                Monitor.Wait(_waiting);
                _idle--;
            }

            return _waiting.Dequeue();
        }
    }
}
