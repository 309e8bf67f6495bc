using System.Threading.Channels;

namespace ThreadGrains.Ledger.Sql;

/// <summary>A planted fault of a batch's commit, for the suite and the simulation.</summary>
internal enum CommitFault
{
    /// <summary>None.</summary>
    None,

    /// <summary>The database gives up before the commit: surely not written.</summary>
    RefuseBeforeCommit,

    /// <summary>The commit fails, and nobody is told whether it was written. It was not.</summary>
    LoseCommit,

    /// <summary>The commit succeeds, but its answer is lost.</summary>
    LoseAnswer,
}

/// <summary>
/// The one writer. A thread of its own (the library blocks, and a pool or grain thread must not) takes what waits, commits
/// it in one transaction and completes the callers afterwards. It outlives every error of the database.
/// </summary>
internal abstract class GroupCommit : IAsyncDisposable
{
    /// <summary>How often a batch that the database undid for another transaction's sake is tried in all.</summary>
    private const int Tries = 4;

    private readonly int _maxBatch;
    private readonly int _queueCapacity;
    private readonly TimeProvider _clock;
    private readonly Channel<WriteItem> _queue;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WriteSession? _session;
    private volatile bool _closing;

    /// <param name="maxBatch">Most items in one commit.</param>
    /// <param name="queueCapacity">Most items that wait.</param>
    /// <param name="clock">Measures how long a batch takes.</param>
    protected GroupCommit(int maxBatch, int queueCapacity, TimeProvider clock)
    {
        (_maxBatch, _queueCapacity, _clock) = (maxBatch, queueCapacity, clock);
        _queue = Channel.CreateBounded<WriteItem>(new BoundedChannelOptions(queueCapacity)
        {
            SingleReader = true,
            // The only continuation is the writer's own wake-up: it must not wait for a free pool thread.
            AllowSynchronousContinuations = true,
        });
    }

    /// <summary>Asked once a batch, before its commit. Null: no faults.</summary>
    public Func<CommitFault>? Faults { get; set; }

    /// <summary>Told of the writer's connection before each batch, so that a test can make the database full.</summary>
    public Action<WriteSession>? OnSession { get; set; }

    /// <summary>Told after each batch that is durable: what it came to. Must not throw or wait.</summary>
    public Action<CommitReport>? Committed { get; set; }

    public Task<T> Write<T>(WriteItem<T> item)
    {
        if (item.IsGivenUp())
        {
            return item.Completion;
        }

        if (!_queue.Writer.TryWrite(item))
        {
            ObjectDisposedException.ThrowIf(_closing, typeof(ILedger));
            item.CompleteUnavailable($"{_queueCapacity} writes wait already");
        }

        return item.Completion;
    }

    /// <summary>Takes nothing new, commits what waits, closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _closing = true;
        _queue.Writer.TryComplete();
        await _ended.Task.ConfigureAwait(false);
    }

    /// <summary>Opens the first connection and begins to take what waits.</summary>
    protected void Start()
    {
        _session = OpenSession();
        new Thread(Run) { IsBackground = true, Name = "ledger writer" }.Start();
    }

    /// <summary>A connection that writes, with its statements.</summary>
    protected abstract WriteSession OpenSession();

    /// <summary>Before each batch.</summary>
    protected virtual void Enter()
    {
    }

    /// <summary>After each batch, however it ended.</summary>
    protected virtual void Leave()
    {
    }

    /// <summary>After each commit.</summary>
    protected virtual void Wrote(WriteSession session)
    {
    }

    /// <summary>Applies what can be applied many at a time.</summary>
    /// <returns>The items that are left, to be applied one by one.</returns>
    protected virtual IReadOnlyList<WriteItem> ApplyTogether(WriteSession session, IReadOnlyList<WriteItem> items, bool first) => items;

    private void Run()
    {
        var batch = new List<WriteItem>(_maxBatch);
        while (Fill(batch))
        {
            Enter();
            try
            {
                Commit(batch);
            }
            finally
            {
                Leave();
            }

            batch.Clear();
        }

        _session?.Dispose();
        _ended.SetResult();
    }

    /// <returns>False: closed and drained.</returns>
    private bool Fill(List<WriteItem> batch)
    {
        while (batch.Count == 0)
        {
            if (!_queue.Reader.TryPeek(out _) && !_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                return false;
            }

            while (batch.Count < _maxBatch && _queue.Reader.TryRead(out var item))
            {
                if (!item.IsGivenUp())
                {
                    batch.Add(item);
                }
            }
        }

        return true;
    }

    private void Commit(List<WriteItem> batch)
    {
        for (int tried = 1; ; tried++)
        {
            bool committing = false;
            try
            {
                long begun = _clock.GetTimestamp();
                var session = _session ??= OpenSession();
                OnSession?.Invoke(session);
                session.Begin(batch);
                foreach (var item in ApplyTogether(session, batch, first: tried == 1))
                {
                    Apply(session, item);
                }

                var fault = Faults?.Invoke() ?? CommitFault.None;
                if (fault == CommitFault.RefuseBeforeCommit)
                {
                    throw new PlantedFailure("a planted fault before the commit");
                }

                committing = true;
                if (fault == CommitFault.LoseCommit)
                {
                    throw new PlantedFailure("a planted fault of the commit");
                }

                session.Commit();
                Committed?.Invoke(session.Ended.Report(batch.Count, _clock.GetElapsedTime(begun)));
                Wrote(session);
                if (fault == CommitFault.LoseAnswer)
                {
                    throw new PlantedFailure("a planted loss of the commit's answer");
                }
            }
            catch (Exception error)
            {
                // A lost connection before the commit leaves nothing behind; one that had lain idle may be new at once.
                var failure = error as DatabaseFailure;
                bool undone = failure is { IsWorthRepeating: true };
                bool lost = failure is { IsOfConnection: true } && !committing;
                bool clean = Clean(reopen: (committing && !undone) || failure is null || lost) || lost;
                if (clean && ((undone && tried < Tries) || (lost && tried == 1)))
                {
                    continue;
                }

                Answer(batch, (committing && !undone) || !clean, error.Message);
                return;
            }

            break;
        }

        foreach (var item in batch)
        {
            item.Complete();
        }
    }

    /// <summary>Applies one item so that whatever is wrong with it stays with it. Failures of the database go to the batch.</summary>
    private static void Apply(WriteSession session, WriteItem item)
    {
        session.Mark();
        bool keep = false;
        try
        {
            keep = item.Apply(session);
        }
        catch (DatabaseFailure failure) when (failure.IsOfTheData)
        {
            item.Refuse(failure.Message);
        }
        catch (UnstorableText text)
        {
            item.Refuse(text.Message);
        }
        catch (Exception error) when (error is not DatabaseFailure)
        {
            item.Break(error);
        }

        session.Unmark(keep);
    }

    /// <summary>Leaves no transaction behind; after a failed commit or where that is in doubt, no connection either.</summary>
    /// <returns>True: surely nothing of the batch is in the database.</returns>
    private bool Clean(bool reopen)
    {
        bool clean = true;
        try
        {
            _session?.Rollback();
        }
        catch (DatabaseFailure)
        {
            // Closing the connection rolls back as well, whatever state it is in.
            reopen = true;
            clean = _session is null;
        }

        if (reopen)
        {
            try
            {
                _session?.Dispose();
            }
            catch (DatabaseFailure)
            {
                // It is given up; the database holds no commit of it.
            }

            _session = null;
        }

        return clean;
    }

    private static void Answer(List<WriteItem> batch, bool unknown, string error)
    {
        foreach (var item in batch)
        {
            if (unknown)
            {
                item.CompleteUnknown(error);
            }
            else
            {
                item.CompleteUnavailable(error);
            }
        }
    }
}

/// <summary>A planted fault.</summary>
internal sealed class PlantedFailure(string message) : DatabaseFailure(message);
