namespace ThreadGrains.Ledger.Sqlite;

/// <summary>
/// Copies the log into the database file on a connection and thread of its own, so that no commit pays for it. A passive
/// checkpoint waits for nobody; but a log under steady writing is never copied to its very end, and only then begun anew.
/// So when it has grown past its limit commits are held once, for the short rest that a second pass has to copy.
/// </summary>
internal sealed class Checkpoints : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly SqliteLedgerOptions _options;
    private readonly Lock _commits = new();
    private readonly ManualResetEventSlim _commitsMayGo = new(initialState: true);
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _pagesWritten;
    private volatile bool _closing;

    public Checkpoints(SqliteLedgerOptions options)
    {
        _options = options;
        new Thread(Run) { IsBackground = true, Name = "ledger checkpoints" }.Start();
    }

    /// <summary>Waits while the log is being brought to its end.</summary>
    public void EnterCommit()
    {
        _commitsMayGo.Wait();
        _commits.Enter();
    }

    public void LeaveCommit() => _commits.Exit();

    /// <summary>So many pages went into the log.</summary>
    public void Wrote(int pages)
    {
        if (Interlocked.Add(ref _pagesWritten, pages) >= _options.CheckpointPages)
        {
            _wake.Set();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _closing = true;
        _wake.Set();
        await _ended.Task.ConfigureAwait(false);
        _wake.Dispose();
        _commitsMayGo.Dispose();
    }

    private void Run()
    {
        LedgerFile? connection = null;
        while (!_closing)
        {
            _wake.WaitOne(Interval);
            if (_closing || Interlocked.Exchange(ref _pagesWritten, 0) == 0)
            {
                continue;
            }

            try
            {
                connection ??= LedgerFile.Open(_options, ConnectionRole.Checkpointer);
                Checkpoint(connection);
            }
            catch (Exception error) when (error is SqliteFailure or LedgerUnavailableException)
            {
                // Nothing is lost: the log keeps everything. Tried again after the next writes, on a fresh connection.
                connection?.Dispose();
                connection = null;
                Interlocked.Increment(ref _pagesWritten);
            }
        }

        connection?.Dispose();
        _ended.SetResult();
    }

    private void Checkpoint(LedgerFile connection)
    {
        if (Copy(connection) <= _options.MaxLogPages)
        {
            return;
        }

        _commitsMayGo.Reset();
        try
        {
            lock (_commits)
            {
                Copy(connection);
            }
        }
        finally
        {
            _commitsMayGo.Set();
        }
    }

    private const string CopySql = "pragma wal_checkpoint(passive)";

    /// <returns>Pages in the log.</returns>
    private static long Copy(LedgerFile connection)
    {
        using var copy = new SqliteStatement(connection, CopySql);
        long log = 0;
        while (copy.Step())
        {
            log = copy.Int64(1);
        }

        return log;
    }
}
