using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ThreadGrains.SlackEmulator.Hosting;

namespace ThreadGrains.SlackEmulator.Tests;

/// <summary>The emulator on a real socket, with a clock that only the test moves, and a folder of its own.</summary>
internal sealed class Emulator : IAsyncDisposable
{
    public const string Team = "T0TEST";
    public const string Token = "xoxb-test-token";
    public const string Channel = "C0ALERTS";
    public const string User = "U0ROBIN";
    public const string Secret = "8f742231b10e8888abcd99yyyzzz85a5";

    private readonly bool _ownsFolder;
    private WebApplication _host;

    private Emulator(WebApplication host, string folder, FakeTimeProvider clock, bool ownsFolder)
    {
        (_host, Folder, Clock, _ownsFolder) = (host, folder, clock, ownsFolder);
        Http = ClientOf(host);
    }

    public string Folder { get; }

    public FakeTimeProvider Clock { get; }

    public HttpClient Http { get; private set; }

    public Uri Address => Http.BaseAddress!;

    public IServiceProvider Services => _host.Services;

    /// <param name="limits">Slack's limits stay on; otherwise none.</param>
    /// <param name="folder">A folder with the log of a former life; a new one otherwise.</param>
    public static async Task<Emulator> Start(bool limits = false, string? folder = null)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
        var data = folder ?? Directory.CreateTempSubdirectory("slack-emulator-").FullName;
        var emulator = new Emulator(await Host(data, clock), data, clock, folder is null);
        if (!limits) await emulator.NoLimits();
        return emulator;
    }

    /// <summary>Ends the emulator and starts it again on the same folder.</summary>
    public async Task Restart()
    {
        await Stop();
        _host = await Host(Folder, Clock);
        Http = ClientOf(_host);
        await NoLimits();
    }

    public async Task NoLimits() =>
        await Put("limits", new JsonObject { ["channelPerSecond"] = 0, ["workspacePerMinute"] = 0, ["repliesPerMinute"] = 0, ["updatesPerMinute"] = 0 });

    /// <summary>Calls a method of the Web API as Slack's SDK does: a form, the token in the header.</summary>
    public async Task<JsonNode> Call(string method, params (string Name, string Value)[] arguments)
    {
        using var response = await Send(method, arguments);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    public async Task<HttpResponseMessage> Send(string method, (string Name, string Value)[] arguments, string token = Token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/" + method);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = new FormUrlEncodedContent(arguments.Select(static argument => KeyValuePair.Create(argument.Name, argument.Value)));
        return await Http.SendAsync(request);
    }

    public async Task<JsonNode> CallWithJson(string method, JsonNode body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/" + method);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await Http.SendAsync(request);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    /// <returns>The <c>ts</c> of the new message.</returns>
    public async Task<string> Post(string text, string? thread = null, string channel = Channel, params (string Name, string Value)[] more)
    {
        (string, string)[] threaded = thread is null ? [] : [("thread_ts", thread)];
        var answer = await Call("chat.postMessage", [("channel", channel), ("text", text), .. threaded, .. more]);
        Assert.True((bool)answer["ok"]!, answer.ToJsonString());
        return (string)answer["ts"]!;
    }

    public Task<JsonNode> Replies(string ts, params (string Name, string Value)[] more) =>
        Call("conversations.replies", [("channel", Channel), ("ts", ts), .. more]);

    public Task<JsonNode> History(params (string Name, string Value)[] more) =>
        Call("conversations.history", [("channel", Channel), .. more]);

    /// <summary>Every message of the channel that was ever stored.</summary>
    public async Task<JsonArray> Stored(string query = "channel=" + Channel) => (await Get("messages?" + query))["messages"]!.AsArray();

    public async Task<JsonNode> Get(string path)
    {
        using var response = await Http.GetAsync("emulator/" + path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    public Task<JsonNode> Put(string path, JsonNode body) => Control(HttpMethod.Put, path, body);

    public Task<JsonNode> Do(string path, JsonNode? body = null) => Control(HttpMethod.Post, path, body);

    /// <summary>A request of the emulator's own interface, whatever its status; the status stands in the field <c>status</c>.</summary>
    public async Task<(HttpStatusCode Status, JsonNode? Body)> Try(HttpMethod method, string path, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, "emulator/" + path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    public Task Faults(params JsonObject[] rules) => Faults(seed: 1, rules);

    public async Task Faults(long seed, params JsonObject[] rules) =>
        await Put("faults", new JsonObject { ["seed"] = seed, ["rules"] = new JsonArray([.. rules]) });

    public static JsonObject Rule(string fault, string method = "chat.postMessage", params (string Name, JsonNode Value)[] more)
    {
        var rule = new JsonObject { ["method"] = method, ["fault"] = fault };
        foreach (var (name, value) in more) rule[name] = value;
        return rule;
    }

    /// <summary>Waits on the real clock for something that other threads bring about.</summary>
    public static async Task Until(Func<Task<bool>> condition, string what)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await condition())
        {
            if (deadline.IsCancellationRequested) Assert.Fail("did not happen within 20 s: " + what);
            await Task.Delay(10);
        }
    }

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    public async Task Stop()
    {
        Http.Dispose();
        await _host.StopAsync();
        await _host.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        if (_ownsFolder) Directory.Delete(Folder, recursive: true);
    }

    private async Task<JsonNode> Control(HttpMethod method, string path, JsonNode? body)
    {
        var (status, answer) = await Try(method, path, body);
        Assert.True(status == HttpStatusCode.OK, $"{path}: {status} {answer?.ToJsonString()}");
        return answer!;
    }

    private static async Task<WebApplication> Host(string folder, FakeTimeProvider clock)
    {
        var host = EmulatorHosting.Build(
            new EmulatorOptions
            {
                Port = 0, Data = folder, SigningSecret = Secret, Team = Team, BotToken = Token, Channel = Channel, User = User, AppId = "A0TEST", Events = false,
            },
            clock);
        await host.StartAsync();
        return host;
    }

    private static HttpClient ClientOf(WebApplication host) => new()
    {
        BaseAddress = EmulatorHosting.AddressOf(host.Services.GetRequiredService<IServer>()),
        Timeout = TimeSpan.FromSeconds(30),
    };
}
