using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Providers;
using Orleans.Storage;
using Orleans.TestingHost;
using ThreadGrains.Grains;
using ThreadGrains.Grains.Secrets;
using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.SlackEmulator.Hosting;
using Activity = ThreadGrains.Groups.Activity;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace ThreadGrains.Cluster.Tests;

/// <summary>Two silos with the product's grains on a real ledger, before an emulator without limits.</summary>
internal sealed class GroupCluster : IAsyncDisposable
{
    public const string Organization = "acme";
    public const string Team = "T0TEST";
    public const string Channel = "C0ALERTS";

    private readonly string _folder;
    private readonly LedgerUnderTest _ledgers;
    private readonly WebApplication _slack;
    private readonly HttpClient _emulator;

    private GroupCluster(string folder, WebApplication slack, HttpClient emulator, LedgerUnderTest ledgers, InProcessTestCluster silos) =>
        (_folder, _slack, _emulator, _ledgers, Ledger, Silos) = (folder, slack, emulator, ledgers, ledgers.Open(), silos);

    /// <summary>The key that encrypts stored tokens, and one that only decrypts.</summary>
    public const string CurrentKey = "current";
    public const string FormerKey = "former";

    /// <summary>A key for each id.</summary>
    public static string KeyOf(string id) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(id)));

    /// <summary>The ledger that the silos write to; a test that writes to it is a third owner.</summary>
    public ILedger Ledger { get; }

    public InProcessTestCluster Silos { get; }

    /// <summary>A second channel of the workspace.</summary>
    public string OtherChannel { get; private set; } = "";

    /// <summary>True: grain state cannot be written.</summary>
    public bool StorageFails { get; set; }

    public IGrainFactory Grains => Silos.Client;

    /// <param name="ledgers">The database.</param>
    /// <param name="changes">Settings beside or instead of those that all tests share.</param>
    public static async Task<GroupCluster> Start(LedgerUnderTest ledgers, IReadOnlyDictionary<string, string?>? changes = null)
    {
        string folder = Directory.CreateTempSubdirectory("threadgrains-cluster-").FullName;
        var slack = EmulatorHosting.Build(
            new EmulatorOptions
            {
                Port = 0, Data = Path.Combine(folder, "slack"), SigningSecret = "8f742231b10e8888abcd99yyyzzz85a5", Team = Team,
                BotToken = "xoxb-test-token", Channel = Channel, User = "U0ROBIN", AppId = "A0TEST", Events = false,
            },
            TimeProvider.System);
        await slack.StartAsync();
        var emulator = new HttpClient { BaseAddress = EmulatorHosting.AddressOf(slack.Services.GetRequiredService<IServer>()) };
        GroupCluster? cluster = null;
        var rows = new StoredRows();
        var silos = new InProcessTestClusterBuilder(2)
            .ConfigureSilo((_, silo) =>
            {
                var settings = new Dictionary<string, string?>
                {
                    ["ThreadGrains:Organization"] = Organization,
                    ["ThreadGrains:Slack:ApiUrl"] = new Uri(emulator.BaseAddress!, "api/").ToString(),
                    ["ThreadGrains:Slack:Workspace"] = Team,
                    ["ThreadGrains:Slack:BotToken"] = "xoxb-test-token",
                    ["ThreadGrains:Slack:Channel"] = Channel,
                    [$"{SecretsOptions.Section}:Keys:0:Id"] = CurrentKey,
                    [$"{SecretsOptions.Section}:Keys:0:Key"] = KeyOf(CurrentKey),
                    [$"{SecretsOptions.Section}:Keys:1:Id"] = FormerKey,
                    [$"{SecretsOptions.Section}:Keys:1:Key"] = KeyOf(FormerKey),
                    // Order and count are shown here, message by message; pace and digests have tests of their own.
                    ["ThreadGrains:Pacing:ChannelPerSecond"] = "0",
                    ["ThreadGrains:Pacing:WorkspacePerMinute"] = "0",
                    ["ThreadGrains:Pacing:UpdatesPerMinute"] = "0",
                    ["ThreadGrains:Pacing:ReadsPerMinute"] = "0",
                    ["ThreadGrains:Pacing:Digests"] = "false",
                    // A killed silo's posts are looked for after these times; shortened, nothing else changes.
                    ["ThreadGrains:Delivery:Window"] = "00:00:03",
                    ["ThreadGrains:Delivery:KnownEndFirstRead"] = "00:00:01",
                    ["ThreadGrains:Delivery:KnownEndReadGap"] = "00:00:01",
                    ["ThreadGrains:Delivery:UnknownEndFirstRead"] = "00:00:01",
                    ["ThreadGrains:Delivery:UnknownEndReadGap"] = "00:00:01",
                };
                foreach (var (name, value) in settings.Concat(changes ?? new Dictionary<string, string?>()))
                {
                    silo.Configuration[name] = value;
                }

                silo.Services.AddSingleton(ledgers.Open());
                silo.Services.AddSingleton<IStoredInstallations>(rows);
                silo.Services.AddThreadGrains(silo.Configuration);
                silo.AddMemoryGrainStorage(FailingStorage.Behind);
                silo.Services.AddKeyedSingleton<IGrainStorage>(
                    ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (services, _) => new FailingStorage(services.GetRequiredKeyedService<IGrainStorage>(FailingStorage.Behind), rows, () => cluster is { StorageFails: true }));
                silo.Services.AddSingleton(services => services.GetRequiredKeyedService<IGrainStorage>(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME));
                silo.Configure<ClusterMembershipOptions>(membership =>
                {
                    membership.ProbeTimeout = TimeSpan.FromSeconds(1);
                    membership.NumMissedProbesLimit = 2;
                    membership.NumVotesForDeathDeclaration = 1;
                });
                silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5));
            })
            .Build();
        await silos.DeployAsync();
        cluster = new GroupCluster(folder, slack, emulator, ledgers, silos);
        await cluster.Tell(HttpMethod.Put, "limits", new { channelPerSecond = 0, workspacePerMinute = 0, repliesPerMinute = 0, updatesPerMinute = 0 });
        cluster.OtherChannel = (string)(await cluster.Tell(HttpMethod.Post, "channels", new { team = Team, name = "other" }))["channels"]![0]!;
        return cluster;
    }

    public IIssueGroupGrain Group(string group) => Grains.GetGrain<IIssueGroupGrain>(new GroupKey(Organization, group).ToString());

    /// <summary>Speaks to the emulator's own interface.</summary>
    public async Task<JsonNode> Tell(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, "emulator/" + path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await _emulator.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>What stands in a channel: texts of the roots, in order.</summary>
    public async Task<IReadOnlyList<JsonNode>> Roots(string channel = Channel) =>
        [.. (await Messages($"channel={channel}")).Where(message => message["thread_ts"] is null || (string?)message["thread_ts"] == (string?)message["ts"])];

    /// <summary>Every text ever stored in a thread, in order.</summary>
    public async Task<IReadOnlyList<string>> Replies(string ts, string channel = Channel) =>
        [.. (await InThread(ts, channel)).Select(message => (string)message["text"]!)];

    /// <summary>Every message ever stored in a thread, in order.</summary>
    public async Task<IReadOnlyList<JsonNode>> InThread(string ts, string channel = Channel) => [.. await Messages($"channel={channel}&thread_ts={ts}")];

    public async Task<GroupView> View(string group) =>
        await Asked(() => Grains.GetGrain<ILedgerReaderGrain>(0).GetGroup(new GroupKey(Organization, group)), $"what {group} looks like")
            ?? throw new InvalidOperationException("no such group");

    /// <summary>Sends as a good sender does: again, with the same id, until the answer is no "try again".</summary>
    public async Task<AcceptReceipt> Send(string group, Activity activity, AcceptOutcome? expected = null)
    {
        AcceptReceipt receipt = null!;
        await Until(
            async () =>
            {
                receipt = await Asked(() => Group(group).Accept(activity), $"a receipt for {activity.Id}");
                return receipt.Outcome is not (AcceptOutcome.Unavailable or AcceptOutcome.Busy);
            },
            () => $"{activity.Id} is taken: {receipt}");
        Assert.True(receipt.Outcome == expected || receipt.Outcome is AcceptOutcome.Accepted or AcceptOutcome.Duplicate, receipt.ToString());
        return receipt;
    }

    /// <summary>Asks a grain as the gateway does: where its silo is gone, the next try finds another.</summary>
    private static async Task<T> Asked<T>(Func<Task<T>> ask, string what)
    {
        T answer = default!;
        Exception? silence = null;
        await Until(
            async () =>
            {
                try
                {
                    answer = await ask();
                    return true;
                }
                catch (Exception error) when (error is TimeoutException or OrleansException)
                {
                    silence = error;
                    return false;
                }
            },
            () => $"{what}: {silence}");
        return answer;
    }

    public static Activity Note(string id) => new(id, "note", new Actor("user", Name: "Robin"), $$"""{"text":"mark[{{id}}]"}""");

    public static Task Until(Func<Task<bool>> condition, string what) => Until(condition, () => what);

    /// <param name="condition">Asked again and again until it holds.</param>
    /// <param name="what">Says what did not happen, as things are then.</param>
    public static async Task Until(Func<Task<bool>> condition, Func<string> what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60), $"did not happen within a minute: {what()}");
            await Task.Delay(25);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Silos.StopAllSilosAsync();
        await Silos.DisposeAsync();
        await _ledgers.DisposeAsync();
        _emulator.Dispose();
        await _slack.StopAsync();
        await _slack.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Every message ever stored.</summary>
    public async Task<IEnumerable<JsonNode>> Messages(string query, string team = Team) =>
        (await Tell(HttpMethod.Get, $"messages?team={team}&{query}"))["messages"]!.AsArray().Select(message => message!);
}
