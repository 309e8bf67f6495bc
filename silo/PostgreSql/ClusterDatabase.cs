using Npgsql;

namespace ThreadGrains.Silo.PostgreSql;

/// <summary>Orleans' connections to the cluster's database.</summary>
internal static class ClusterDatabase
{
    /// <summary>The name by which Orleans' providers know Npgsql.</summary>
    public const string Invariant = "Npgsql";

    /// <summary>
    /// Of every connection, in milliseconds: whoever is frozen within a transaction holds up nobody for longer, and no one
    /// waits longer for a lock. Both below the silo's response timeout, so that a caller still hears why.
    /// </summary>
    private const string SessionLimits = "-c idle_in_transaction_session_timeout=3000 -c lock_timeout=3000";

    /// <summary>The connection string, if it is one.</summary>
    /// <exception cref="StartRefusedException">It is none. What is in it is not repeated: it may be a password in the wrong place.</exception>
    public static string Checked(string? connectionString)
    {
        try
        {
            if (new NpgsqlConnectionStringBuilder(connectionString) is { Host.Length: > 0, Database.Length: > 0 })
            {
                return connectionString!;
            }
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or FormatException or OverflowException)
        {
            // Said below, without the library's words: they quote what could not be read.
        }

        throw new StartRefusedException("bad configuration: ThreadGrains__Database must be a connection string such as Host=db;Database=threadgrains;Username=silo;Password=... with at least Host and Database.");
    }

    /// <summary>One pool for membership and grain state; hot statements are prepared.</summary>
    public static NpgsqlDataSource Source(string connectionString) => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
    {
        ApplicationName = "threadgrains orleans",
        Timeout = 3,
        CommandTimeout = 4,
        CancellationTimeout = 500,
        KeepAlive = 5,
        MaxPoolSize = 16,
        MaxAutoPrepare = 20,
        Options = SessionLimits,
    });
}
