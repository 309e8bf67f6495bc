using ThreadGrains.Ledger;
using ThreadGrains.Ledger.PostgreSql;

namespace ThreadGrains.Silo.PostgreSql;

/// <summary>All tables of a cluster's database: the ledger's, and Orleans' (grain state, membership and the providers' statements).</summary>
public static class PostgreSqlSchema
{
    /// <summary>Grain state and membership.</summary>
    public static SchemaPart Orleans { get; } = new(typeof(PostgreSqlSchema).Assembly, "ThreadGrains.Silo.PostgreSql.Schema.");

    private static IReadOnlyList<SchemaPart> Parts { get; } = [DatabaseSchema.Ledger, Orleans];

    /// <summary>Brings the database to this version's schema. Of several that do so at once one works and the others wait.</summary>
    /// <param name="connectionString">Npgsql's, of a role that may create tables.</param>
    /// <exception cref="StartRefusedException">It cannot be reached, is of a newer version, or a script failed and was rolled back.</exception>
    public static void Upgrade(string connectionString) => Refusing(() => DatabaseSchema.Upgrade(connectionString, Parts));

    /// <summary>Makes sure that the database is of this version's schema, and changes nothing.</summary>
    /// <param name="connectionString">Npgsql's, of a role that may read <c>schema_version</c>.</param>
    /// <exception cref="StartRefusedException">It is of another version, or cannot be reached.</exception>
    public static void Require(string connectionString) => Refusing(() => DatabaseSchema.Require(connectionString, Parts));

    private static void Refusing(Action look)
    {
        try
        {
            look();
        }
        catch (LedgerUnavailableException problem)
        {
            throw new StartRefusedException(problem.Message, problem);
        }
    }
}
