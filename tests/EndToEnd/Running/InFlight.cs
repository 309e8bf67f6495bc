using Npgsql;

namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>Posts that the ledger holds as begun and not ended, and the groups that they are of.</summary>
internal static class InFlight
{
    private const string Sql = """
        select p.id, g.name from post p join thread t on t.id = p.thread_id join issue_group g on g.id = t.group_id
         where p.state in ('sending', 'in_doubt')
        """;

    /// <summary>Waits until so many posts are in flight at once.</summary>
    public static async Task Reach(Deployment product, int count, TimeSpan patience)
    {
        await using var source = NpgsqlDataSource.Create(product.Env["THREADGRAINS_DATABASE"]);
        await Eventually.Get(() => Read(source), posts => posts.Count >= count, patience, $"{count} posts are in flight", posts => $"{posts.Count}");
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
