using ThreadGrains.Ledger;
using ThreadGrains.Ledger.Sqlite;
using ThreadGrains.Silo.GrainStorage;

namespace ThreadGrains.Silo;

/// <summary>The two database files of a data folder. Nothing has to agree between them.</summary>
public static class EmbeddedDatabases
{
    /// <summary>What was accepted and what became of it.</summary>
    public const string LedgerFile = "ledger.db";

    /// <summary>The state of grains on which no delivery depends.</summary>
    public const string GrainsFile = "grains.db";

    /// <summary>The schema scripts of the ledger that this version knows.</summary>
    public static IReadOnlyList<string> LedgerScripts => SqliteLedger.Scripts;

    /// <summary>The schema scripts of the grain state that this version knows.</summary>
    public static IReadOnlyList<string> GrainScripts => SqliteGrainStorage.Scripts;

    /// <summary>Makes what is missing, brings both files to this version's schema, and opens the ledger.</summary>
    /// <param name="folder">The folder; its holder alone may do this.</param>
    /// <param name="clock">The ledger's clock.</param>
    /// <exception cref="StartRefusedException">A file is of a newer version, damaged, or cannot promise durability.</exception>
    public static SqliteLedger Open(string folder, TimeProvider clock)
    {
        SqliteGrainStorage.Prepare(Path.Combine(folder, GrainsFile));
        try
        {
            return SqliteLedger.Open(new SqliteLedgerOptions { Path = Path.Combine(folder, LedgerFile) }, clock);
        }
        catch (LedgerUnavailableException problem)
        {
            throw new StartRefusedException(problem.Message, problem);
        }
    }
}
