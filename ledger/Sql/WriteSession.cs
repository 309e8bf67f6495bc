namespace ThreadGrains.Ledger.Sql;

/// <summary>
/// The writer's connection with every statement that writes, and the clock by which it writes. Lives until an error leaves
/// its state uncertain; then the next batch begins with a new one.
/// </summary>
internal sealed class WriteSession : IDisposable
{
    public WriteSession(LedgerConnection connection, LedgerTimes times)
    {
        Connection = connection;
        Times = times;
        try
        {
            Fencing = new Fencing(Connection);
            Wake = new WakeWrites(Connection);
            Members = new MemberWrites(Connection, Ended);
            Closing = new ClosingWrites(Connection, Ended);
            Reposts = new RepostWrites(this);
            Callbacks = new CallbackWrites(this);
            Turns = new TurnWrites(this);
            Claims = new ClaimWrites(this);
            Results = new ResultWrites(this);
            Doubts = new DoubtWrites(this);
            Evidence = new EvidenceWrites(this);
            Cleanups = new CleanupWrites(this);
            Edits = new EditWrites(this);
            Threads = new ThreadWrites(this);
            Replays = new ReplayWrites(this);
            Moves = new MoveWrites(this);
            History = new HistoryWrites(this);
        }
        catch
        {
            Connection.Dispose();
            throw;
        }
    }

    public LedgerTimes Times { get; }

    public LedgerConnection Connection { get; }

    public Fencing Fencing { get; }

    public WakeWrites Wake { get; }

    public MemberWrites Members { get; }

    public ClosingWrites Closing { get; }

    public RepostWrites Reposts { get; }

    public CallbackWrites Callbacks { get; }

    public TurnWrites Turns { get; }

    public ClaimWrites Claims { get; }

    public ResultWrites Results { get; }

    public DoubtWrites Doubts { get; }

    public EvidenceWrites Evidence { get; }

    public CleanupWrites Cleanups { get; }

    public EditWrites Edits { get; }

    public ThreadWrites Threads { get; }

    public ReplayWrites Replays { get; }

    public MoveWrites Moves { get; }

    public HistoryWrites History { get; }

    /// <summary>How many writes the transaction under way carries.</summary>
    public int BatchSize { get; private set; } = 1;

    /// <summary>The database's clock, in microseconds.</summary>
    public long Now => Connection.Now;

    /// <summary>What the transaction under way ends.</summary>
    public EndedDeliveries Ended { get; } = new();

    public void Begin(IReadOnlyList<WriteItem> items)
    {
        Ended.BeginBatch();
        BatchSize = items.Count;
        Connection.Begin(items);
    }

    public void Commit() => Connection.Commit();

    /// <summary>Remembers the state before an item.</summary>
    public void Mark() => Connection.Mark();

    /// <summary>All that an item sent has run: what is wrong with it is wrong with that item.</summary>
    public void Flush() => Connection.Flush();

    /// <summary>Ends an item: what it did stands, or is undone.</summary>
    public void Unmark(bool keep)
    {
        if (!keep)
        {
            Connection.Retreat();
        }

        Connection.Unmark();
        Ended.EndItem(keep);
    }

    /// <summary>Undoes the batch.</summary>
    public void Rollback() => Connection.Rollback();

    public void Dispose() => Connection.Dispose();
}
