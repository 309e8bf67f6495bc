using System.Text;
using SQLitePCL;

namespace ThreadGrains.Ledger.Sqlite;

/// <summary>
/// A prepared statement, kept for the life of its connection. Beneath Microsoft.Data.Sqlite, because the accept path binds
/// some forty values a turn and a command object costs more than the insert itself. Not thread-safe, as its connection.
/// </summary>
internal sealed class Statement : IDisposable
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Connection _connection;
    private readonly sqlite3_stmt _statement;
    private readonly string[] _parameters;
    private bool _open;

    public Statement(Connection connection, string sql)
    {
        _connection = connection;
        connection.Check(raw.sqlite3_prepare_v3(connection.Handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
        Sql = sql;
        _parameters = new string[raw.sqlite3_bind_parameter_count(_statement)];
        for (int i = 0; i < _parameters.Length; i++)
        {
            // Interned, so that finding a parameter is comparing references with the literals of the callers.
            _parameters[i] = string.Intern(raw.sqlite3_bind_parameter_name(_statement, i + 1).utf8_to_string());
        }
    }

    /// <summary>The statement's text.</summary>
    public string Sql { get; }

    public Statement Set(string name, long value)
    {
        _connection.Check(raw.sqlite3_bind_int64(_statement, Index(name), value));
        return this;
    }

    public Statement Set(string name, long? value) => value is { } set ? Set(name, set) : SetNull(name);

    public Statement Set(string name, bool value) => Set(name, value ? 1L : 0L);

    public Statement Set(string name, DateTimeOffset value) => Set(name, Moment.ToMicroseconds(value));

    public Statement Set(string name, DateTimeOffset? value) => Set(name, Moment.ToMicroseconds(value));

    public Statement Set(string name, Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        _connection.Check(raw.sqlite3_bind_blob(_statement, Index(name), bytes));
        return this;
    }

    public Statement Set(string name, Guid? value) => value is { } set ? Set(name, set) : SetNull(name);

    public Statement Set(string name, byte[] value)
    {
        int index = Index(name);
        _connection.Check(value.Length == 0
            ? raw.sqlite3_bind_zeroblob(_statement, index, 0)       // an empty span would bind null
            : raw.sqlite3_bind_blob(_statement, index, value));
        return this;
    }

    /// <exception cref="UnstorableText">See there. The statement is left as it was.</exception>
    public Statement Set(string name, string? value)
    {
        if (value is null)
        {
            return SetNull(name);
        }

        int index = Index(name);
        if (value.Length == 0)
        {
            _connection.Check(raw.sqlite3_bind_text(_statement, index, utf8z.FromString("")));
            return this;
        }

        int most = value.Length * 3;
        byte[]? rented = most > 1024 ? System.Buffers.ArrayPool<byte>.Shared.Rent(most) : null;
        try
        {
            var bytes = rented ?? stackalloc byte[1024];
            int length = Strict.GetBytes(value, bytes);
            if (bytes[..length].Contains((byte)0))
            {
                throw new UnstorableText(name);
            }

            _connection.Check(raw.sqlite3_bind_text(_statement, index, bytes[..length]));
            return this;
        }
        catch (EncoderFallbackException)
        {
            throw new UnstorableText(name);
        }
        finally
        {
            if (rented is not null)
            {
                System.Buffers.ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <summary>Runs to the end and is ready for the next values.</summary>
    /// <returns>How many rows were inserted, updated or deleted.</returns>
    public int Run()
    {
        try
        {
            int code;
            while ((code = raw.sqlite3_step(_statement)) == raw.SQLITE_ROW)
            {
            }

            if (code != raw.SQLITE_DONE)
            {
                throw _connection.Failure(code);
            }

            return raw.sqlite3_changes(_connection.Handle);
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
    }

    /// <summary>Moves to the next row. After the last one (false), and after a failure, the statement is ready for the next values.</summary>
    public bool Step()
    {
        int code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
        {
            _open = true;
            return true;
        }

        var failure = code == raw.SQLITE_DONE ? null : _connection.Failure(code);
        Reset();
        return failure is null ? false : throw failure;
    }

    /// <summary>Gives up the rows that are left.</summary>
    public void Reset()
    {
        _open = false;
        raw.sqlite3_reset(_statement);
    }

    /// <summary>The one row that there is, or null.</summary>
    public T? One<T>(Func<Statement, T> read)
        where T : class
    {
        T? found = null;
        if (Step())
        {
            try
            {
                found = read(this);
            }
            finally
            {
                Reset();
            }
        }

        return found;
    }

    /// <summary>All rows.</summary>
    public List<T> All<T>(Func<Statement, T> read)
    {
        var found = new List<T>();
        try
        {
            while (Step())
            {
                found.Add(read(this));
            }
        }
        finally
        {
            if (_open)
            {
                Reset();
            }
        }

        return found;
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public int Int32(int column) => checked((int)Int64(column));

    public bool Flag(int column) => Int64(column) != 0;

    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(_statement, column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public byte[] Bytes(int column) => raw.sqlite3_column_blob(_statement, column).ToArray();

    public Guid Id(int column) => new(raw.sqlite3_column_blob(_statement, column), bigEndian: true);

    public Guid? IdOrNull(int column) => IsNull(column) ? null : Id(column);

    public DateTimeOffset At(int column) => Moment.FromMicroseconds(Int64(column));

    public DateTimeOffset? AtOrNull(int column) => IsNull(column) ? null : At(column);

    public void Dispose() => _statement.Dispose();

    private Statement SetNull(string name)
    {
        _connection.Check(raw.sqlite3_bind_null(_statement, Index(name)));
        return this;
    }

    private int Index(string name)
    {
        for (int i = 0; i < _parameters.Length; i++)
        {
            if (ReferenceEquals(_parameters[i], name))
            {
                return i + 1;
            }
        }

        int found = Array.IndexOf(_parameters, name);
        return found >= 0 ? found + 1 : throw new ArgumentException($"The statement has no parameter {name}.");
    }
}
