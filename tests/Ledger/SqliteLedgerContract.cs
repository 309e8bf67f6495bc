using ThreadGrains.Ledger.Sqlite;

namespace ThreadGrains.Ledger.Tests;

/// <summary>The contract, kept by SQLite.</summary>
public sealed class SqliteLedgerContract : LedgerContract
{
    protected override Task<LedgerStore> OpenStore(TimeProvider clock) => Task.FromResult<LedgerStore>(new SqliteStore(clock));
}

/// <summary>Stories, kept by SQLite.</summary>
public sealed class SqliteLedgerStories : LedgerStories
{
    protected override Task<LedgerStore> OpenStore(TimeProvider clock) => Task.FromResult<LedgerStore>(new SqliteStore(clock));
}

/// <summary>A ledger in a file of a folder of its own.</summary>
public sealed class SqliteStore : LedgerStore
{
    private readonly TimeProvider _clock;
    private SqliteLedger _ledger;

    public SqliteStore(TimeProvider clock)
    {
        _clock = clock;
        Folder = Directory.CreateTempSubdirectory("ledger-").FullName;
        _ledger = SqliteLedger.Open(Options, clock);
    }

    public string Folder { get; }

    public SqliteLedgerOptions Options => new() { Path = Path.Combine(Folder, "ledger.db"), BusyTimeout = TimeSpan.FromMilliseconds(200) };

    public override ILedger Ledger => _ledger;

    public override async Task Reopen()
    {
        await _ledger.DisposeAsync();
        _ledger = SqliteLedger.Open(Options, _clock);
    }

    public override void Plant(PlantedFault fault) => _ledger.Plant(fault);

    public override async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
