using System.Collections.Concurrent;

namespace ThreadGrains.Ledger.Sql;

/// <summary>A read connection with its statements.</summary>
internal sealed class ReadSession : IDisposable
{
    public ReadSession(LedgerConnection connection)
    {
        Connection = connection;
        try
        {
            Groups = new GroupReads(Connection);
            Threads = new ThreadReads(Connection);
            Reports = new ReportReads(Connection);
            Conservation = new ConservationReads(Connection);
            Channels = new ChannelReads(Connection);
            Callbacks = new CallbackReads(Connection);
        }
        catch
        {
            Connection.Dispose();
            throw;
        }
    }

    public LedgerConnection Connection { get; }

    /// <summary>The database's clock, as of a read in one snapshot.</summary>
    public DateTimeOffset Now => Moment.FromMicroseconds(Connection.Now);

    public GroupReads Groups { get; }

    public ThreadReads Threads { get; }

    public ReportReads Reports { get; }

    public ConservationReads Conservation { get; }

    public ChannelReads Channels { get; }

    public CallbackReads Callbacks { get; }

    public void Dispose() => Connection.Dispose();
}

/// <summary>
/// Reads, a few at a time, on threads of their own: the library blocks, and neither a grain's scheduler nor the thread pool must.
/// A connection that met an error is closed, and another one opened.
/// </summary>
/// <param name="open">Opens a connection that reads.</param>
/// <param name="readers">Most connections.</param>
internal sealed class ReadPool(Func<LedgerConnection> open, int readers) : IAsyncDisposable
{
    private readonly ConcurrentBag<ReadSession> _idle = [];
    private readonly SemaphoreSlim _free = new(readers, readers);
    private readonly ReaderThreads _threads = new(readers);
    private volatile bool _closing;

    /// <summary>A read of several statements, which all see the same state.</summary>
    /// <exception cref="LedgerUnavailableException">The database cannot be read now.</exception>
    public Task<T> Read<T>(Func<ReadSession, T> read, CancellationToken cancellation) => Ask(session => session.Connection.InOneSnapshot(() => read(session)), cancellation);

    /// <summary>A read that sees one state by itself: of one statement, or of several that are asked together.</summary>
    /// <exception cref="LedgerUnavailableException">The database cannot be read now.</exception>
    public Task<T> ReadOne<T>(Func<ReadSession, T> read, CancellationToken cancellation) => Ask(read, cancellation);

    private async Task<T> Ask<T>(Func<ReadSession, T> read, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_closing, typeof(ILedger));
        await _free.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await _threads.Run(() => Run(read)).ConfigureAwait(false);
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
        for (int i = 0; i < readers; i++)
        {
            await _free.WaitAsync().ConfigureAwait(false);
        }

        while (_idle.TryTake(out var session))
        {
            session.Dispose();
        }

        _threads.Dispose();
        _free.Release(readers);                                // late callers meet the closed pool, not a wait without end
    }

    private T Run<T>(Func<ReadSession, T> read)
    {
        ObjectDisposedException.ThrowIf(_closing, typeof(ILedger));
        // One that has lain idle may have lost its server meanwhile, and reading again harms nobody.
        while (_idle.TryTake(out var idle))
        {
            try
            {
                return Run(idle, read);
            }
            catch (DatabaseFailure)
            {
            }
        }

        try
        {
            return Run(new ReadSession(open()), read);
        }
        catch (DatabaseFailure failure)
        {
            throw new LedgerUnavailableException($"The ledger cannot be read now: {failure.Message}", failure);
        }
    }

    private T Run<T>(ReadSession session, Func<ReadSession, T> read)
    {
        bool sound = false;
        try
        {
            var result = read(session);
            sound = true;
            return result;
        }
        finally
        {
            if (sound)
            {
                _idle.Add(session);
            }
            else
            {
                session.Dispose();
            }
        }
    }
}
