using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
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
    [InlineData("00000000000000000000000000000005", "0500000000000000")]
    public async Task One_process_keeps_those_of_the_same_number_apart(string one, string other) => await AreKeptApart(one, other, async (organization, ask) =>
    {
        int port = LoopbackPorts.ChooseOne();
        await using var process = StartedProcess.ThreadGrains(Settings(organization, port, ("ThreadGrains__Data", _folder.PathOf("data"))));
        await process.UntilReady(port);
        await ask(port);
    });

    [Fact]
    public async Task A_cluster_keeps_those_of_the_same_number_apart()
    {
        string database = await TestServer.CreateDatabase();
        try
        {
            await AreKeptApart("20235", "020235", async (organization, ask) =>
            {
                var (silo, gateway) = (LoopbackPorts.ChooseOne(), LoopbackPorts.ChooseOne());
                // Each organization has a cluster of its own: the silos of the former one are still in the other one's rows.
                (string, string)[] cluster = [("ThreadGrains__Database", database), ("Orleans__ClusterId", $"of-{organization}")];
                await using var first = StartedProcess.Program("threadgrains-silo", Settings(organization, silo, cluster));
                await first.UntilReady(silo);
                await using var second = StartedProcess.Program("threadgrains-gateway", Settings(organization, gateway, cluster));
                await second.UntilReady(gateway);
                await ask(gateway);
            });
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
        await run(other, async port => Assert.Equal(("broadcast", "of broadcast"), await Get(port, other)));
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

    private static Dictionary<string, string> Settings(string organization, int port, params (string Name, string Value)[] further) => new(
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
