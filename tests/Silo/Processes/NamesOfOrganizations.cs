using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using ThreadGrains.Silo.PostgreSql;
using ThreadGrains.Tests.PostgreSql;

namespace ThreadGrains.Silo.Tests.Processes;

/// <summary>
/// Organizations whose names are the same number, one after the other on the same databases: each has its own policy and routes,
/// and the key of one is no key of the other.
/// </summary>
public sealed class NamesOfOrganizations : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };

    [Theory]
    [InlineData("20235", "020235")]
    [InlineData("0cafe", "cafe")]
    public Task One_process_keeps_those_of_the_same_number_apart(string one, string other) => AreKeptApart(one, other, InOneProcess);

    [Fact]
    public Task A_cluster_keeps_those_of_the_same_number_apart() => OnPostgreSql(database => AreKeptApart("20235", "020235", InClusterOn(database)));

    [Fact]
    public async Task One_process_gives_a_former_row_to_the_organization_that_is_configured_first()
    {
        Directory.CreateDirectory(Data);
        string file = Path.Combine(Data, EmbeddedDatabases.GrainsFile);
        GrainStorage.SqliteGrainStorage.Prepare(file);
        await using (var connection = new SqliteConnection($"Data Source={file};Pooling=false"))
        {
            await connection.OpenAsync();
            await using var row = connection.CreateCommand();
            row.CommandText = FormerRow($"cast('{Settings}' as blob)");
            await row.ExecuteNonQueryAsync();
        }

        await IsFoundByTheFirst(InOneProcess);
    }

    [Fact]
    public Task A_cluster_gives_a_former_row_to_the_organization_that_is_configured_first() => OnPostgreSql(async database =>
    {
        PostgreSqlSchema.Upgrade(database);
        await TestServer.Execute(database, FormerRow($"convert_to('{Settings}', 'UTF8')"));
        await IsFoundByTheFirst(InClusterOn(database));
    });

    private string Data => _folder.PathOf("data");

    /// <summary>The row that the former version wrote for 020235, and would have written for 20235 as well.</summary>
    private static string FormerRow(string payload) => $"""
        insert into grain_state (service_id, state_name, key_text, key_0, key_1, version, payload) values ('threadgrains', 'organization', '', 0, {0x20235}, 2, {payload})
        """;

    private const string Settings = """
        {"Policy":{"Rules":[{"Post":1,"Workspace":null,"Channel":null,"Kinds":["note"]}],"SystemActors":null,"ParentGone":0},"Routes":[{"Name":"of former","Channels":[{"Workspace":"T0123456789","Channel":"C0123456789"}],"Projects":null,"Levels":null,"Tags":null}],"Workspaces":[]}
        """;

    private async Task IsFoundByTheFirst(Func<string, Func<int, Task>, Task> run)
    {
        await run("020235", async port => Assert.Equal("of former", (await Get(port, "020235")).Route));
        await run("20235", async port => Assert.Equal((null, null), await Get(port, "20235")));
    }

    private async Task InOneProcess(string organization, Func<int, Task> ask)
    {
        int port = LoopbackPorts.ChooseOne();
        await using var process = StartedProcess.ThreadGrains(SettingsOf(organization, port, ("ThreadGrains__Data", Data)));
        await process.UntilReady(port);
        await ask(port);
    }

    /// <summary>Each organization has a cluster of its own on the same database: nobody waits for the silos of the one before.</summary>
    private static Func<string, Func<int, Task>, Task> InClusterOn(string database) => async (organization, ask) =>
    {
        var (silo, gateway) = (LoopbackPorts.ChooseOne(), LoopbackPorts.ChooseOne());
        (string, string)[] cluster = [("ThreadGrains__Database", database), ("Orleans__ClusterId", $"of-{organization}")];
        await using var first = StartedProcess.Program("threadgrains-silo", SettingsOf(organization, silo, cluster));
        await first.UntilReady(silo);
        await using var second = StartedProcess.Program("threadgrains-gateway", SettingsOf(organization, gateway, cluster));
        await second.UntilReady(gateway);
        await ask(gateway);
    };

    private static async Task OnPostgreSql(Func<string, Task> test)
    {
        string database = await TestServer.CreateDatabase();
        try
        {
            await test(database);
        }
        finally
        {
            await TestServer.DropDatabase(database);
        }
    }

    private async Task AreKeptApart(string one, string other, Func<string, Func<int, Task>, Task> run)
    {
        await run(one, async port =>
        {
            await Put(port, one, "silent");
            Assert.Equal(HttpStatusCode.Unauthorized, (await Send(port, other, HttpMethod.Get, "policy")).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await Send(port, other, HttpMethod.Put, "policy", new { rules = Array.Empty<object>() })).StatusCode);
            Assert.Equal(("silent", "of silent"), await Get(port, one));
        });
        await run(other, async port =>
        {
            Assert.Equal((null, null), await Get(port, other));
            await Put(port, other, "broadcast");
            Assert.Equal(("broadcast", "of broadcast"), await Get(port, other));
            Assert.Equal(HttpStatusCode.Unauthorized, (await Send(port, one, HttpMethod.Get, "routes")).StatusCode);
        });
        await run(one, async port => Assert.Equal(("silent", "of silent"), await Get(port, one)));
    }

    private async Task Put(int port, string organization, string post)
    {
        Assert.Equal(HttpStatusCode.OK, (await Send(port, organization, HttpMethod.Put, "policy", new { rules = new[] { new { post, kinds = new[] { "note" } } } })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Send(port, organization, HttpMethod.Put, "routes", new
        {
            routes = new[] { new { name = $"of {post}", channels = new[] { new { workspace = "T0123456789", channel = "C0123456789" } } } },
        })).StatusCode);
    }

    /// <returns>How notes are posted, and the name of the route; null: nothing is set.</returns>
    private async Task<(string? Post, string? Route)> Get(int port, string organization)
    {
        var policy = await (await Send(port, organization, HttpMethod.Get, "policy")).Content.ReadFromJsonAsync<JsonElement>();
        var routes = await (await Send(port, organization, HttpMethod.Get, "routes")).Content.ReadFromJsonAsync<JsonElement>();
        return (
            policy.GetProperty("rules").EnumerateArray().Select(rule => rule.GetProperty("post").GetString()).SingleOrDefault(),
            routes.GetProperty("routes").EnumerateArray().Select(route => route.GetProperty("name").GetString()).SingleOrDefault());
    }

    private async Task<HttpResponseMessage> Send(int port, string organization, HttpMethod method, string what, object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"http://127.0.0.1:{port}/v1/{what}") { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", KeyOf(organization));
        return await _http.SendAsync(request);
    }

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    private static string KeyOf(string organization) => $"tg_{organization}_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    private static Dictionary<string, string> SettingsOf(string organization, int port, params (string Name, string Value)[] further) => new(
        further.Select(setting => KeyValuePair.Create(setting.Name, setting.Value)))
    {
        ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
        ["ThreadGrains__Organization"] = organization,
        ["ThreadGrains__ApiKey"] = KeyOf(organization),
        ["ThreadGrains__Slack__ApiUrl"] = "http://127.0.0.1:1/api/",
        ["ThreadGrains__Slack__SigningSecret"] = "0123456789abcdef0123456789abcdef",
        ["ThreadGrains__Slack__BotToken"] = "xoxb-1-2-secret",
        ["ThreadGrains__Slack__Workspace"] = "T0123456789",
    };
}
