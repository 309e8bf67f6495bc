using ThreadGrains.Ledger;
using ThreadGrains.Ledger.Sqlite;

namespace ThreadGrains.Simulation.World;

/// <summary>The ledgers that runs use.</summary>
internal static class Ledgers
{
    /// <summary>The product's SQLite in a file of its own, made from a template that has the schema already.</summary>
    public static ILedger Sqlite(string folder, TimeProvider clock)
    {
        string path = Path.Combine(folder, "ledger.db");
        string template = Path.Combine(folder, "template.db");
        if (!File.Exists(template))
        {
            SqliteLedger.Open(new SqliteLedgerOptions { Path = template, Synchronous = SqliteSynchronous.Normal }, clock).DisposeAsync().AsTask().Wait();
        }

        foreach (string old in Directory.GetFiles(folder, "ledger.db*"))
        {
            File.Delete(old);
        }

        File.Copy(template, path);
        return SqliteLedger.Open(new SqliteLedgerOptions { Path = path, Readers = 1, Synchronous = SqliteSynchronous.Normal }, clock);
    }
}
