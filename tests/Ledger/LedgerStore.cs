using ThreadGrains.Ledger.Sql;

namespace ThreadGrains.Ledger.Tests;

/// <summary>What the suite does to a commit.</summary>
public enum PlantedFault
{
    /// <summary>The database gives up before the commit.</summary>
    RefuseBeforeCommit,

    /// <summary>The commit fails with an unknown outcome; it was not written.</summary>
    LoseCommit,

    /// <summary>The commit succeeds and its answer is lost.</summary>
    LoseAnswer,
}

/// <summary>One database that a test opens, hurts and opens again. The only part of the suite that each database brings.</summary>
public abstract class LedgerStore : IAsyncDisposable
{
    public abstract ILedger Ledger { get; }

    /// <summary>Ends the ledger and opens it anew on the same data.</summary>
    public abstract Task Reopen();

    /// <summary>Plants a fault into the next commit, and only that one.</summary>
    public abstract void Plant(PlantedFault fault);

    public abstract ValueTask DisposeAsync();
}

/// <summary>The suite's faults in the writer's words.</summary>
internal static class PlantedFaults
{
    /// <summary>Plants a fault into the next commit, and only that one.</summary>
    public static void Plant(this SqlLedger ledger, PlantedFault fault) => ledger.Faults = () =>
    {
        ledger.Faults = null;
        return fault switch
        {
            PlantedFault.RefuseBeforeCommit => CommitFault.RefuseBeforeCommit,
            PlantedFault.LoseCommit => CommitFault.LoseCommit,
            PlantedFault.LoseAnswer => CommitFault.LoseAnswer,
            _ => throw new ArgumentOutOfRangeException(nameof(fault)),
        };
    };
}
