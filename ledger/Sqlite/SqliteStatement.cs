using System.Text;
using SQLitePCL;
using ThreadGrains.Ledger.Sql;

namespace ThreadGrains.Ledger.Sqlite;

/// <summary>
/// A statement of SQLite. Beneath Microsoft.Data.Sqlite, because the accept path binds some forty values a turn and a command
/// object costs more than the insert itself.
/// </summary>
internal sealed class SqliteStatement : Statement
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly LedgerFile _connection;
    private readonly sqlite3_stmt _statement;
    private readonly string[] _parameters;
    
    public SqliteStatement(LedgerFile connection, string sql)
    {
        _connection = connection;
        connection.Check(raw.sqlite3_prepare_v3(connection.Handle, Dialect(sql), raw.SQLITE_PREPARE_PERSISTENT, out _statement));
        Sql = sql;
        _parameters = new string[raw.sqlite3_bind_parameter_count(_statement)];
        for (int i = 0; i < _parameters.Length; i++)
        {
            // Interned, so that finding a parameter is comparing references with the literals of the callers.
            _parameters[i] = string.Intern(raw.sqlite3_bind_parameter_name(_statement, i + 1).utf8_to_string());
        }
    }

    /// <inheritdoc/>
    public override string Sql { get; }

    public override Statement Set(string name, long value)
    {
        _connection.Check(raw.sqlite3_bind_int64(_statement, Index(name), value));
        return this;
    }

    public override Statement Set(string name, bool value) => Set(name, value ? 1L : 0L);

    public override Statement Set(string name, Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        _connection.Check(raw.sqlite3_bind_blob(_statement, Index(name), bytes));
        return this;
    }

    public override Statement Set(string name, byte[] value)
    {
        int index = Index(name);
        _connection.Check(value.Length == 0
            ? raw.sqlite3_bind_zeroblob(_statement, index, 0)       // an empty span would bind null
            : raw.sqlite3_bind_blob(_statement, index, value));
        return this;
    }

    public override Statement Set(string name, string? value)
    {
        if (value is null)
        {
            return SetNull(name, ColumnType.Text);
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

    public override int Run()
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

    public override void Send() => Run();

    public override bool Step()
    {
        int code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        var failure = code == raw.SQLITE_DONE ? null : _connection.Failure(code);
        Reset();
        return failure is null ? false : throw failure;
    }

    public override void Reset()
    {
        raw.sqlite3_reset(_statement);
    }

    public override bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public override long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public override bool Flag(int column) => Int64(column) != 0;

    public override string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(_statement, column));

    public override byte[] Bytes(int column) => raw.sqlite3_column_blob(_statement, column).ToArray();

    public override Guid Id(int column) => new(raw.sqlite3_column_blob(_statement, column), bigEndian: true);

    public override void Dispose() => _statement.Dispose();

    protected override Statement SetNull(string name, ColumnType type)
    {
        _connection.Check(raw.sqlite3_bind_null(_statement, Index(name)));
        return this;
    }

    // The scalar functions that SQLite names as it names the aggregates.
    private static string Dialect(string sql) =>
        sql.Replace("greatest(", "max(", StringComparison.Ordinal).Replace("least(", "min(", StringComparison.Ordinal);

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
