using System.Data.Common;
using ThreadGrains.Grains.Channels;
using ThreadGrains.Grains.Organizations;
using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Groups;

namespace ThreadGrains.Silo.GrainStorage;

/// <summary>
/// Rows that a former version wrote under a number (<see cref="FormerRowKey"/>): whose they are, and how they get the key that
/// they have now. A workspace's id can be told from the number. An organization's name cannot, since leading zeros are lost:
/// such a row belongs to the organization that is configured, for no other one could use what stands in it.
/// </summary>
/// <param name="database">The database of the rows.</param>
/// <param name="organization">The configured organization.</param>
/// <param name="silosAgree">Whether every silo of the cluster looks for a moved row; until then, rows stay where former versions look for them.</param>
internal sealed class FormerRows(DbDataSource database, string organization, Func<bool> silosAgree)
{
    // One statement, so that the row stands under one of the two keys at every moment. It keeps its version: whoever read it
    // under the number and writes later finds no row, and is told so.
    private const string MoveSql = """
        update grain_state
           set key_text = @key, key_0 = 0, key_1 = 0
         where service_id = @service and state_name = @state and key_text = @text and key_0 = @n0 and key_1 = @n1
           and not exists (select 1 from grain_state
                            where service_id = @service and state_name = @state and key_text = @key and key_0 = 0 and key_1 = 0)
        """;

    /// <summary>The configured organization.</summary>
    public string Organization => organization;

    /// <summary>Whether rows may be moved.</summary>
    public bool MayMove => silosAgree();

    /// <summary>Whether the state under a grain's number is this grain's, if there is one.</summary>
    public bool Belongs(string stateName, GrainId grain)
    {
        string key = grain.Key.ToString()!;
        return RowKey.IsNumber(key) && stateName switch
        {
            OrganizationState.Name => key == organization,
            Health.OfWorkspace or InstallationState.Name => RequestRules.IsSlackId(key, "TE"),
            _ => false,
        };
    }

    /// <summary>Gives a row its present key, unless that was done before.</summary>
    public async Task Move(string stateName, GrainId grain)
    {
        var former = FormerRowKey.Of(grain);
        await using var connection = await database.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = MoveSql;
        command.Add("service", ClusterIdentity.ServiceId);
        command.Add("state", stateName);
        command.Add("key", RowKey.Of(grain.Key.ToString()!));
        command.Add("text", former.Text);
        command.Add("n0", former.N0);
        command.Add("n1", former.N1);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>
    /// What an organization may take of a row under its number. The installations of workspaces name the organization that put
    /// them: if one of the row names another organization, then both have written the row, and nobody can say whose
    /// policy and routes these are.
    /// </summary>
    /// <param name="row">What stands in the row.</param>
    /// <param name="organization">The organization.</param>
    /// <param name="boundTo">Of workspaces in the row: the organization that their installation names.</param>
    /// <returns>Null: the row is the organization's alone. Else the part of it that is.</returns>
    public static OrganizationState? Share(OrganizationState row, string organization, IReadOnlyDictionary<string, string> boundTo) =>
        row.Workspaces.Any(workspace => boundTo.TryGetValue(workspace, out string? other) && other != organization)
            ? new OrganizationState { Workspaces = [.. row.Workspaces.Where(workspace => boundTo.GetValueOrDefault(workspace) == organization)] }
            : null;
}
