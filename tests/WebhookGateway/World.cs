using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.TestingHost;
using ThreadGrains.Organizations;

namespace ThreadGrains.WebhookGateway.Tests;

/// <summary>The real gateway on a real port, before a real silo with recording grains, for one organization of its own.</summary>
internal sealed class World : IAsyncDisposable
{
    private static readonly Lazy<Task<InProcessTestCluster>> Cluster = new(StartCluster);

    private readonly WebApplication _app;

    private World(WebApplication app, Script script, string key, LogSink log)
    {
        _app = app;
        Script = script;
        Key = key;
        Log = log;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Http = new HttpClient { BaseAddress = Address };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public const string SigningSecret = "8f742231b10e8888abcd99yyyzzz85a5";

    public Script Script { get; }

    public string Key { get; }

    public Uri Address { get; }

    public LogSink Log { get; }

    /// <summary>Sends with the organization's key.</summary>
    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<World> Start(TimeProvider? clock = null, params (string Name, string? Value)[] settings)
    {
        var cluster = await Cluster.Value;
        string name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var script = new Script($"org-{name}", $"T{name.ToUpperInvariant()}");
        string key = NewKey(script.Organization);
        script.Access = () => Task.FromResult(new OrganizationAccess([HashOf(key)], [script.Workspace]));
        script.Register();

        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ThreadGrains:Slack:SigningSecret"] = SigningSecret });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"ThreadGrains:{setting.Name}", setting.Value)));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var log = new LogSink();
        builder.Logging.AddProvider(log);
        builder.Services.AddSingleton(cluster.Client);
        builder.Services.AddSingleton<IGrainFactory>(cluster.Client);
        if (clock is not null)
        {
            builder.Services.AddSingleton(clock);
        }

        builder.Services.AddWebhookGateway(builder.Configuration);
        var app = builder.Build();
        app.MapWebhookGateway();
        await app.StartAsync();
        return new World(app, script, key, log);
    }

    public static string NewKey(string organization) =>
        $"tg_{organization}_{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_')}";

    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    public Task<Answer> Post(string path, string json, string? contentType = "application/json") =>
        Send(HttpMethod.Post, path, Encoding.UTF8.GetBytes(json), contentType);

    public Task<Answer> Get(string path) => Send(HttpMethod.Get, path);

    public async Task<Answer> Send(
        HttpMethod method, string path, byte[]? body = null, string? contentType = "application/json", Action<HttpRequestMessage>? change = null)
    {
        // As it is written: two slashes at a relative address's beginning would begin a host's name.
        using var request = new HttpRequestMessage(method, new Uri(Address.GetLeftPart(UriPartial.Authority) + path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (contentType is not null)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            }
        }

        change?.Invoke(request);
        using var response = await Http.SendAsync(request);
        return await Answer.Of(response);
    }

    /// <summary>Sends bytes as they are and reads until the server closes the connection: HttpClient would mend what a test wants broken.</summary>
    public async Task<string> Raw(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync(limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static async Task<InProcessTestCluster> StartCluster()
    {
        var cluster = new InProcessTestClusterBuilder(1).Build();
        await cluster.DeployAsync();
        return cluster;
    }
}

/// <summary>An HTTP answer, read to its end.</summary>
internal sealed record Answer(HttpStatusCode Status, string? MediaType, string Body, HttpResponseHeaders Headers)
{
    public JsonElement Json => JsonElement.Parse(Body);

    public static async Task<Answer> Of(HttpResponseMessage response) =>
        new(response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync(), response.Headers);

    /// <summary>Demands a problem document in all its parts.</summary>
    public JsonElement Problem(int status, string reason)
    {
        Assert.True((int)Status == status, $"Expected {status} {reason}, got {(int)Status}: {Body}");
        Assert.Equal("application/problem+json", MediaType);
        Assert.Equal(reason, Json.GetProperty("reason").GetString());
        Assert.Equal($"urn:threadgrains:problem:{reason}", Json.GetProperty("type").GetString());
        Assert.Equal(status, Json.GetProperty("status").GetInt32());
        Assert.NotEmpty(Json.GetProperty("title").GetString()!);
        Assert.Equal(status is 429 or 503, Headers.RetryAfter?.Delta is not null);
        return Json;
    }

    /// <summary>Demands a 400 that names the field.</summary>
    public string Invalid(string field)
    {
        var problem = Problem(400, "invalid_request");
        var error = problem.GetProperty("errors").EnumerateArray().FirstOrDefault(one => one.GetProperty("field").GetString() == field);
        Assert.True(error.ValueKind == JsonValueKind.Object, $"No error of the field '{field}' in {Body}");
        Assert.NotEmpty(error.GetProperty("detail").GetString()!);
        return error.GetProperty("detail").GetString()!;
    }
}

/// <summary>Everything that the gateway logged, as an operator would read it.</summary>
internal sealed class LogSink : ILoggerProvider, ILogger
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = new();

    public string Text => string.Join('\n', _lines);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel} {eventId.Name} {formatter(state, exception)} {exception}");

    public void Dispose()
    {
    }
}
