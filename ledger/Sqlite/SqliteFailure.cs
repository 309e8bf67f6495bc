using SQLitePCL;

namespace ThreadGrains.Ledger.Sqlite;

/// <summary>A call of SQLite that failed. Stays inside this folder: callers get an outcome.</summary>
internal sealed class SqliteFailure(int extendedCode, string message)
    : Exception($"SQLite error {extendedCode}: {message}")
{
    /// <summary>SQLite's extended result code.</summary>
    public int ExtendedCode { get; } = extendedCode;

    /// <summary>SQLite's primary result code.</summary>
    public int Code => ExtendedCode & 0xff;

    /// <summary>A unique index holds that value already.</summary>
    public bool IsUnique => ExtendedCode is raw.SQLITE_CONSTRAINT_UNIQUE or raw.SQLITE_CONSTRAINT_PRIMARYKEY or raw.SQLITE_CONSTRAINT_ROWID;

    /// <summary>The values are at fault, not the database: the next item may well succeed.</summary>
    public bool IsOfTheData => Code is raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE;
}

/// <summary>A text that cannot be stored: U+0000 (PostgreSQL has no form for it) or an unpaired surrogate (UTF-8 has none).</summary>
internal sealed class UnstorableText(string parameter)
    : Exception($"The value of {parameter} holds U+0000 or an unpaired surrogate, which no database stores as text.");
