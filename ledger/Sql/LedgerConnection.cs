namespace ThreadGrains.Ledger.Sql;

/// <summary>
/// One connection, set up as the promises demand and verified, with its prepared statements and the database's clock. What
/// the databases do differently is here; the statements are the same text on all of them. Not thread-safe.
/// </summary>
internal abstract class LedgerConnection : IDisposable
{
    /// <summary>The database's clock, in microseconds since 1970 UTC.</summary>
    public abstract long Now { get; }

    /// <summary>A statement that lives as long as the connection.</summary>
    public abstract Statement Prepare(string sql);

    /// <summary>A statement for once; its user disposes of it.</summary>
    public abstract Statement PrepareOnce(string sql);

    /// <summary>A query of the texts that stand in a parameter as a JSON array: its one column.</summary>
    public abstract string TextsOf(string parameter);

    /// <summary>Begins a transaction that writes, and keeps everybody else from the groups that the items touch.</summary>
    public abstract void Begin(IReadOnlyList<WriteItem> items);

    /// <summary>Keeps everybody else from further groups, without waiting for any of them.</summary>
    /// <returns>Those that are kept. What was read of them before may be out of date.</returns>
    public abstract IReadOnlySet<Guid> Hold(IReadOnlyCollection<Guid> groups);

    /// <summary>
    /// Keeps everybody else who asks for it from a message of Slack's, until the transaction ends: whether it is the root of a thread
    /// and whether it must go is written to two tables. Where only one transaction writes at a time there is nothing to do.
    /// </summary>
    public virtual void HoldMessage(string ts)
    {
    }

    /// <summary>Makes it durable.</summary>
    public abstract void Commit();

    /// <summary>Undoes it, if the database has not done so itself.</summary>
    public abstract void Rollback();

    /// <summary>Whatever was sent with no question behind it has run.</summary>
    public virtual void Flush()
    {
    }

    /// <summary>Remembers the state before an item.</summary>
    public abstract void Mark();

    /// <summary>Back to the state before the item; it goes on from there.</summary>
    public abstract void Retreat();

    /// <summary>The item is ended.</summary>
    public abstract void Unmark();

    /// <summary>Runs a statement that may meet a unique index.</summary>
    /// <returns>Rows written; null: the index holds that value already, and nothing was written.</returns>
    public abstract int? RunUnlessTaken(Statement statement);

    /// <summary>All statements of the read see the same state.</summary>
    public T InOneSnapshot<T>(Func<T> read)
    {
        BeginRead();
        var result = read();
        EndRead();
        return result;
    }

    /// <summary>
    /// A read of several queries, whose values are set, and of the clock: by the same state, and where the database is a server in
    /// one exchange. Each query's rows are then read as usual; nothing else is asked. The list is always the same one for the same
    /// queries.
    /// </summary>
    public virtual T Together<T>(IReadOnlyList<Statement> queries, Func<T> read) => InOneSnapshot(read);

    /// <summary>All statements until <see cref="EndRead"/> see the same state.</summary>
    protected abstract void BeginRead();

    /// <summary>Ends a read.</summary>
    protected abstract void EndRead();

    public abstract void Dispose();
}
