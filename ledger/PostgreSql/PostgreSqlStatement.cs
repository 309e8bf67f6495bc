using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using ThreadGrains.Ledger.Sql;

namespace ThreadGrains.Ledger.PostgreSql;

/// <summary>
/// A statement of PostgreSQL, prepared on the server when it first runs: only then the types of its parameters are known. Rows
/// are taken over whole, because a connection carries one result at a time and others are asked for while they are read.
/// </summary>
internal sealed class PostgreSqlStatement : Statement
{
    private readonly PostgreSqlConnection _connection;
    private readonly NpgsqlCommand _command;
    private readonly string[] _names;
    private readonly List<object?[]> _rows = [];
    private bool _prepared;
    private bool _fetched;
    private int _row = -1;

    public PostgreSqlStatement(PostgreSqlConnection connection, string sql)
    {
        _connection = connection;
        Sql = sql;
        (string text, _names) = Positional.Of(sql);
        _command = new NpgsqlCommand(text, connection.Npgsql);
        foreach (string _ in _names)
        {
            _command.Parameters.Add(new NpgsqlParameter { Value = DBNull.Value });
        }
    }

    public override string Sql { get; }

    public override Statement Set(string name, long value) => Put(name, NpgsqlDbType.Bigint, value);

    public override Statement Set(string name, bool value) => Put(name, NpgsqlDbType.Boolean, value);

    public override Statement Set(string name, Guid value) => Put(name, NpgsqlDbType.Uuid, value);

    public override Statement Set(string name, byte[] value) => Put(name, NpgsqlDbType.Bytea, value);

    public override Statement Set(string name, string? value) =>
        value is null ? SetNull(name, ColumnType.Text)
            : IsStorable(value) ? Put(name, NpgsqlDbType.Text, value)
            : throw new UnstorableText(name);

    /// <summary>Whether the server can store it. Asked here, since Npgsql would replace an unpaired surrogate silently.</summary>
    public static bool IsStorable(string value)
    {
        for (int i = 0; i < value.Length; i++)
        {
            if (i + 1 < value.Length && char.IsSurrogatePair(value[i], value[i + 1]))
            {
                i++;
            }
            else if (value[i] == '\0' || char.IsSurrogate(value[i]))
            {
                return false;
            }
        }

        return true;
    }

    public override int Run()
    {
        Reset();
        return _connection.Ask(() =>
        {
            if (_connection.HasUnsent)
            {
                var last = WithValues();
                _connection.SendAll(last);
                return last.RecordsAffected;
            }

            Prepare();
            return _command.ExecuteNonQuery();
        });
    }

    public override void Send()
    {
        Reset();
        _connection.SendLater(WithValues());
    }

    public override bool Step()
    {
        if (_row < 0 && !_fetched)
        {
            _connection.Ask(Fetch);
        }

        if (++_row < _rows.Count)
        {
            return true;
        }

        Reset();
        return false;
    }

    public override void Reset()
    {
        _rows.Clear();
        _row = -1;
        _fetched = false;
    }

    /// <summary>The same statement for a batch, without values.</summary>
    public NpgsqlBatchCommand InBatch()
    {
        var command = new NpgsqlBatchCommand(_command.CommandText);
        foreach (string _ in _names)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = DBNull.Value });
        }

        return command;
    }

    /// <summary>Gives the values that are set to the same statement in a batch.</summary>
    public void GiveValues(NpgsqlBatchCommand command)
    {
        for (int i = 0; i < _names.Length; i++)
        {
            command.Parameters[i].NpgsqlDbType = _command.Parameters[i].NpgsqlDbType;
            command.Parameters[i].Value = _command.Parameters[i].Value;
        }
    }

    /// <summary>Takes its rows over from a batch; they are read as if it had asked for them itself.</summary>
    public void Take(NpgsqlDataReader reader)
    {
        Reset();
        while (reader.Read())
        {
            var row = new object?[reader.FieldCount];
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
            }

            _rows.Add(row);
        }

        _fetched = true;
    }

    public override bool IsNull(int column) => _rows[_row][column] is null;

    // Without rows of its own type (0 for null), as SQLite answers.
    public override long Int64(int column) => Convert.ToInt64(_rows[_row][column], CultureInfo.InvariantCulture);

    public override bool Flag(int column) => (bool)_rows[_row][column]!;

    public override string Text(int column) => (string)_rows[_row][column]!;

    public override byte[] Bytes(int column) => (byte[])_rows[_row][column]!;

    public override Guid Id(int column) => (Guid)_rows[_row][column]!;

    public override void Dispose() => _command.Dispose();

    protected override Statement SetNull(string name, ColumnType type) => Put(name, type switch
    {
        ColumnType.Number => NpgsqlDbType.Bigint,
        ColumnType.Flag => NpgsqlDbType.Boolean,
        ColumnType.Id => NpgsqlDbType.Uuid,
        ColumnType.Text => NpgsqlDbType.Text,
        ColumnType.Bytes => NpgsqlDbType.Bytea,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    }, DBNull.Value);

    private PostgreSqlStatement Put(string name, NpgsqlDbType type, object value)
    {
        int index = Array.IndexOf(_names, name);
        if (index < 0)
        {
            throw new ArgumentException($"The statement has no parameter {name}.");
        }

        var parameter = _command.Parameters[index];
        parameter.NpgsqlDbType = type;
        parameter.Value = value;
        return this;
    }

    /// <summary>The same statement for a batch, with the values that are set.</summary>
    private NpgsqlBatchCommand WithValues()
    {
        var command = InBatch();
        GiveValues(command);
        return command;
    }

    private bool Fetch()
    {
        if (_connection.HasUnsent)
        {
            _connection.SendAll(WithValues(), Take);
            return true;
        }

        Prepare();
        using var reader = _command.ExecuteReader();
        Take(reader);
        return true;
    }

    private void Prepare()
    {
        if (!_prepared)
        {
            _command.Prepare();
            _prepared = true;
        }
    }
}
