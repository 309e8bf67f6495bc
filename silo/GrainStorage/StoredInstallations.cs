using System.Data.Common;
using ThreadGrains.Grains.Workspaces;

namespace ThreadGrains.Silo.GrainStorage;

/// <summary>The rows that hold installations, read from the table of grain state itself: on both databases by the same statement.</summary>
internal sealed class StoredInstallations(DbDataSource database) : IStoredInstallations
{
    // A row without payload was cleared: nothing is installed there any more.
    private const string AfterSql = """
        select key_text
          from grain_state
         where service_id = @service and state_name = @state and key_text > @after
           and payload is not null
         order by key_text
         limit @most
        """;

    // Those that stand under a number still: few ids of workspaces are one, and each is moved as soon as its grain reads it.
    private const string NumbersSql = """
        select key_0, key_1
          from grain_state
         where service_id = @service and state_name = @state and key_text = ''
           and payload is not null
        """;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> After(string? after, int most, CancellationToken cancellation)
    {
        string last = after is null ? "" : RowKey.Of(after);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // First those that may be moved meanwhile: then none is missed, and what is seen twice is one.
        var found = await Read(connection, NumbersSql, row => new FormerRowKey("", row.GetInt64(0), row.GetInt64(1)).Workspace, [], cancellation);
        found.AddRange(await Read(connection, AfterSql, row => RowKey.Read(row.GetString(0)), [("after", last), ("most", most)], cancellation));
        return [.. found.OfType<string>().Distinct(StringComparer.Ordinal).Where(workspace => string.CompareOrdinal(RowKey.Of(workspace), last) > 0)
            .OrderBy(RowKey.Of, StringComparer.Ordinal).Take(most)];
    }

    private static async Task<List<string?>> Read(
        DbConnection connection, string sql, Func<DbDataReader, string?> workspace, IEnumerable<(string Name, object Value)> parameters, CancellationToken cancellation)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Add("service", ClusterIdentity.ServiceId);
        command.Add("state", InstallationState.Name);
        foreach (var (name, value) in parameters)
        {
            command.Add(name, value);
        }

        var found = new List<string?>();
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
        {
            found.Add(workspace(rows));
        }

        return found;
    }
}
