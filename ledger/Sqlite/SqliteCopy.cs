using Microsoft.Data.Sqlite;

namespace ThreadGrains.Ledger.Sqlite;

/// <summary>Copies of SQLite files that may be in use, and what a file at rest is worth.</summary>
public static class SqliteCopy
{
    /// <summary>
    /// Copies a database as it stands at one moment, through SQLite's online backup: the source is only read, its writers go on,
    /// and what waits in its write-ahead log is in the copy. The copy is one file without a log of its own.
    /// </summary>
    /// <param name="source">The file to read.</param>
    /// <param name="copy">The file to make; must not exist.</param>
    /// <exception cref="SqliteException">The source cannot be read, or the copy not be written (a full disk: error 13).</exception>
    public static void Make(string source, string copy)
    {
        using var from = Open(source, SqliteOpenMode.ReadWrite);
        Ask(from, "pragma query_only = on");
        using var to = Open(copy, SqliteOpenMode.ReadWriteCreate);
        from.BackupDatabase(to);
        Ask(to, "pragma journal_mode = delete");
    }

    /// <summary>What SQLite finds wrong in the file, in its own words; null: it is sound.</summary>
    public static string? Damage(string path)
    {
        try
        {
            using var connection = Open(path, SqliteOpenMode.ReadWrite);
            return Ask(connection, "pragma integrity_check(1)") is "ok" ? null : Ask(connection, "pragma integrity_check(1)");
        }
        catch (SqliteException broken)
        {
            return broken.Message;
        }
    }

    /// <summary>The names of the schema scripts that the file has seen, in their order; empty: none.</summary>
    /// <exception cref="SqliteException">The file cannot be read.</exception>
    public static IReadOnlyList<string> Scripts(string path)
    {
        using var connection = Open(path, SqliteOpenMode.ReadWrite);
        using var command = connection.CreateCommand();
        command.CommandText = "select ScriptName from SchemaVersions order by ScriptName";
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    /// <summary>What a ledger holds, counted.</summary>
    /// <param name="Groups">Groups.</param>
    /// <param name="Activities">Alerts and activities, history included.</param>
    /// <param name="Unfinished">Deliveries that have not ended: pending, sending or in doubt.</param>
    public readonly record struct LedgerCounts(long Groups, long Activities, long Unfinished);

    /// <summary>Counts what a ledger's file holds.</summary>
    /// <exception cref="SqliteException">The file cannot be read.</exception>
    public static LedgerCounts Count(string path)
    {
        using var connection = Open(path, SqliteOpenMode.ReadWrite);
        using var command = connection.CreateCommand();
        command.CommandText = """
            select (select count(*) from issue_group),
                   (select count(*) from activity) + (select count(*) from history_activity),
                   (select count(*) from delivery where state in ('pending', 'sending', 'in_doubt'))
            """;
        using var reader = command.ExecuteReader();
        reader.Read();
        return new LedgerCounts(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static string? Ask(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() as string;
    }
}
