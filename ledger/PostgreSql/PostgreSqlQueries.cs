using Npgsql;

namespace ThreadGrains.Ledger.PostgreSql;

/// <summary>Queries that are asked in one exchange, prepared when they are first asked. Each keeps the rows that it got until they are read.</summary>
internal sealed class PostgreSqlQueries : IDisposable
{
    private readonly IReadOnlyList<PostgreSqlStatement> _queries;
    private readonly NpgsqlBatch _batch;
    private bool _prepared;

    public PostgreSqlQueries(NpgsqlConnection connection, IReadOnlyList<PostgreSqlStatement> queries)
    {
        _queries = queries;
        _batch = new NpgsqlBatch(connection);
        foreach (var query in queries)
        {
            _batch.BatchCommands.Add(query.InBatch());
        }
    }

    /// <summary>Asks all of them, with the values that they have now.</summary>
    public void Run()
    {
        for (int i = 0; i < _queries.Count; i++)
        {
            _queries[i].GiveValues(_batch.BatchCommands[i]);
        }

        if (!_prepared)
        {
            _batch.Prepare();
            _prepared = true;
        }

        using var reader = _batch.ExecuteReader();
        foreach (var query in _queries)
        {
            query.Take(reader);
            reader.NextResult();
        }
    }

    public void Dispose() => _batch.Dispose();
}
