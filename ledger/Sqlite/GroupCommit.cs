using System.Threading.Channels;
using SQLitePCL;

namespace ThreadGrains.Ledger.Sqlite;

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
internal sealed class GroupCommit : IAsyncDisposable
{
    private readonly SqliteLedgerOptions _options;
    private readonly TimeProvider _clock;
    private readonly Channel<WriteItem> _queue;
    private readonly Checkpoints _checkpoints;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WriteSession? _session;
    private volatile bool _closing;

    public GroupCommit(SqliteLedgerOptions options, TimeProvider clock, Checkpoints checkpoints)
    {
        (_options, _clock, _checkpoints) = (options, clock, checkpoints);
        _session = new WriteSession(options, clock);
        _queue = Channel.CreateBounded<WriteItem>(new BoundedChannelOptions(options.QueueCapacity)
        {
            SingleReader = true,
            // The only continuation is the writer's own wake-up: it must not wait for a free pool thread.
            AllowSynchronousContinuations = true,
        });
        new Thread(Run) { IsBackground = true, Name = "ledger writer" }.Start();
    }

    /// <summary>Asked once a batch, before its commit. Null: no faults.</summary>
    public Func<CommitFault>? Faults { get; set; }

    /// <summary>Told of the writer's connection before each batch, so that a test can make the file full.</summary>
    public Action<WriteSession>? OnSession { get; set; }

    /// <summary>Told after each batch that is in the file: what it came to. Must not throw or wait.</summary>
    public Action<CommitReport>? Committed { get; set; }

    public Task<T> Write<T>(WriteItem<T> item)
    {
        if (item.IsGivenUp())
        {
            return item.Completion;
        }

        if (!_queue.Writer.TryWrite(item))
        {
            ObjectDisposedException.ThrowIf(_closing, typeof(SqliteLedger));
            item.CompleteUnavailable($"{_options.QueueCapacity} writes wait already");
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

    private void Run()
    {
        var batch = new List<WriteItem>(_options.MaxBatch);
        while (Fill(batch))
        {
            _checkpoints.EnterCommit();
            try
            {
                Commit(batch);
            }
            finally
            {
                _checkpoints.LeaveCommit();
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

            while (batch.Count < _options.MaxBatch && _queue.Reader.TryRead(out var item))
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
        bool committing = false;
        try
        {
            var session = _session ??= new WriteSession(_options, _clock);
            OnSession?.Invoke(session);
            session.BatchSize = batch.Count;
            long begun = _clock.GetTimestamp();
            session.Begin();
            foreach (var item in batch)
            {
                Apply(session, item);
            }

            var fault = Faults?.Invoke() ?? CommitFault.None;
            if (fault == CommitFault.RefuseBeforeCommit)
            {
                throw new SqliteFailure(raw.SQLITE_IOERR, "a planted fault before the commit");
            }

            committing = true;
            if (fault == CommitFault.LoseCommit)
            {
                throw new SqliteFailure(raw.SQLITE_IOERR, "a planted fault of the commit");
            }

            session.Commit();
            Committed?.Invoke(session.Ended.Report(batch.Count, _clock.GetElapsedTime(begun)));
            _checkpoints.Wrote(session.TakePagesWritten());
            if (fault == CommitFault.LoseAnswer)
            {
                throw new SqliteFailure(raw.SQLITE_IOERR, "a planted loss of the commit's answer");
            }
        }
        catch (Exception error)
        {
            bool clean = Clean(reopen: committing || error is not SqliteFailure);
            Answer(batch, committing || !clean, error.Message);
            return;
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
        catch (SqliteFailure failure) when (failure.IsOfTheData)
        {
            item.Refuse(failure.Message);
        }
        catch (UnstorableText text)
        {
            item.Refuse(text.Message);
        }
        catch (Exception error) when (error is not SqliteFailure)
        {
            item.Break(error);
        }

        session.Unmark(keep);
    }

    /// <summary>Leaves no transaction behind; after a failed commit or where that is in doubt, no connection either.</summary>
    /// <returns>True: surely nothing of the batch is in the file.</returns>
    private bool Clean(bool reopen)
    {
        bool clean = true;
        try
        {
            _session?.Rollback();
        }
        catch (SqliteFailure)
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
            catch (SqliteFailure)
            {
                // It is given up; the file's log holds no commit of it.
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
