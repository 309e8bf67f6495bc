using Npgsql;
using ThreadGrains.Ledger.Sql;

namespace ThreadGrains.Ledger.PostgreSql;

/// <summary>A call of PostgreSQL that failed: what the server said, or that it could not be asked.</summary>
internal sealed class PostgreSqlFailure(NpgsqlException error) : DatabaseFailure($"PostgreSQL: {error.Message}", error)
{
    /// <summary>SQLSTATE; null: the server said nothing.</summary>
    public string? State { get; } = (error as PostgresException)?.SqlState;

    /// <inheritdoc/>
    public override bool IsUnique => State == PostgresErrorCodes.UniqueViolation;

    /// <summary>Classes 22 (data exception) and 23 (integrity constraint violation), and a row too big for its index.</summary>
    public override bool IsOfTheData =>
        State is { } state && (state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("23", StringComparison.Ordinal)
                               || state == PostgresErrorCodes.ProgramLimitExceeded);

    /// <summary>No word from the server, or its last one: class 57P (it shuts down, or ended the session) and 25P03 (idle for too long).</summary>
    public override bool IsOfConnection =>
        State is null or "25P03" || State.StartsWith("57P", StringComparison.Ordinal)
        || State.StartsWith("08", StringComparison.Ordinal);

    /// <summary>The server said that it undid the transaction for the sake of another one.</summary>
    public override bool IsWorthRepeating => State is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected;
}
