using System.Data.Common;
using System.Reflection;
using DbUp;
using Microsoft.Data.Sqlite;

namespace ThreadGrains.Silo.GrainStorage;

/// <summary>
/// Grain state in one SQLite file, through Orleans' AdoNet provider with our own tables and statements
/// (<c>Sqlite/*.sql</c>). A file of its own beside the ledger's: a second writer there would stall the accepts.
/// </summary>
internal static class SqliteGrainStorage
{
    /// <summary>The provider knows its databases by these names; behind this one it loads Microsoft.Data.Sqlite.</summary>
    private const string Invariant = "System.Data.SQLite";

    private const string ScriptFolder = "ThreadGrains.Silo.GrainStorage.Sqlite.";

    /// <summary>How long a statement waits for another connection's write lock. Below the silo's response timeout, so that the caller still hears why.</summary>
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(4);

    /// <summary>The schema scripts that this version knows, in their order.</summary>
    public static IReadOnlyList<string> Scripts { get; } =
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith(ScriptFolder, StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    /// <summary>Brings the file to this version's schema, in WAL mode, and makes sure that commits reach the disk.</summary>
    /// <exception cref="StartRefusedException">The file is of a newer version, damaged, or cannot promise durability.</exception>
    public static void Prepare(string path)
    {
        try
        {
            RequireDurableCommits(path);
            Migrate(path);
        }
        catch (SqliteException broken)
        {
            throw new StartRefusedException($"The grain state in {path} cannot be opened: {broken.Message}", broken);
        }
    }

    /// <summary>Adds the provider over a file that <see cref="Prepare"/> has seen.</summary>
    public static ISiloBuilder AddSqliteGrainStorage(this ISiloBuilder silo, string path) => silo.AddGrainState(
        options =>
        {
            options.Invariant = Invariant;
            options.ConnectionString = ConnectionString(path);
        },
        Source(path),
        isShared: false);

    /// <summary>The stored installations in a file that <see cref="Prepare"/> has seen.</summary>
    public static StoredInstallations Installations(string path) => new(Source(path));

    private static DbDataSource Source(string path) => SqliteFactory.Instance.CreateDataSource(ConnectionString(path));

    private static string ConnectionString(string path) => new SqliteConnectionStringBuilder
    {
        DataSource = path,
        DefaultTimeout = (int)LockPatience.TotalSeconds,
    }.ToString();

    /// <summary>
    /// The journal mode stays in the file. What a commit waits for is each connection's own setting, and the provider
    /// opens connections without asking us: so the library's default must be FULL (2), as it is in the bundled one.
    /// </summary>
    private static void RequireDurableCommits(string path)
    {
        using var connection = new SqliteConnection(ConnectionString(path));
        connection.Open();
        if (Pragma(connection, "pragma journal_mode = wal") is not "wal")
        {
            throw new StartRefusedException($"The folder of {path} does not allow SQLite's write-ahead log; use a local disk.");
        }

        if (Pragma(connection, "pragma synchronous") is not "2")
        {
            throw new StartRefusedException("This SQLite library does not sync every commit by default (synchronous is not FULL); use the bundled one.");
        }
    }

    private static string? Pragma(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static void Migrate(string path)
    {
        var upgrade = DeployChanges.To
            .SqliteDatabase(ConnectionString(path))
            .WithScriptsEmbeddedInAssembly(Assembly.GetExecutingAssembly(), name => name.StartsWith(ScriptFolder, StringComparison.Ordinal))
            .WithVariablesDisabled()
            .WithTransactionPerScript()
            .LogToNowhere()
            .Build();
        if (upgrade.GetExecutedButNotDiscoveredScripts() is { Count: > 0 } unknown)
        {
            throw new StartRefusedException(
                $"The grain state in {path} was written by a newer version of ThreadGrains (it has {unknown[^1]}, which this version does not know). Start that version, or restore a backup.");
        }

        var result = upgrade.PerformUpgrade();
        if (!result.Successful)
        {
            throw new StartRefusedException($"The grain state in {path} could not be brought to this version's schema: {result.Error.Message}", result.Error);
        }
    }
}
