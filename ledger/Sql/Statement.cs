namespace ThreadGrains.Ledger.Sql;

/// <summary>A prepared statement, kept for the life of its connection. Not thread-safe, as its connection.</summary>
internal abstract class Statement : IDisposable
{
    /// <summary>The statement's text.</summary>
    public abstract string Sql { get; }

    public abstract Statement Set(string name, long value);

    public abstract Statement Set(string name, bool value);

    public abstract Statement Set(string name, Guid value);

    public abstract Statement Set(string name, byte[] value);

    /// <exception cref="UnstorableText">See there. The statement is left as it was.</exception>
    public abstract Statement Set(string name, string? value);

    public Statement Set(string name, long? value) => value is { } set ? Set(name, set) : SetNull(name, ColumnType.Number);

    public Statement Set(string name, DateTimeOffset value) => Set(name, Moment.ToMicroseconds(value));

    public Statement Set(string name, DateTimeOffset? value) => Set(name, Moment.ToMicroseconds(value));

    public Statement Set(string name, Guid? value) => value is { } set ? Set(name, set) : SetNull(name, ColumnType.Id);

    /// <summary>Runs to the end and is ready for the next values.</summary>
    /// <returns>How many rows were inserted, updated or deleted.</returns>
    public abstract int Run();

    /// <summary>
    /// Runs it without asking what it does: where the database is a server, together with what is asked next, at the latest with
    /// <see cref="LedgerConnection.Flush"/>. A failure shows there.
    /// </summary>
    public abstract void Send();

    /// <summary>Moves to the next row. After the last one (false), and after a failure, the statement is ready for the next values.</summary>
    public abstract bool Step();

    /// <summary>Gives up the rows that are left.</summary>
    public abstract void Reset();

    /// <summary>The one row that there is, or null.</summary>
    public T? One<T>(Func<Statement, T> read)
        where T : class
    {
        if (!Step())
        {
            return null;
        }

        try
        {
            return read(this);
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>All rows.</summary>
    public List<T> All<T>(Func<Statement, T> read)
    {
        var found = new List<T>();
        bool more = false;
        try
        {
            while (more = Step())
            {
                found.Add(read(this));
            }
        }
        finally
        {
            if (more)
            {
                Reset();
            }
        }

        return found;
    }

    public abstract bool IsNull(int column);

    public abstract long Int64(int column);

    public abstract bool Flag(int column);

    public abstract string Text(int column);

    public abstract byte[] Bytes(int column);

    public abstract Guid Id(int column);

    public int Int32(int column) => checked((int)Int64(column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public Guid? IdOrNull(int column) => IsNull(column) ? null : Id(column);

    public DateTimeOffset At(int column) => Moment.FromMicroseconds(Int64(column));

    public DateTimeOffset? AtOrNull(int column) => IsNull(column) ? null : At(column);

    public abstract void Dispose();

    protected abstract Statement SetNull(string name, ColumnType type);
}

/// <summary>The types of values that the tables hold.</summary>
internal enum ColumnType
{
    /// <summary>A whole number, or a moment in microseconds.</summary>
    Number,

    /// <summary>Yes or no.</summary>
    Flag,

    /// <summary>A UUID.</summary>
    Id,

    /// <summary>Unicode text.</summary>
    Text,

    /// <summary>Bytes.</summary>
    Bytes,
}
