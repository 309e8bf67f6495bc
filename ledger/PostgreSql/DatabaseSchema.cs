using System.Reflection;
using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using Npgsql;

namespace ThreadGrains.Ledger.PostgreSql;

/// <summary>A part of the database's schema: scripts embedded in an assembly, run in the order of their names.</summary>
/// <param name="Assembly">Where they are.</param>
/// <param name="Prefix">How their resource names begin.</param>
public sealed record SchemaPart(Assembly Assembly, string Prefix)
{
    /// <summary>The names of its scripts, in their order.</summary>
    public IReadOnlyList<string> Scripts { get; } =
    [
        .. Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];
}

/// <summary>
/// Brings a PostgreSQL database to the schema that this version needs: one way for all tables, whoever they belong to.
/// Scripts that ran stand in the table <c>schema_version</c>. Several processes may do it at once: one works, the others wait.
/// </summary>
public static class DatabaseSchema
{
    /// <summary>The session-level advisory lock that the migration holds: "thrgrain" in ASCII.</summary>
    private const long AdvisoryLock = 0x7468_7267_7261_696E;

    private const string Journal = "schema_version";

    /// <summary>The tables of the delivery ledger.</summary>
    public static SchemaPart Ledger { get; } = new(typeof(DatabaseSchema).Assembly, "ThreadGrains.Ledger.PostgreSql.Schema.");

    /// <summary>Runs the scripts that are missing, each in a transaction of its own.</summary>
    /// <param name="connectionString">Npgsql's, of a role that may create tables.</param>
    /// <param name="parts">The parts that this process uses.</param>
    /// <exception cref="LedgerSchemaNewerException">The database holds scripts of these parts that this version does not know; nothing was changed.</exception>
    /// <exception cref="LedgerUnavailableException">The database cannot be reached, or a script failed and was rolled back.</exception>
    public static void Upgrade(string connectionString, params IReadOnlyList<SchemaPart> parts)
    {
        try
        {
            using var holder = new NpgsqlConnection(Unpooled(connectionString));
            holder.Open();
            using (var wait = new NpgsqlCommand("select pg_advisory_lock($1)", holder) { CommandTimeout = 120, Parameters = { new() { Value = AdvisoryLock } } })
            {
                wait.ExecuteNonQuery();                                // let go when the connection ends, however that ends
            }

            RequireKnown(holder, parts);
            Run(connectionString, parts);
        }
        catch (NpgsqlException error)
        {
            throw Unreachable(error);
        }
    }

    /// <summary>Makes sure that nothing is missing and nothing is too new, without changing anything.</summary>
    /// <param name="connectionString">Npgsql's, of a role that may read <c>schema_version</c>.</param>
    /// <param name="parts">The parts that this process uses.</param>
    /// <exception cref="LedgerSchemaNewerException">The database is of a newer version.</exception>
    /// <exception cref="LedgerUnavailableException">It is of an older version, or cannot be reached.</exception>
    public static void Require(string connectionString, params IReadOnlyList<SchemaPart> parts)
    {
        try
        {
            using var connection = new NpgsqlConnection(Unpooled(connectionString));
            connection.Open();
            var run = RequireKnown(connection, parts);
            var missing = parts.SelectMany(part => part.Scripts).Except(run, StringComparer.Ordinal).ToList();
            if (missing.Count > 0)
            {
                throw new LedgerUnavailableException(
                    $"The database is of an older version: {missing.Count} scripts are missing, first {missing[0]}. Run 'threadgrains-silo migrate' with a role that may create tables.");
            }
        }
        catch (NpgsqlException error)
        {
            throw Unreachable(error);
        }
    }

    private static void Run(string connectionString, IReadOnlyList<SchemaPart> parts)
    {
        // Server notices about what exists already are no news.
        var builder = DeployChanges.To.PostgresqlDatabase(Unpooled(connectionString)).JournalToPostgresqlTable("public", Journal)
            .WithVariablesDisabled().WithTransactionPerScript().LogTo(new NoOpUpgradeLog());
        foreach (var part in parts)
        {
            builder.WithScriptsEmbeddedInAssembly(part.Assembly, name => name.StartsWith(part.Prefix, StringComparison.Ordinal));
        }

        DatabaseUpgradeResult result = builder.Build().PerformUpgrade();
        if (!result.Successful)
        {
            throw new LedgerUnavailableException($"The database's schema could not be brought up to date: {result.Error.Message}", result.Error);
        }
    }

    /// <returns>The scripts that ran, of whatever part.</returns>
    private static HashSet<string> RequireKnown(NpgsqlConnection connection, IReadOnlyList<SchemaPart> parts)
    {
        var run = new HashSet<string>(StringComparer.Ordinal);
        using (var exists = new NpgsqlCommand($"select to_regclass('public.{Journal}') is not null", connection))
        {
            if (exists.ExecuteScalar() is not true)
            {
                return run;
            }
        }

        using (var read = new NpgsqlCommand($"select scriptname from public.{Journal}", connection))
        using (var rows = read.ExecuteReader())
        {
            while (rows.Read())
            {
                run.Add(rows.GetString(0));
            }
        }

        var unknown = run.Where(name => parts.Any(part => name.StartsWith(part.Prefix, StringComparison.Ordinal)))
            .Except(parts.SelectMany(part => part.Scripts), StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return unknown.Count == 0 ? run : throw new LedgerSchemaNewerException(
            $"The database was written by a newer version: it holds {string.Join(", ", unknown)}. Run that version, or restore a backup made before it.");
    }

    private static string Unpooled(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString();

    private static LedgerUnavailableException Unreachable(NpgsqlException error) => new($"The database cannot be used: {error.Message}", error);
}
