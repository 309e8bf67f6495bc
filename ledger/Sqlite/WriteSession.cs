using SQLitePCL;

namespace ThreadGrains.Ledger.Sqlite;

/// <summary>
/// The writer's connection with every statement that writes, and the clock by which it writes. Lives until an error leaves
/// its state uncertain; then the next batch begins with a new one.
/// </summary>
internal sealed class WriteSession : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _mark;
    private readonly Statement _release;
    private readonly Statement _rollBackToMark;

    public WriteSession(SqliteLedgerOptions options, TimeProvider clock)
    {
        _clock = clock;
        Options = options;
        Connection = Connection.Open(options, ConnectionRole.Writer);
        try
        {
            _begin = Connection.Prepare("begin immediate");
            _commit = Connection.Prepare("commit");
            _mark = Connection.Prepare("savepoint item");
            _release = Connection.Prepare("release item");
            _rollBackToMark = Connection.Prepare("rollback to item");
            Fencing = new Fencing(Connection);
            Wake = new WakeWrites(Connection);
            Members = new MemberWrites(Connection, Ended);
            Closing = new ClosingWrites(Connection, Ended);
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
            History = new HistoryWrites(this);
        }
        catch
        {
            Connection.Dispose();
            throw;
        }
    }

    public SqliteLedgerOptions Options { get; }

    public Connection Connection { get; }

    public Fencing Fencing { get; }

    public WakeWrites Wake { get; }

    public MemberWrites Members { get; }

    public ClosingWrites Closing { get; }

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

    public HistoryWrites History { get; }

    /// <summary>How many writes the transaction under way carries.</summary>
    public int BatchSize { get; set; } = 1;

    /// <summary>The database's clock, in microseconds.</summary>
    public long Now => Moment.ToMicroseconds(_clock.GetUtcNow());

    /// <summary>What the transaction under way ends.</summary>
    public EndedDeliveries Ended { get; } = new();

    public void Begin()
    {
        Ended.BeginBatch();
        _begin.Run();
    }

    public void Commit() => _commit.Run();

    /// <summary>Remembers the state before an item.</summary>
    public void Mark() => _mark.Run();

    /// <summary>Ends an item: what it did stands, or is undone.</summary>
    public void Unmark(bool keep)
    {
        if (!keep)
        {
            _rollBackToMark.Run();
        }

        _release.Run();
        Ended.EndItem(keep);
    }

    /// <summary>Undoes the batch, if SQLite has not done so itself.</summary>
    public void Rollback()
    {
        foreach (var statement in Connection.Statements)
        {
            statement.Reset();
        }

        if (!Connection.IsIdle)
        {
            Connection.Ask("rollback");
        }
    }

    /// <summary>Pages written since the last call.</summary>
    public int TakePagesWritten() =>
        raw.sqlite3_db_status(Connection.Handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out int written, out _, 1) == raw.SQLITE_OK ? written : 1;

    public void Dispose() => Connection.Dispose();
}
