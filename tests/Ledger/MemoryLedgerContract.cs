using ThreadGrains.Simulation.Store;

namespace ThreadGrains.Ledger.Tests;

/// <summary>The contract, kept by the simulation's store.</summary>
public sealed class MemoryLedgerContract : LedgerContract
{
    protected override Task<LedgerStore> OpenStore(TimeProvider clock) => Task.FromResult<LedgerStore>(new MemoryStore(clock, new MemoryTables()));
}

/// <summary>Stories, kept by the simulation's store.</summary>
public sealed class MemoryLedgerStories : LedgerStories
{
    protected override Task<LedgerStore> OpenStore(TimeProvider clock) => Task.FromResult<LedgerStore>(new MemoryStore(clock, new MemoryTables()));
}

/// <summary>A ledger in memory; its rows outlive it.</summary>
public sealed class MemoryStore(TimeProvider clock, MemoryTables tables) : LedgerStore
{
    private MemoryLedger? _ledger;

    public override ILedger Ledger => Opened;

    private MemoryLedger Opened => _ledger ??= new MemoryLedger(tables, clock);

    public override async Task Reopen()
    {
        await Opened.DisposeAsync();
        _ledger = null;
    }

    public override void Plant(PlantedFault fault)
    {
        var ledger = Opened;
        ledger.Faults = () =>
        {
            ledger.Faults = null;
            return fault switch
            {
                PlantedFault.RefuseBeforeCommit => WriteFault.RefuseBeforeCommit,
                PlantedFault.LoseCommit => WriteFault.LoseCommit,
                PlantedFault.LoseAnswer => WriteFault.LoseAnswer,
                _ => throw new ArgumentOutOfRangeException(nameof(fault)),
            };
        };
    }

    public override ValueTask DisposeAsync() => Opened.DisposeAsync();
}
