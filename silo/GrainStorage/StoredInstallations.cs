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

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> After(string? after, int most, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText = AfterSql;
        Add(command, "service", ClusterIdentity.ServiceId);
        Add(command, "state", InstallationState.Name);
        Add(command, "after", after ?? "");
        Add(command, "most", most);
        var found = new List<string>();
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
        {
            found.Add(rows.GetString(0));
        }

        return found;
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
