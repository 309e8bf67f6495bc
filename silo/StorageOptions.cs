namespace ThreadGrains.Silo;

/// <summary>Where the databases are: one on PostgreSQL for all processes of a cluster, or embedded ones in a folder.</summary>
public sealed class StorageOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "ThreadGrains";

    /// <summary>The folder with <c>ledger.db</c> and <c>grains.db</c>, on a local disk; relative to the working directory. Default data.</summary>
    public string Data { get; set; } = "data";

    /// <summary>
    /// Npgsql's connection string of the cluster's database: membership, grain state and ledger are there, and
    /// <see cref="Data"/> is not used. It may hold a password: never print it. Default none: the embedded databases.
    /// </summary>
    public string? Database { get; set; }

    /// <summary>Whether a silo brings the cluster's database to its schema at start. False: an older schema is refused. Default true.</summary>
    public bool Migrate { get; set; } = true;

    /// <summary>
    /// Whether the cluster's database may answer commits before they are on disk. Then what was accepted can be lost.
    /// Default false: such a database is refused.
    /// </summary>
    public bool AllowUnsafeCommits { get; set; }
}
