using System.Collections.Concurrent;

namespace ThreadGrains.Ledger.Sqlite;

/// <summary>A read connection with its statements.</summary>
internal sealed class ReadSession : IDisposable
{
    private readonly Statement _begin;
    private readonly Statement _end;

    public ReadSession(SqliteLedgerOptions options)
    {
        Connection = Connection.Open(options, ConnectionRole.Reader);
        try
        {
            _begin = Connection.Prepare("begin deferred");
            _end = Connection.Prepare("commit");
            Groups = new GroupReads(Connection);
            Threads = new ThreadReads(Connection);
            Reports = new ReportReads(Connection);
            Channels = new ChannelReads(Connection);
            Callbacks = new CallbackReads(Connection);
        }
        catch
        {
            Connection.Dispose();
            throw;
        }
    }

    public Connection Connection { get; }

    public GroupReads Groups { get; }

    public ThreadReads Threads { get; }

    public ReportReads Reports { get; }

    public ChannelReads Channels { get; }

    public CallbackReads Callbacks { get; }

    /// <summary>All statements of one read see the same state.</summary>
    public T InOneSnapshot<T>(Func<ReadSession, T> read)
    {
        _begin.Run();
        var result = read(this);
        _end.Run();
        return result;
    }

    public void Dispose() => Connection.Dispose();
}

/// <summary>
/// Reads, a few at a time, on the thread pool: the library blocks, and a grain's scheduler must not. A connection that met an
/// error is closed, and the next read opens another.
/// </summary>
internal sealed class ReadPool(SqliteLedgerOptions options) : IAsyncDisposable
{
    private readonly ConcurrentBag<ReadSession> _idle = [];
    private readonly SemaphoreSlim _free = new(options.Readers, options.Readers);
    private volatile bool _closing;

    /// <exception cref="LedgerUnavailableException">The database cannot be read now.</exception>
    public async Task<T> Read<T>(Func<ReadSession, T> read, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_closing, typeof(SqliteLedger));
        await _free.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Run(read), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Waits for the reads that run, closes all.</summary>
    public async ValueTask DisposeAsync()
    {
        _closing = true;
        for (int i = 0; i < options.Readers; i++)
        {
            await _free.WaitAsync().ConfigureAwait(false);
        }

        while (_idle.TryTake(out var session))
        {
            session.Dispose();
        }

        _free.Release(options.Readers);                                // late callers meet the closed pool, not a wait without end
    }

    private T Run<T>(Func<ReadSession, T> read)
    {
        ObjectDisposedException.ThrowIf(_closing, typeof(SqliteLedger));
        ReadSession? session = null;
        try
        {
            session = _idle.TryTake(out var idle) ? idle : new ReadSession(options);
            var result = session.InOneSnapshot(read);
            _idle.Add(session);
            session = null;
            return result;
        }
        catch (SqliteFailure failure)
        {
            throw new LedgerUnavailableException($"The ledger cannot be read now: {failure.Message}", failure);
        }
        finally
        {
            session?.Dispose();
        }
    }
}
