using System.Data.Common;
using System.Diagnostics;
using System.Net;
using System.Text;
using ThreadGrains.EndToEnd.Tests.Running;

namespace ThreadGrains.EndToEnd.Tests.Promises.Cluster;

/// <summary>A token that was put through one gateway is every silo's, and in the database only encrypted.</summary>
[Collection(OnTheCluster.Name), Trait(OnTheCluster.Runs, OnTheCluster.Alone)]
public sealed class StoredTokenOnACluster(RunningCluster cluster) : IAsyncLifetime
{
    private const string Second = "T0CLUSTER";
    private const int Groups = 30;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public Task InitializeAsync() => cluster.IsWhole();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_token_put_through_one_gateway_is_posted_with_by_all_silos_and_stands_nowhere_in_a_dump_of_the_database()
    {
        var product = cluster.Product;
        string channel = (await product.Slack.MakeChannels(Second, 1))[0];
        string token = await product.Slack.BotToken(Second);
        var put = await product.Gateways[0].Put($"/v1/workspaces/{Second}/installation", new { botToken = token });
        Assert.True(put.Status == HttpStatusCode.OK, put.Body.ToString());

        // The other gateway and the silos know it within the life of what they remember.
        foreach (int i in Enumerable.Range(0, Groups))
        {
            await Eventually.Get(
                () => product.Gateways[1].Alert($"stored-{i}", $"stored-{i}.e", Second, channel), receipt => receipt.Status == HttpStatusCode.Accepted, Patience, "the alert is accepted");
        }

        var messages = await Eventually.Get(() => product.Slack.Messages(Second, channel), all => all.Count >= Groups, Patience, $"{Groups} announcements");
        Assert.Equal(Groups, messages.Count);

        var rotated = await product.Gateways[1].Post("/v1/workspaces/rotate-keys");
        Assert.Equal((1, 0, true), (rotated.Body.GetProperty("stored").GetInt32(), rotated.Body.GetProperty("reencrypted").GetInt32(), rotated.Body.GetProperty("complete").GetBoolean()));
        string dump = await Dump(product.Env["THREADGRAINS_DATABASE"]);
        Assert.Contains(Hex("Ciphertext"), dump, StringComparison.Ordinal);
        Assert.DoesNotContain(token, dump, StringComparison.Ordinal);
        Assert.DoesNotContain(Hex(token), dump, StringComparison.Ordinal);
        Assert.DoesNotContain(Hex(Convert.ToBase64String(Encoding.UTF8.GetBytes(token))[..20]), dump, StringComparison.Ordinal);
        Assert.DoesNotContain(token, product.Output, StringComparison.Ordinal);
    }

    /// <summary>As a dump writes bytes.</summary>
    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));

    private static async Task<string> Dump(string database)
    {
        var settings = new DbConnectionStringBuilder { ConnectionString = database };
        string program = Directory.EnumerateFiles("/usr/lib/postgresql", "pg_dump", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
        var start = new ProcessStartInfo(program, ["-h", $"{settings["Host"]}", "-p", $"{settings["Port"]}", "-U", $"{settings["Username"]}", "-d", $"{settings["Database"]}"])
        {
            RedirectStandardOutput = true,
            Environment = { ["PGPASSWORD"] = $"{settings["Password"]}" },
        };
        using var process = Process.Start(start)!;
        string dump = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return dump;
    }
}
