using Npgsql;

namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>Who is in the cluster by its own table, and which build each of them is by the kernel.</summary>
internal static class Membership
{
    private const string ActiveSql = "select gateway_port from cluster_member where status = 3";

    /// <summary>The programs of all active silos, in the order of their names; a process that is not active is not among them.</summary>
    public static async Task<IReadOnlyList<string>> ActivePrograms(RunningCluster cluster)
    {
        var product = cluster.Product;
        string[] addresses = product.Env["THREADGRAINS_ORLEANS_GATEWAY"].Split(',');
        var active = await ActivePorts(product.Env["THREADGRAINS_DATABASE"]);
        return [.. cluster.Silos.Where((_, n) => active.Remove(new Uri($"tcp://{addresses[n]}").Port)).Select(product.ProgramOf)];
    }

    /// <summary>The keys under which the settings of organizations stand, and <c>number</c> for one that has none of its own.</summary>
    public static async Task<IReadOnlyList<string>> KeysOfOrganizations(RunningCluster cluster)
    {
        await using var source = NpgsqlDataSource.Create(cluster.Product.Env["THREADGRAINS_DATABASE"]);
        await using var command = source.CreateCommand("select case key_text when '' then 'number' else key_text end from grain_state where state_name = 'organization'");
        await using var rows = await command.ExecuteReaderAsync();
        var keys = new List<string>();
        while (await rows.ReadAsync())
        {
            keys.Add(rows.GetString(0));
        }

        return keys;
    }

    private static async Task<List<int>> ActivePorts(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(ActiveSql);
        await using var rows = await command.ExecuteReaderAsync();
        var ports = new List<int>();
        while (await rows.ReadAsync())
        {
            ports.Add(rows.GetInt32(0));
        }

        return ports;
    }
}
