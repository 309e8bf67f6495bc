using Npgsql;

namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>Posts that the ledger holds as begun and not ended, and the groups that they are of.</summary>
internal static class InFlight
{
    private const string Sql = """
        select p.id, g.name from post p join thread t on t.id = p.thread_id join issue_group g on g.id = t.group_id
         where p.state in ('sending', 'in_doubt')
        """;

    private const string OfSiloSql = """
        select count(*)
          from cluster_member m
          join issue_group g on g.owner = m.address || ':' || m.port || '@' || m.generation
          join thread t on t.group_id = g.id
          join post p on p.thread_id = t.id
         where m.status = 3 and m.gateway_port = $1 and p.state = 'sending'
        """;

    /// <summary>Waits until a silo has so many posts in flight at once. At any moment it may have none: silos take turns in the workspace's lane.</summary>
    /// <param name="product">The cluster.</param>
    /// <param name="silo">The silo's place among all, from 0 on.</param>
    /// <param name="count">How many.</param>
    /// <param name="patience">How long to wait.</param>
    public static async Task Reach(Deployment product, int silo, int count, TimeSpan patience)
    {
        int port = new Uri($"tcp://{product.Env["THREADGRAINS_ORLEANS_GATEWAY"].Split(',')[silo]}").Port;
        await using var source = NpgsqlDataSource.Create(product.Env["THREADGRAINS_DATABASE"]);
        await Eventually.Get(
            async () =>
            {
                await using var command = source.CreateCommand(OfSiloSql);
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = port });
                return (long)(await command.ExecuteScalarAsync())!;
            },
            posts => posts >= count, patience, $"{count} posts of silo {silo + 1} are in flight", posts => $"{posts}");
    }

    /// <summary>
    /// The groups of posts that are in flight now and still after a while in which every post ends that anybody waits for: who sent
    /// them is gone.
    /// </summary>
    public static async Task<IReadOnlyList<string>> LeftBehind(Deployment product, TimeSpan after)
    {
        await using var source = NpgsqlDataSource.Create(product.Env["THREADGRAINS_DATABASE"]);
        var now = await Read(source);
        await Eventually.Pause(after);
        var then = await Read(source);
        return [.. now.Where(post => then.ContainsKey(post.Key)).Select(post => post.Value)];
    }

    private static async Task<Dictionary<Guid, string>> Read(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand(Sql);
        await using var rows = await command.ExecuteReaderAsync();
        var posts = new Dictionary<Guid, string>();
        while (await rows.ReadAsync())
        {
            posts.Add(rows.GetGuid(0), rows.GetString(1));
        }

        return posts;
    }
}
