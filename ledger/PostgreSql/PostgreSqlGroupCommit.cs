using Npgsql;
using ThreadGrains.Ledger.Sql;

namespace ThreadGrains.Ledger.PostgreSql;

/// <summary>
/// The writers of this process. Group rows keep them apart, as they do the writers of other silos: while one waits for the
/// server another one's rows are made, and the server works for both.
/// </summary>
internal sealed class PostgreSqlGroupCommit : GroupCommit
{
    // Whatever a writer touches it finds by keys, hundreds at a time. Left to itself the planner takes so many keys for a reason to
    // read the whole table instead, and plans it anew for each batch.
    private const string ByKeys =
        "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set jit = off";

    private readonly NpgsqlDataSource _source;
    private readonly PostgreSqlLedgerOptions _options;
    private readonly TimeProvider? _clock;

    public PostgreSqlGroupCommit(NpgsqlDataSource source, PostgreSqlLedgerOptions options, TimeProvider? clock)
        : base(options.Writers, options.MaxBatch, options.QueueCapacity, TimeProvider.System)
    {
        (_source, _options, _clock) = (source, options, clock);
        Start();
    }

    public override WriteSession OpenSession()
    {
        var connection = PostgreSqlConnection.Open(_source, _clock);
        try
        {
            connection.Run(ByKeys);
            return new WriteSession(connection, _options.Times);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // A batch that is tried again goes one by one: whatever undid it is met again by one item alone.
    public override IReadOnlyList<WriteItem> ApplyTogether(WriteSession session, IReadOnlyList<WriteItem> items, bool first) =>
        first && items.Any(item => item.Turn is not null) ? ((PostgreSqlConnection)session.Connection).Turns.Apply(items, items.Count) : items;
}
