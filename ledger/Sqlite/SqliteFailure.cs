using SQLitePCL;
using ThreadGrains.Ledger.Sql;

namespace ThreadGrains.Ledger.Sqlite;

/// <summary>A call of SQLite that failed.</summary>
internal sealed class SqliteFailure(int extendedCode, string message)
    : DatabaseFailure($"SQLite error {extendedCode}: {message}")
{
    /// <summary>SQLite's extended result code.</summary>
    public int ExtendedCode { get; } = extendedCode;

    /// <summary>SQLite's primary result code.</summary>
    public int Code => ExtendedCode & 0xff;

    /// <inheritdoc/>
    public override bool IsUnique => ExtendedCode is raw.SQLITE_CONSTRAINT_UNIQUE or raw.SQLITE_CONSTRAINT_PRIMARYKEY or raw.SQLITE_CONSTRAINT_ROWID;

    /// <inheritdoc/>
    public override bool IsOfTheData => Code is raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE;
}
