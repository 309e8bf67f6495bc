using Npgsql;
using ThreadGrains.Ledger.PostgreSql;
using ThreadGrains.Tests.PostgreSql;

namespace ThreadGrains.Ledger.Tests;

/// <summary>The contract, kept by PostgreSQL.</summary>
public sealed class PostgreSqlLedgerContract : LedgerContract
{
    protected override async Task<LedgerStore> OpenStore(TimeProvider clock) => await PostgreSqlStore.Open(clock);
}

/// <summary>Stories, kept by PostgreSQL.</summary>
public sealed class PostgreSqlLedgerStories : LedgerStories
{
    /// <summary>Fewer: a step takes ten times as long as in a file, and the statements are the same.</summary>
    protected override int[] Seeds => [1, 3, Environment.TickCount & 0xffff];

    protected override async Task<LedgerStore> OpenStore(TimeProvider clock) => await PostgreSqlStore.Open(clock);
}

/// <summary>A ledger in a database of its own; emptied and used again with its connections, since making them takes longer than most tests.</summary>
public sealed class PostgreSqlStore : LedgerStore
{
    // Not truncated: that makes a new file for every table, partition and index.
    private static readonly string Empty = string.Concat(((string[])
    [
        "issue_group", "issue", "thread", "activity_key", "activity", "delivery", "post", "post_member", "observation", "cleanup", "callback",
        "history_activity", "history_delivery", "history_post", "history_post_member", "history_observation", "history_cleanup", "history_callback",
    ]).Select(table => $"delete from {table};"));

    private static readonly System.Collections.Concurrent.ConcurrentBag<(string Database, NpgsqlDataSource Source)> Free = [];

    private readonly TimeProvider _clock;
    private readonly NpgsqlDataSource _source;
    private PostgreSqlLedger _ledger;

    private PostgreSqlStore(string connectionString, NpgsqlDataSource source, TimeProvider clock)
    {
        _clock = clock;
        _source = source;
        ConnectionString = connectionString;
        _ledger = PostgreSqlLedger.Open(_source, Options, clock);
    }

    public string ConnectionString { get; }

    public PostgreSqlLedgerOptions Options => new() { ConnectionString = ConnectionString };

    public override ILedger Ledger => _ledger;

    public static async Task<PostgreSqlStore> Open(TimeProvider clock)
    {
        if (!Free.TryTake(out var free))
        {
            string database = await TestServer.CreateDatabase();
            DatabaseSchema.Upgrade(database, DatabaseSchema.Ledger);
            free = (database, PostgreSqlLedger.Source(new PostgreSqlLedgerOptions { ConnectionString = database }));
        }

        return new PostgreSqlStore(free.Database, free.Source, clock);
    }

    public override async Task Reopen()
    {
        await _ledger.DisposeAsync();
        _source.Clear();
        _ledger = PostgreSqlLedger.Open(_source, Options, _clock);
    }

    public override void Plant(PlantedFault fault) => _ledger.Plant(fault);

    /// <summary>Some of its connections may have been ended: the next test gets none of them.</summary>
    public void ForgetConnections() => _source.Clear();

    public override async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        await DeleteEverything();
        Free.Add((ConnectionString, _source));
    }

    private async Task DeleteEverything()
    {
        await using var delete = _source.CreateCommand(Empty);
        await delete.ExecuteNonQueryAsync();
    }
}
