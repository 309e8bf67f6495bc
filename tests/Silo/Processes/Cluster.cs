using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using ThreadGrains.Tests.PostgreSql;

namespace ThreadGrains.Silo.Tests.Processes;

/// <summary>Silo and gateway processes on a database of their own. Slack is not there: what is accepted waits.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private const string Key = "tg_local_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    private readonly List<StartedProcess> _processes = [];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };

    private Cluster(string database) => Database = database;

    /// <summary>The owner's connection string.</summary>
    public string Database { get; }

    public int Gateway { get; private set; }

    public static async Task<Cluster> Create() => new(await TestServer.CreateDatabase());

    public (StartedProcess Process, int Port) StartSilo(params (string Name, string Value)[] settings) => Start("threadgrains-silo", settings);

    public StartedProcess StartGateway(params (string Name, string Value)[] settings)
    {
        var (process, port) = Start("threadgrains-gateway", settings);
        Gateway = port;
        return process;
    }

    /// <summary>Starts a silo that ends by itself.</summary>
    public async Task<(int Exit, string Errors)> SiloThatEnds(string[] arguments, params (string Name, string Value)[] settings)
    {
        await using var process = StartedProcess.Program("threadgrains-silo", Settings(LoopbackPorts.ChooseOne(), settings), arguments);
        int exit = await process.Exit();
        Assert.DoesNotContain("Password=test", process.Output + process.Errors, StringComparison.OrdinalIgnoreCase);
        return (exit, process.Errors);
    }

    public async Task<HttpResponseMessage> Announce(string group, string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{Gateway}/v1/alerts")
        {
            Content = JsonContent.Create(new { id, group, issue = new { title = "Boom" } }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        return await _http.SendAsync(request);
    }

    /// <returns>0: nobody listens.</returns>
    public async Task<HttpStatusCode> Health(int port, string which)
    {
        try
        {
            return (await _http.GetAsync(new Uri($"http://127.0.0.1:{port}/health/{which}"))).StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            await process.DisposeAsync();
        }

        _http.Dispose();
        await TestServer.DropDatabase(Database);
    }

    private (StartedProcess Process, int Port) Start(string program, (string Name, string Value)[] settings)
    {
        int port = LoopbackPorts.ChooseOne();
        var process = StartedProcess.Program(program, Settings(port, settings));
        _processes.Add(process);
        return (process, port);
    }

    private Dictionary<string, string> Settings(int port, (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
            ["ThreadGrains__Database"] = Database,
            ["ThreadGrains__ApiKey"] = Key,
            ["ThreadGrains__Slack__ApiUrl"] = "http://127.0.0.1:1/api/",
            ["ThreadGrains__Slack__SigningSecret"] = "0123456789abcdef0123456789abcdef",
            ["ThreadGrains__Slack__BotToken"] = "xoxb-1-2-secret",
            ["ThreadGrains__Slack__Workspace"] = "T0123456789",
            ["ThreadGrains__Slack__Channel"] = "C0123456789",
        };
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        return all;
    }
}
