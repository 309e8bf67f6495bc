using System.Globalization;
using Npgsql;
using ThreadGrains.Ledger.Sql;

namespace ThreadGrains.Ledger.PostgreSql;

/// <summary>
/// A connection to the ledger's database. Its transactions run at READ COMMITTED: what must not change under them is locked
/// first, group by group in the order of their ids, so that two silos that write the same groups wait and never deadlock.
/// </summary>
internal sealed class PostgreSqlConnection : LedgerConnection
{
    /// <summary>The server's clock, in microseconds since 1970 UTC.</summary>
    public const string ClockSql = "select (extract(epoch from clock_timestamp()) * 1000000)::bigint";

    private readonly TimeProvider? _clock;
    private readonly List<PostgreSqlStatement> _statements = [];
    private readonly Dictionary<IReadOnlyList<Statement>, PostgreSqlQueries> _together = [];
    private NpgsqlTransaction? _transaction;
    private BatchOpening? _opening;
    private NpgsqlBatch? _beginRead;
    private PostgreSqlTurns? _turns;
    private bool _marked;
    private long _now;

    private PostgreSqlConnection(NpgsqlConnection connection, TimeProvider? clock) => (Npgsql, _clock) = (connection, clock);

    /// <summary>The connection beneath.</summary>
    public NpgsqlConnection Npgsql { get; }

    /// <summary>The clock as it was once the transaction under way had its locks.</summary>
    public override long Now => _clock is null ? _now : Moment.ToMicroseconds(_clock.GetUtcNow());

    /// <summary>How the transaction under way found the groups that it holds, and the ids of its turns.</summary>
    public BatchOpening Opening => _opening ?? throw new InvalidOperationException("No transaction that writes was begun.");

    /// <summary>Turns, many at a time.</summary>
    public PostgreSqlTurns Turns => _turns ??= new PostgreSqlTurns(this);

    /// <exception cref="PostgreSqlFailure">The server cannot be reached.</exception>
    public static PostgreSqlConnection Open(NpgsqlDataSource source, TimeProvider? clock)
    {
        try
        {
            return new PostgreSqlConnection(source.OpenConnection(), clock);
        }
        catch (NpgsqlException error)
        {
            throw new PostgreSqlFailure(error);
        }
    }

    /// <inheritdoc/>
    public override Statement Prepare(string sql)
    {
        var statement = new PostgreSqlStatement(this, sql);
        _statements.Add(statement);
        return statement;
    }

    /// <inheritdoc/>
    public override Statement PrepareOnce(string sql) => new PostgreSqlStatement(this, sql);

    /// <inheritdoc/>
    public override string TextsOf(string parameter) => $"select json_array_elements_text(cast({parameter} as json))";

    /// <inheritdoc/>
    public override void Begin(IReadOnlyList<WriteItem> items) => Ask(() =>
    {
        _transaction = Npgsql.BeginTransaction();                      // sent together with the first statement
        _opening ??= new BatchOpening(Npgsql);
        _opening.Run(items);
        _now = _opening.Now;
        return true;
    });

    // Whoever holds others too must not wait for these: two that do so can wait for each other.
    private const string HoldSql = "select id from issue_group where id = any($1) order by id for update skip locked";

    /// <inheritdoc/>
    public override IReadOnlySet<Guid> Hold(IReadOnlyCollection<Guid> groups) => Ask(() =>
    {
        using var hold = new NpgsqlCommand(HoldSql, Npgsql);
        hold.Parameters.Add(new NpgsqlParameter { Value = groups.ToArray() });
        var held = new HashSet<Guid>();
        using var reader = hold.ExecuteReader();
        while (reader.Read())
        {
            held.Add(reader.GetGuid(0));
        }

        return held;
    });

    /// <inheritdoc/>
    public override void Commit() => Ask(() =>
    {
        _marked = false;
        _transaction!.Commit();
        _transaction.Dispose();
        _transaction = null;
        return true;
    });

    /// <inheritdoc/>
    public override void Rollback()
    {
        foreach (var statement in _statements)
        {
            statement.Reset();
        }

        _marked = false;
        if (_transaction is { } open)
        {
            _transaction = null;
            Ask(() =>
            {
                open.Rollback();
                open.Dispose();
                return true;
            });
        }
    }

    /// <summary>One savepoint stands at a time, since many in one transaction are slow: the next one releases it.</summary>
    public override void Mark()
    {
        Run(_marked ? "release savepoint item; savepoint item" : "savepoint item");
        _marked = true;
    }

    /// <inheritdoc/>
    public override void Retreat() => Run("rollback to savepoint item");

    /// <inheritdoc/>
    public override void Unmark()
    {
    }

    /// <inheritdoc/>
    public override int? RunUnlessTaken(Statement statement)
    {
        Run("savepoint attempt");
        try
        {
            int rows = statement.Run();
            Run("release savepoint attempt");
            return rows;
        }
        catch (PostgreSqlFailure failure) when (failure.IsUnique)
        {
            Run("rollback to savepoint attempt; release savepoint attempt");
            return null;
        }
    }

    /// <inheritdoc/>
    public override void Together(IReadOnlyList<Statement> queries) => Ask(() =>
    {
        if (!_together.TryGetValue(queries, out var together))
        {
            _together[queries] = together = new PostgreSqlQueries(Npgsql, [.. queries.Cast<PostgreSqlStatement>()]);
        }

        together.Run();
        return true;
    });

    /// <inheritdoc/>
    public override void BeginRead() => Ask(() =>
    {
        _beginRead ??= Prepared(new NpgsqlBatchCommand(ClockSql));
        _transaction = Npgsql.BeginTransaction(System.Data.IsolationLevel.RepeatableRead);
        _now = Convert.ToInt64(_beginRead.ExecuteScalar(), CultureInfo.InvariantCulture);
        return true;
    });

    /// <inheritdoc/>
    public override void EndRead() => Commit();

    /// <summary>Talks to the server.</summary>
    /// <exception cref="PostgreSqlFailure">The server refused, or is gone.</exception>
    public T Ask<T>(Func<T> talk)
    {
        try
        {
            return talk();
        }
        catch (NpgsqlException error)
        {
            throw new PostgreSqlFailure(error);
        }
        catch (Exception error) when (error is InvalidOperationException or ObjectDisposedException or IOException)
        {
            // A connection that broke before: Npgsql says so in its own words.
            throw new PostgreSqlFailure(new NpgsqlException(error.Message, error));
        }
    }

    /// <summary>Runs a statement without parameters.</summary>
    public void Run(string sql) => Ask(() =>
    {
        using var command = new NpgsqlCommand(sql, Npgsql);
        return command.ExecuteNonQuery();
    });

    public override void Dispose()
    {
        foreach (var statement in _statements)
        {
            statement.Dispose();
        }

        _statements.Clear();
        foreach (var together in _together.Values)
        {
            together.Dispose();
        }

        _together.Clear();
        _turns?.Dispose();
        _opening?.Dispose();
        _beginRead?.Dispose();
        try
        {
            _transaction?.Dispose();
        }
        catch (Exception error) when (error is NpgsqlException or InvalidOperationException or IOException)
        {
            // The server undoes what a connection leaves behind.
        }

        Npgsql.Dispose();
    }

    private NpgsqlBatch Prepared(params NpgsqlBatchCommand[] commands)
    {
        var batch = new NpgsqlBatch(Npgsql);
        foreach (var command in commands)
        {
            batch.BatchCommands.Add(command);
        }

        batch.Prepare();
        return batch;
    }
}
