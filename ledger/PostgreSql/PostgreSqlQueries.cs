using Npgsql;

namespace ThreadGrains.Ledger.PostgreSql;

/// <summary>
/// Queries that are asked in one exchange, which is a transaction of its own with one snapshot; prepared when they are first asked.
/// Each keeps the rows that it got until they are read.
/// </summary>
internal sealed class PostgreSqlQueries : IDisposable
{
    // They find by keys a few rows each, like the writers (see PostgreSqlGroupCommit): planned once, whatever the tables hold.
    private const string ClockSql = PostgreSqlConnection.ClockSql + """
        , set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true),
        set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true)
        """;

    /// <summary>The transaction's begin, and the clock.</summary>
    private const int BeforeQueries = 2;

    private readonly IReadOnlyList<PostgreSqlStatement> _queries;
    private readonly NpgsqlBatch _batch;
    private bool _prepared;

    public PostgreSqlQueries(NpgsqlConnection connection, IReadOnlyList<PostgreSqlStatement> queries)
    {
        _queries = queries;
        _batch = new NpgsqlBatch(connection);
        _batch.BatchCommands.Add(new NpgsqlBatchCommand("begin isolation level repeatable read"));
        _batch.BatchCommands.Add(new NpgsqlBatchCommand(ClockSql));
        foreach (var query in queries)
        {
            _batch.BatchCommands.Add(query.InBatch());
        }

        _batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
    }

    /// <summary>Asks all of them, with the values that they have now.</summary>
    /// <returns>The server's clock, in microseconds since 1970 UTC.</returns>
    public long Run()
    {
        for (int i = 0; i < _queries.Count; i++)
        {
            _queries[i].GiveValues(_batch.BatchCommands[BeforeQueries + i]);
        }

        if (!_prepared)
        {
            _batch.Prepare();
            _prepared = true;
        }

        using var reader = _batch.ExecuteReader();
        reader.Read();
        long now = reader.GetInt64(0);
        foreach (var query in _queries)
        {
            reader.NextResult();
            query.Take(reader);
        }

        reader.NextResult();
        return now;
    }

    public void Dispose() => _batch.Dispose();
}
