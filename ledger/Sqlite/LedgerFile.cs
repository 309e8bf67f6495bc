using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using ThreadGrains.Ledger.Sql;

namespace ThreadGrains.Ledger.Sqlite;

/// <summary>What a connection is for.</summary>
internal enum ConnectionRole
{
    /// <summary>Commits; never copies the log into the database file itself.</summary>
    Writer,

    /// <summary>Reads only.</summary>
    Reader,

    /// <summary>Copies the log into the database file.</summary>
    Checkpointer,
}

/// <summary>A connection to the ledger's file, set up as the promises demand and verified.</summary>
internal sealed class LedgerFile : LedgerConnection
{
    private readonly SqliteConnection _connection;
    private readonly TimeProvider _clock;
    private readonly List<SqliteStatement> _statements = [];
    private Transaction? _transaction;

    private LedgerFile(SqliteConnection connection, TimeProvider clock) => (_connection, _clock) = (connection, clock);

    /// <inheritdoc/>
    public override long Now => Moment.ToMicroseconds(_clock.GetUtcNow());

    public sqlite3 Handle => _connection.Handle!;

    /// <summary>No transaction is open.</summary>
    public bool IsIdle => raw.sqlite3_get_autocommit(Handle) != 0;

    public IReadOnlyList<SqliteStatement> Statements => _statements;

    private Transaction Transactions => _transaction ??= new Transaction(this);

    /// <exception cref="SqliteFailure">The file cannot be opened or set up.</exception>
    /// <exception cref="LedgerUnavailableException">The file does not take the durability asked for.</exception>
    public static LedgerFile Open(SqliteLedgerOptions options, ConnectionRole role, TimeProvider? clock = null)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = options.Path,
            Pooling = false,
            Mode = role == ConnectionRole.Reader ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
        }.ToString());
        var opened = new LedgerFile(connection, clock ?? TimeProvider.System);
        try
        {
            connection.Open();
            opened.Check(raw.sqlite3_extended_result_codes(opened.Handle, 1));
            opened.Check(raw.sqlite3_busy_timeout(opened.Handle, (int)options.BusyTimeout.TotalMilliseconds));
            opened.SetUp(options, role);
            return opened;
        }
        catch (SqliteException error)
        {
            opened.Dispose();
            throw new SqliteFailure(error.SqliteExtendedErrorCode, error.Message);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override Statement Prepare(string sql) => Keep(sql);

    /// <inheritdoc/>
    public override Statement PrepareOnce(string sql) => new SqliteStatement(this, sql);

    /// <inheritdoc/>
    public override string TextsOf(string parameter) => $"select value from json_each({parameter})";

    /// <inheritdoc/>
    public override void Begin(IReadOnlyList<WriteItem> items) => Transactions.Begin.Run();

    /// <summary>Nobody else writes while a transaction that writes is open.</summary>
    public override IReadOnlySet<Guid> Hold(IReadOnlyCollection<Guid> groups) => groups.ToHashSet();

    /// <inheritdoc/>
    public override void Commit() => Transactions.Commit.Run();

    /// <inheritdoc/>
    public override void Rollback()
    {
        foreach (var statement in _statements)
        {
            statement.Reset();
        }

        if (!IsIdle)
        {
            Ask("rollback");
        }
    }

    /// <inheritdoc/>
    public override void Mark() => Transactions.Mark.Run();

    /// <inheritdoc/>
    public override void Retreat() => Transactions.Retreat.Run();

    /// <inheritdoc/>
    public override void Unmark() => Transactions.Release.Run();

    /// <inheritdoc/>
    public override int? RunUnlessTaken(Statement statement)
    {
        try
        {
            return statement.Run();
        }
        catch (SqliteFailure failure) when (failure.IsUnique)
        {
            return null;                                               // SQLite undoes a failed statement alone
        }
    }

    /// <inheritdoc/>
    protected override void BeginRead() => Transactions.BeginRead.Run();

    /// <inheritdoc/>
    protected override void EndRead() => Transactions.Commit.Run();

    /// <summary>Pages written since the last call.</summary>
    public int TakePagesWritten() =>
        raw.sqlite3_db_status(Handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out int written, out _, 1) == raw.SQLITE_OK ? written : 1;

    /// <summary>Runs a statement once.</summary>
    public string? Ask(string sql)
    {
        using var statement = new SqliteStatement(this, sql);
        string? answer = null;
        while (statement.Step())
        {
            answer ??= statement.TextOrNull(0);
        }

        return answer;
    }

    /// <exception cref="SqliteFailure">The code is not that of success.</exception>
    public void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code);
        }
    }

    public SqliteFailure Failure(int code) =>
        new(raw.sqlite3_extended_errcode(Handle) is var extended && (extended & 0xff) == (code & 0xff) ? extended : code,
            raw.sqlite3_errmsg(Handle).utf8_to_string());

    public override void Dispose()
    {
        foreach (var statement in _statements)
        {
            statement.Dispose();
        }

        _statements.Clear();
        _connection.Dispose();
    }

    private SqliteStatement Keep(string sql)
    {
        var statement = new SqliteStatement(this, sql);
        _statements.Add(statement);
        return statement;
    }

    private void SetUp(SqliteLedgerOptions options, ConnectionRole role)
    {
        if (role != ConnectionRole.Reader)
        {
            Demand("journal_mode", "wal", Ask("pragma journal_mode = wal"));
        }

        // A pragma of the connection, not of the file: it has to be said on every one of them.
        string level = ((int)options.Synchronous).ToString(CultureInfo.InvariantCulture);
        Ask($"pragma synchronous = {level}");
        Demand("synchronous", level, Ask("pragma synchronous"));

        // Rows are moved to history table by table; that they fit together is the statements' affair and the suite's.
        Ask("pragma foreign_keys = off");
        Ask("pragma temp_store = memory");
        if (role == ConnectionRole.Writer)
        {
            Ask("pragma wal_autocheckpoint = 0");
            Demand("wal_autocheckpoint", "0", Ask("pragma wal_autocheckpoint"));
            Ask("pragma cache_size = -65536");
        }
        else if (role == ConnectionRole.Reader)
        {
            Ask("pragma query_only = on");
        }
    }

    private static void Demand(string pragma, string wanted, string? got)
    {
        if (!string.Equals(wanted, got, StringComparison.OrdinalIgnoreCase))
        {
            throw new LedgerUnavailableException(
                $"SQLite does not take {pragma} = {wanted} (it says {got ?? "nothing"}). The ledger does not run with less: put its file on a local disk.");
        }
    }

    /// <summary>The statements around the others.</summary>
    private sealed class Transaction(LedgerFile file)
    {
        public SqliteStatement Begin { get; } = file.Keep("begin immediate");

        public SqliteStatement BeginRead { get; } = file.Keep("begin deferred");

        public SqliteStatement Commit { get; } = file.Keep("commit");

        public SqliteStatement Mark { get; } = file.Keep("savepoint item");

        public SqliteStatement Release { get; } = file.Keep("release item");

        public SqliteStatement Retreat { get; } = file.Keep("rollback to item");
    }
}
