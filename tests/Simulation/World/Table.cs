using ThreadGrains.Ledger;
using ThreadGrains.Ledger.Sqlite;
using ThreadGrains.Simulation.Store;

namespace ThreadGrains.Simulation.World;

/// <summary>Where runs are played, one after the other: each gets a ledger of its own, in memory, or a hundredth of them on real SQLite.</summary>
internal sealed class Table : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("simulation").FullName;

    /// <summary>Plays a run to its end.</summary>
    /// <param name="plan">What is played.</param>
    /// <param name="teller">Who reads along.</param>
    public RunResult Play(Plan plan, TextWriter? teller = null)
    {
        ILedger? ledger = null;
        // Whoever runs the tests may have a context of their own: the product's continuations must not go there.
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            bool real = plan.Sqlite ?? plan.Seed % 100 == 0;
            return new Run(plan, clock => ledger = real ? Sqlite(clock) : new MemoryLedger(new MemoryTables(), clock), teller).Play();
        }
        finally
        {
            ledger?.DisposeAsync().AsTask().Wait();
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The product's SQLite in a file of its own, made from a template that has the schema already.</summary>
    private SqliteLedger Sqlite(TimeProvider clock)
    {
        string path = Path.Combine(_folder, "ledger.db");
        string template = Path.Combine(_folder, "template.db");
        if (!File.Exists(template))
        {
            Open(template, clock).DisposeAsync().AsTask().Wait();
        }

        foreach (string old in Directory.GetFiles(_folder, "ledger.db*"))
        {
            File.Delete(old);
        }

        File.Copy(template, path);
        return Open(path, clock);
    }

    /// <summary>No power fails here: a commit need not be on the disk.</summary>
    private static SqliteLedger Open(string path, TimeProvider clock) =>
        SqliteLedger.Open(new SqliteLedgerOptions { Path = path, Readers = 1, Synchronous = SqliteSynchronous.Normal }, clock);
}
