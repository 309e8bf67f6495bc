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
/// Gathers the writes of many callers and has them committed together: what waits is taken by whichever
/// <see cref="BatchWriter"/> is free, as much of it as goes into one transaction.
/// </summary>
internal abstract class GroupCommit : IAsyncDisposable
{
    private readonly int _queueCapacity;
    private readonly Channel<WriteItem> _queue;
    private readonly BatchWriter[] _writers;
    private volatile bool _closing;

    /// <param name="writers">Transactions at a time; more than one only where the database keeps them apart by locks.</param>
    /// <param name="maxBatch">Most items in one commit.</param>
    /// <param name="queueCapacity">Most items that wait.</param>
    /// <param name="clock">Measures how long a batch takes.</param>
    protected GroupCommit(int writers, int maxBatch, int queueCapacity, TimeProvider clock)
    {
        (_queueCapacity, MaxBatch, Clock) = (queueCapacity, maxBatch, clock);
        _writers = [.. Enumerable.Range(0, writers).Select(_ => new BatchWriter(this))];
        _queue = Channel.CreateBounded<WriteItem>(new BoundedChannelOptions(queueCapacity)
        {
            SingleReader = writers == 1,
            // The only continuation is a writer's own wake-up: it must not wait for a free pool thread.
            AllowSynchronousContinuations = true,
        });
    }

    /// <summary>Most items in one commit.</summary>
    public int MaxBatch { get; }

    /// <summary>Measures how long a batch takes.</summary>
    public TimeProvider Clock { get; }

    /// <summary>Where writes wait.</summary>
    public ChannelReader<WriteItem> Waiting => _queue.Reader;

    /// <summary>Asked once a batch, before its commit. Null: no faults.</summary>
    public Func<CommitFault>? Faults { get; set; }

    /// <summary>Told of a writer's connection before each batch, so that a test can make the database full.</summary>
    public Action<WriteSession>? OnSession { get; set; }

    /// <summary>Told after each batch that is durable: what it came to. By several writers at once; must not throw or wait.</summary>
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

    /// <summary>Takes nothing new, commits what waits, closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        _closing = true;
        _queue.Writer.TryComplete();
        await Task.WhenAll(_writers.Select(writer => writer.Ended)).ConfigureAwait(false);
    }

    /// <summary>A connection that writes, with its statements.</summary>
    public abstract WriteSession OpenSession();

    /// <summary>Before each batch.</summary>
    public virtual void Enter()
    {
    }

    /// <summary>After each batch, however it ended.</summary>
    public virtual void Leave()
    {
    }

    /// <summary>After each commit.</summary>
    public virtual void Wrote(WriteSession session)
    {
    }

    /// <summary>Applies what can be applied many at a time.</summary>
    /// <returns>The items that are left, to be applied one by one.</returns>
    public virtual IReadOnlyList<WriteItem> ApplyTogether(WriteSession session, IReadOnlyList<WriteItem> items, bool first) => items;

    /// <summary>Opens the first connection and begins to take what waits.</summary>
    protected void Start()
    {
        // A database that cannot be used is told now; the other writers open theirs when they have something to write.
        _writers[0].Open();
        foreach (var writer in _writers)
        {
            writer.Start();
        }
    }
}

/// <summary>A planted fault.</summary>
internal sealed class PlantedFailure(string message) : DatabaseFailure(message);
