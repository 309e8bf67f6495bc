using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using DbUp.Sqlite.Helpers;
using Microsoft.Data.Sqlite;

namespace ThreadGrains.Ledger.Sqlite;

/// <summary>Brings a database file to the schema that this version needs. The scripts are embedded, see <c>Schema/</c>.</summary>
internal static class LedgerSchema
{
    private const string ScriptPrefix = "ThreadGrains.Ledger.Sqlite.Schema.";

    /// <summary>The scripts that this version knows, in their order.</summary>
    public static IReadOnlyList<string> Scripts { get; } =
    [
        .. typeof(LedgerSchema).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(ScriptPrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    /// <exception cref="LedgerSchemaNewerException">The file holds scripts that this version does not know.</exception>
    /// <exception cref="LedgerUnavailableException">A script failed; it was rolled back.</exception>
    public static void Upgrade(string path)
    {
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using (var durable = connection.CreateCommand())
        {
            durable.CommandText = "pragma synchronous = full";
            durable.ExecuteNonQuery();
        }

        using var shared = new SharedConnection(connection);
        var upgrader = DeployChanges.To.SqliteDatabase(shared)
            .WithScriptsEmbeddedInAssembly(typeof(LedgerSchema).Assembly, name => name.StartsWith(ScriptPrefix, StringComparison.Ordinal))
            .WithVariablesDisabled()
            .WithTransactionPerScript()
            .LogTo(new NoOpUpgradeLog())
            .Build();

        var unknown = upgrader.GetExecutedScripts().Except(upgrader.GetDiscoveredScripts().Select(script => script.Name)).ToList();
        if (unknown.Count > 0)
        {
            throw new LedgerSchemaNewerException(
                $"The ledger was written by a newer version: it holds {string.Join(", ", unknown)}. Run that version, or restore a backup made before it.");
        }

        DatabaseUpgradeResult result = upgrader.PerformUpgrade();
        if (!result.Successful)
        {
            throw new LedgerUnavailableException($"The ledger's schema could not be brought up to date: {result.Error.Message}", result.Error);
        }
    }
}
