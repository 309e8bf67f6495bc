using ThreadGrains.Ledger;
using ThreadGrains.Ledger.PostgreSql;
using ThreadGrains.Ledger.Sqlite;
using ThreadGrains.Tests.PostgreSql;

namespace ThreadGrains.Cluster.Tests;

/// <summary>A real database, and the ledgers on it that silos open.</summary>
public abstract class LedgerUnderTest : IAsyncDisposable
{
    /// <summary>A silo's ledger.</summary>
    public abstract ILedger Open();

    public abstract ValueTask DisposeAsync();
}

/// <summary>One file, and one ledger on it for everybody in the process.</summary>
public sealed class LedgerOnSqlite : LedgerUnderTest
{
    private readonly string _folder = Directory.CreateTempSubdirectory("threadgrains-ledger-").FullName;
    private readonly SqliteLedger _ledger;

    public LedgerOnSqlite() =>
        _ledger = SqliteLedger.Open(new SqliteLedgerOptions { Path = Path.Combine(_folder, "ledger.db") }, TimeProvider.System);

    /// <summary>The database file.</summary>
    public string File => Path.Combine(_folder, "ledger.db");

    public override ILedger Open() => _ledger;

    public override async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A database of its own, and a ledger on it for each silo, as in production.</summary>
public sealed class LedgerOnPostgreSql : LedgerUnderTest
{
    private readonly string _database;
    private readonly List<PostgreSqlLedger> _ledgers = [];

    private LedgerOnPostgreSql(string database) => _database = database;

    public static async Task<LedgerUnderTest> Create()
    {
        string database = await TestServer.CreateDatabase();
        DatabaseSchema.Upgrade(database, DatabaseSchema.Ledger);
        return new LedgerOnPostgreSql(database);
    }

    public override ILedger Open()
    {
        var ledger = PostgreSqlLedger.Open(new PostgreSqlLedgerOptions { ConnectionString = _database });
        _ledgers.Add(ledger);
        return ledger;
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var ledger in _ledgers)
        {
            await ledger.DisposeAsync();
        }

        await TestServer.DropDatabase(_database);
    }
}
