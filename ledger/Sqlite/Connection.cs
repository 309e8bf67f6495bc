using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

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

/// <summary>One connection, set up as the promises demand and verified, with its prepared statements. Not thread-safe.</summary>
internal sealed class Connection : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly List<Statement> _statements = [];

    private Connection(SqliteConnection connection) => _connection = connection;

    public sqlite3 Handle => _connection.Handle!;

    /// <summary>No transaction is open.</summary>
    public bool IsIdle => raw.sqlite3_get_autocommit(Handle) != 0;

    public IReadOnlyList<Statement> Statements => _statements;

    /// <exception cref="SqliteFailure">The file cannot be opened or set up.</exception>
    /// <exception cref="LedgerUnavailableException">The file does not take the durability asked for.</exception>
    public static Connection Open(SqliteLedgerOptions options, ConnectionRole role)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = options.Path,
            Pooling = false,
            Mode = role == ConnectionRole.Reader ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
        }.ToString());
        var opened = new Connection(connection);
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

    /// <summary>A statement that lives as long as the connection.</summary>
    public Statement Prepare(string sql)
    {
        var statement = new Statement(this, sql);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Runs a statement once.</summary>
    public string? Ask(string sql)
    {
        using var statement = new Statement(this, sql);
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

    public void Dispose()
    {
        foreach (var statement in _statements)
        {
            statement.Dispose();
        }

        _statements.Clear();
        _connection.Dispose();
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
}
