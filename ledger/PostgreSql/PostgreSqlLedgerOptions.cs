using ThreadGrains.Ledger.Sql;

namespace ThreadGrains.Ledger.PostgreSql;

/// <summary>Settings of the ledger on PostgreSQL.</summary>
public sealed class PostgreSqlLedgerOptions
{
    /// <summary>Npgsql's connection string. It may hold a password: never print it.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Most items in one commit. Default 256: the knee measured for group commit lies between 128 and 256 rows. 1 to 10,000.</summary>
    public int MaxBatch { get; init; } = 256;

    /// <summary>Transactions at a time, each on a connection of its own. Default 2. 1 to 16.</summary>
    public int Writers { get; init; } = 2;

    /// <summary>Most items that wait for a writer. One more is answered <c>Unavailable</c> at once. Default 8,192. 1 to 1,000,000.</summary>
    public int QueueCapacity { get; init; } = 8_192;

    /// <summary>Connections for reads. Default 4. 1 to 64.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>
    /// Commits may be answered before they are on disk (<c>synchronous_commit</c> weaker than <c>on</c>): promise P1 does not
    /// hold then. Default false: such a database is refused.
    /// </summary>
    public bool AllowUnsafeCommits { get; init; }

    /// <summary>How long after the end of its window an edit counts as in flight, when nobody wrote its result. Default 5 s.</summary>
    public TimeSpan EditGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>When a thread is verified after a doubted delivery was settled by evidence. Default 60 s.</summary>
    public TimeSpan VerifyAfter { get; init; } = TimeSpan.FromSeconds(60);

    internal LedgerTimes Times => new(EditGrace, VerifyAfter);

    /// <exception cref="ArgumentException">A setting is out of its limits; the message names it.</exception>
    internal void Check()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(ConnectionString);
        Limits.Within(Writers, 16, nameof(Writers));
        Limits.Within(MaxBatch, 10_000, nameof(MaxBatch));
        Limits.Within(QueueCapacity, 1_000_000, nameof(QueueCapacity));
        Limits.Within(Readers, 64, nameof(Readers));
    }
}
