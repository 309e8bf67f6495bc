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
    private readonly List<NpgsqlBatchCommand> _unsent = [];
    private readonly Dictionary<IReadOnlyList<Statement>, PostgreSqlQueries> _together = [];
    private NpgsqlTransaction? _transaction;
    private BatchOpening? _opening;
    private NpgsqlBatch? _beginRead;
    private PostgreSqlTurns? _turns;
    private Statement? _holdMessage;
    private bool _marked;

    // What _marked was before a mark that is not sent yet.
    private bool? _unsentMark;
    private long _now;

    private PostgreSqlConnection(NpgsqlConnection connection, TimeProvider? clock) => (Npgsql, _clock) = (connection, clock);

    /// <summary>The connection beneath.</summary>
    public NpgsqlConnection Npgsql { get; }

    /// <summary>The clock as it was once the transaction under way had its locks.</summary>
    public override long Now => _clock is null ? _now : Moment.ToMicroseconds(_clock.GetUtcNow());

    /// <summary>Something waits to be sent together with what is asked next.</summary>
    public bool HasUnsent => _unsent.Count > 0;

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
        SendAll();
        var held = new HashSet<Guid>();
        using var reader = hold.ExecuteReader();
        while (reader.Read())
        {
            held.Add(reader.GetGuid(0));
        }

        return held;
    });

    // By its ts alone: that two channels have the same is rare, and does no harm. The first key sets these locks apart: "tgms".
    private const string HoldMessageSql = "select pg_advisory_xact_lock(1952935283, hashtext(@ts))";

    /// <inheritdoc/>
    public override void HoldMessage(string ts) => (_holdMessage ??= Prepare(HoldMessageSql)).Set("@ts", ts).Run();

    /// <inheritdoc/>
    public override void Commit() => Ask(() =>
    {
        SendAll();
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

        Forget();
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

    /// <inheritdoc/>
    public override void Flush() => Ask(() =>
    {
        SendAll();
        return true;
    });

    /// <summary>One savepoint stands at a time, since many in one transaction are slow: the next one releases it.</summary>
    public override void Mark()
    {
        _unsentMark = _marked;
        if (_marked)
        {
            SendLater(new NpgsqlBatchCommand("release savepoint item"));
        }

        SendLater(new NpgsqlBatchCommand("savepoint item"));
        _marked = true;
    }

    /// <summary>An item of which nothing was sent is forgotten; the savepoint before it is then still the one of its neighbour.</summary>
    public override void Retreat()
    {
        if (_unsentMark is { } before)
        {
            Forget();
            _marked = before;
            return;
        }

        Forget();
        Run("rollback to savepoint item");
    }

    /// <inheritdoc/>
    public override void Unmark()
    {
    }

    /// <inheritdoc/>
    public override int? RunUnlessTaken(Statement statement)
    {
        Flush();                                                       // what was sent before is no part of the attempt
        SendLater(new NpgsqlBatchCommand("savepoint attempt"));
        try
        {
            int rows = statement.Run();
            SendLater(new NpgsqlBatchCommand("release savepoint attempt"));
            return rows;
        }
        catch (PostgreSqlFailure failure) when (failure.IsUnique)
        {
            Run("rollback to savepoint attempt; release savepoint attempt");
            return null;
        }
    }

    /// <inheritdoc/>
    public override T Together<T>(IReadOnlyList<Statement> queries, Func<T> read)
    {
        Ask(() =>
        {
            if (!_together.TryGetValue(queries, out var together))
            {
                _together[queries] = together = new PostgreSqlQueries(Npgsql, [.. queries.Cast<PostgreSqlStatement>()]);
            }

            _now = together.Run();
            return true;
        });
        try
        {
            return read();
        }
        finally
        {
            // What the read had no use for is of its snapshot: whoever asks the query alone afterwards must not get it.
            foreach (var query in queries)
            {
                query.Reset();
            }
        }
    }

    /// <inheritdoc/>
    protected override void BeginRead() => Ask(() =>
    {
        _beginRead ??= Prepared(new NpgsqlBatchCommand(ClockSql));
        _transaction = Npgsql.BeginTransaction(System.Data.IsolationLevel.RepeatableRead);
        _now = Convert.ToInt64(_beginRead.ExecuteScalar(), CultureInfo.InvariantCulture);
        return true;
    });

    /// <inheritdoc/>
    protected override void EndRead() => Commit();

    /// <summary>Sends it together with what is asked next.</summary>
    public void SendLater(NpgsqlBatchCommand command) => _unsent.Add(command);

    /// <summary>Sends, in one exchange, what waits and a last command behind it, and has the rows of the last one read.</summary>
    public void SendAll(NpgsqlBatchCommand? last = null, Action<NpgsqlDataReader>? read = null)
    {
        if (_unsent.Count == 0 && last is null)
        {
            return;
        }

        using var batch = new NpgsqlBatch(Npgsql);
        foreach (var command in last is null ? _unsent : [.. _unsent, last])
        {
            batch.BatchCommands.Add(command);
        }

        Forget();
        batch.Prepare();                                               // costs an exchange only for what never ran on this connection
        using var reader = batch.ExecuteReader();
        read?.Invoke(reader);
        while (reader.NextResult())
        {
        }
    }

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

    /// <summary>Runs statements without parameters.</summary>
    public void Run(string sql) => Ask(() =>
    {
        SendAll();
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

    private void Forget()
    {
        _unsent.Clear();
        _unsentMark = null;
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
