using Microsoft.Data.Sqlite;
using ThreadGrains.Ledger.Sql;

namespace ThreadGrains.Ledger.Sqlite;

/// <summary>The ledger in one SQLite file, for one process.</summary>
public sealed class SqliteLedger : SqlLedger
{
    private readonly TimeProvider _clock;
    private readonly Checkpoints _checkpoints;

    private SqliteLedger(SqliteLedgerOptions options, TimeProvider clock, Checkpoints checkpoints)
        : base(
            new SqliteGroupCommit(options, clock, checkpoints),
            new ReadPool(() => LedgerFile.Open(options, ConnectionRole.Reader, clock), options.Readers)) =>
        (_clock, _checkpoints) = (clock, checkpoints);

    /// <summary>The schema scripts that this version knows; a file with others was written by a newer one.</summary>
    public static IReadOnlyList<string> Scripts => LedgerSchema.Scripts;

    /// <summary>Opens the file, makes it when missing, and brings it to this version's schema.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="clock">The ledger's clock: moments are written and compared by it alone.</param>
    /// <exception cref="ArgumentException">A setting is out of its limits.</exception>
    /// <exception cref="LedgerSchemaNewerException">A newer version wrote the file; it was not touched.</exception>
    /// <exception cref="LedgerUnavailableException">The file cannot be opened, made or trusted.</exception>
    public static SqliteLedger Open(SqliteLedgerOptions options, TimeProvider clock)
    {
        options.Check();
        try
        {
            // First a connection that is set up as all later ones: a file that cannot be durable is not touched further.
            using (LedgerFile.Open(options, ConnectionRole.Writer))
            {
                LedgerSchema.Upgrade(options.Path);
            }

            return new SqliteLedger(options, clock, new Checkpoints(options));
        }
        catch (Exception error) when (error is SqliteFailure or SqliteException)
        {
            throw new LedgerUnavailableException($"The ledger '{options.Path}' cannot be opened: {error.Message}", error);
        }
    }

    /// <summary>As <see cref="ILedger.CheckConservation(CancellationToken)"/>, of a file that another process may have open. Nothing is written, the schema included.</summary>
    /// <exception cref="LedgerUnavailableException">The file cannot be read, or is of a version that has other tables.</exception>
    public static IReadOnlyList<ConservationError> CheckFile(SqliteLedgerOptions options)
    {
        options.Check();
        try
        {
            using var connection = LedgerFile.Open(options, ConnectionRole.Reader);
            return new ConservationReads(connection).Check();
        }
        catch (SqliteFailure error)
        {
            throw new LedgerUnavailableException($"The ledger '{options.Path}' cannot be read: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<DateTimeOffset> Now(CancellationToken cancellation) =>
        // As precise as the tables are, so that what is read again is what was told.
        ValueTask.FromResult(Moment.FromMicroseconds(Moment.ToMicroseconds(_clock.GetUtcNow())));

    private protected override ValueTask Close() => _checkpoints.DisposeAsync();
}
