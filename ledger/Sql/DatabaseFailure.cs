namespace ThreadGrains.Ledger.Sql;

/// <summary>A call of the database that failed. Stays inside the ledger: callers get an outcome.</summary>
internal abstract class DatabaseFailure(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>A unique index holds that value already.</summary>
    public virtual bool IsUnique => false;

    /// <summary>The values are at fault, not the database: the next item may well succeed.</summary>
    public virtual bool IsOfTheData => false;

    /// <summary>The connection is lost. What had not been told to commit is undone by the server.</summary>
    public virtual bool IsOfConnection => false;

    /// <summary>The transaction was surely undone for the sake of another one: the same again may well succeed.</summary>
    public virtual bool IsWorthRepeating => false;
}

/// <summary>A text that cannot be stored: U+0000 (PostgreSQL has no form for it) or an unpaired surrogate (UTF-8 has none).</summary>
internal sealed class UnstorableText(string parameter)
    : Exception($"The value of {parameter} holds U+0000 or an unpaired surrogate, which no database stores as text.");
