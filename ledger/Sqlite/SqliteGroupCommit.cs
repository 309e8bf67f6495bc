using ThreadGrains.Ledger.Sql;

namespace ThreadGrains.Ledger.Sqlite;

/// <summary>The writer of a file: its commits make room for checkpoints.</summary>
internal sealed class SqliteGroupCommit : GroupCommit
{
    private readonly SqliteLedgerOptions _options;
    private readonly TimeProvider _clock;
    private readonly Checkpoints _checkpoints;

    public SqliteGroupCommit(SqliteLedgerOptions options, TimeProvider clock, Checkpoints checkpoints)
        : base(writers: 1, options.MaxBatch, options.QueueCapacity, clock)
    {
        (_options, _clock, _checkpoints) = (options, clock, checkpoints);
        Start();
    }

    public override WriteSession OpenSession() => new(LedgerFile.Open(_options, ConnectionRole.Writer, _clock), _options.Times);

    public override void Enter() => _checkpoints.EnterCommit();

    public override void Leave() => _checkpoints.LeaveCommit();

    public override void Wrote(WriteSession session) => _checkpoints.Wrote(((LedgerFile)session.Connection).TakePagesWritten());
}
