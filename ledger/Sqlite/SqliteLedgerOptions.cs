using ThreadGrains.Ledger.Sql;

namespace ThreadGrains.Ledger.Sqlite;

/// <summary>How SQLite makes a commit durable.</summary>
public enum SqliteSynchronous
{
    /// <summary>
    /// A commit may be lost when the machine loses power, though the file stays sound. Promise P1 does not hold; only for
    /// those who ask for it by name.
    /// </summary>
    Normal = 1,

    /// <summary>Every commit is on the disk before it is answered. The default, and what promise P1 rests on.</summary>
    Full = 2,

    /// <summary>As <see cref="Full"/>, and the folder is synced after a journal is removed; no gain in WAL mode.</summary>
    Extra = 3,
}

/// <summary>Settings of the ledger on SQLite.</summary>
public sealed class SqliteLedgerOptions
{
    /// <summary>The database file; its folder must exist. The file is made when missing.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// Most items in one commit. Default 256: the knee measured for group commit lies between 128 and 256 rows, and a
    /// bigger batch only makes the first of it wait. 1 to 10,000.
    /// </summary>
    public int MaxBatch { get; init; } = 256;

    /// <summary>
    /// Most items that wait for the writer. One more is answered <c>Unavailable</c> at once. Default 8,192: about a third
    /// of a second of work. 1 to 1,000,000.
    /// </summary>
    public int QueueCapacity { get; init; } = 8_192;

    /// <summary>How long a batch waits for another process's lock before it is answered <c>Unavailable</c>. Default 2 s.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Connections for reads. Default 3. 1 to 64.</summary>
    public int Readers { get; init; } = 3;

    /// <summary>How commits are made durable. Default <see cref="SqliteSynchronous.Full"/>; weaker only by asking for it here.</summary>
    public SqliteSynchronous Synchronous { get; init; } = SqliteSynchronous.Full;

    /// <summary>
    /// Pages written to the log after which it is copied into the database file, by another connection, beside the commits.
    /// Default 4,000 (16 MB).
    /// </summary>
    public int CheckpointPages { get; init; } = 4_000;

    /// <summary>
    /// Pages in the log above which commits are held for the moment that the copy needs to catch up: only a log that is
    /// copied to its end is begun anew. Default 32,000 (128 MB).
    /// </summary>
    public int MaxLogPages { get; init; } = 32_000;

    /// <summary>
    /// How long after the end of its window an edit counts as in flight, when nobody wrote its result: late bytes may arrive
    /// until then. Default 5 s.
    /// </summary>
    public TimeSpan EditGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// When a thread is verified after a doubted delivery was settled by evidence, where no caller names the moment.
    /// Default 60 s.
    /// </summary>
    public TimeSpan VerifyAfter { get; init; } = TimeSpan.FromSeconds(60);

    internal LedgerTimes Times => new(EditGrace, VerifyAfter);

    /// <exception cref="ArgumentException">A setting is out of its limits; the message names it.</exception>
    internal void Check()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Path);
        Limits.Within(MaxBatch, 10_000, nameof(MaxBatch));
        Limits.Within(QueueCapacity, 1_000_000, nameof(QueueCapacity));
        Limits.Within(Readers, 64, nameof(Readers));
        Limits.Within(CheckpointPages, 1_000_000, nameof(CheckpointPages));
        Limits.Within(MaxLogPages, 10_000_000, nameof(MaxLogPages));
        if (BusyTimeout < TimeSpan.Zero || BusyTimeout > TimeSpan.FromMinutes(1))
        {
            throw new ArgumentException($"{nameof(BusyTimeout)} must lie between 0 and 1 minute.");
        }

        if (!Enum.IsDefined(Synchronous))
        {
            throw new ArgumentException($"{nameof(Synchronous)} must be {string.Join(", ", Enum.GetNames<SqliteSynchronous>())}.");
        }
    }
}
