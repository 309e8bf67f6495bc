using System.Diagnostics;
using System.Globalization;
using ThreadGrains.Chaos.Judging;
using ThreadGrains.Chaos.Relays;
using ThreadGrains.Chaos.Sending;
using ThreadGrains.Silo;
using ThreadGrains.Tests.Processes;

namespace ThreadGrains.Chaos.Running;

/// <summary>What an experiment cuts or fills: only these ways run through relays.</summary>
[Flags]
internal enum Links
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Each silo's way to Slack.</summary>
    Slack = 1,

    /// <summary>Each silo's way to the database.</summary>
    Database = 2,

    /// <summary>The ways of the silos to each other.</summary>
    Members = 4,

    /// <summary>The database's disk is one that can be filled.</summary>
    Disk = 8,
}

/// <summary>
/// The product as docs/cluster.md describes it for several machines: silos, two gateways, a PostgreSQL, and the emulator as
/// Slack. The same programs that <c>./run --cluster</c> starts, with their addresses chosen so that relays can stand between them.
/// </summary>
internal sealed class ProductCluster : ISubject
{
    private const string ApiKey = "tg_local_chaosChaosChaosChaosChaosChaosChaosChaos123";
    private const int GatewayCount = 2;

    private readonly Surroundings _around;
    private readonly FormerBuild? _former;
    private readonly List<SupervisedProcess> _gatewayProcesses = [];
    private readonly List<Member> _members = [];
    private readonly List<(SupervisedProcess Process, Uri Metrics)> _watched = [];
    private readonly CancellationTokenSource _ending = new();
    private Task _watching = Task.CompletedTask;

    private ProductCluster(Surroundings around, IReadOnlyDictionary<string, string> settings, FormerBuild? former)
    {
        _around = around;
        _former = former;
        Settings = settings;
    }

    public IReadOnlyList<Member> Members => _members;

    public SupervisedProcess Database => _around.Database;

    public SmallDisk? Disk => _around.Disk;

    public IReadOnlyList<GatewayClient> Gateways { get; private set; } = [];

    public EmulatorClient Emulator => _around.Emulator;

    public MetricTotals Metrics { get; } = new();

    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <param name="folder">For data and logs.</param>
    /// <param name="silos">How many.</param>
    /// <param name="links">The ways that can be cut.</param>
    /// <param name="settings">What is not as shipped.</param>
    /// <param name="former">
    /// Null: everything is of the present version. Else gateways and silos begin as these, the database is then brought to the present
    /// version's schema, and each silo that is started again is of the present version: the order of docs/cluster.md.
    /// </param>
    public static async Task<ProductCluster> Start(string folder, int silos, Links links, IReadOnlyDictionary<string, string> settings, FormerBuild? former = null)
    {
        var ports = new Queue<int>(LoopbackPorts.Choose(GatewayCount + (4 * silos)));
        int[] gatewayPorts = [.. Enumerable.Range(0, GatewayCount).Select(_ => ports.Dequeue())];
        var around = await Surroundings.Start(folder, new Uri($"http://127.0.0.1:{gatewayPorts[0]}"), links.HasFlag(Links.Disk));
        var cluster = new ProductCluster(around, settings, former);
        try
        {
            await cluster.Migrate(former?.Silo ?? Programs.Silo);
            for (int number = 1; number <= silos; number++)
            {
                cluster.AddSilo(number, ports, links);
            }

            await Task.WhenAll(cluster._members.Select(member => member.Process.Start()));
            await Surroundings.Until(async () => (await Task.WhenAll(cluster._members.Select(member => Surroundings.Answers(member.Ready)))).All(well => well), "every silo is ready");
            await Task.WhenAll(gatewayPorts.Select((port, number) => cluster.AddGateway(number + 1, port)));
            await Surroundings.Until(
                async () => (await Task.WhenAll(gatewayPorts.Select(port => Surroundings.Answers(new Uri($"http://127.0.0.1:{port}/health/ready"))))).All(well => well), "both gateways are ready");
            if (former is not null)
            {
                await cluster.Migrate(Programs.Silo);
            }

            cluster.Gateways = [.. gatewayPorts.Select(port => new GatewayClient(new Uri($"http://127.0.0.1:{port}"), ApiKey))];
            cluster._watching = cluster.Watch();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public Task LookAtMetrics() => Metrics.Look(_watched);

    public async Task<long?> Unfinished()
    {
        foreach (var gateway in Gateways)
        {
            long count = 0;
            bool known = true;
            foreach (string state in (string[])["pending", "sending", "in_doubt"])
            {
                using var page = await gateway.Get($"/v1/deliveries?state={state}&limit=100");
                known &= page is not null;
                count += page?.RootElement.GetProperty("items").GetArrayLength() ?? 0;
            }

            if (known)
            {
                return count;
            }
        }

        return null;
    }

    public async Task<IReadOnlyList<DeliveryRow>?> Books(string group)
    {
        var rows = new List<DeliveryRow>();
        string? next = null;
        do
        {
            using var page = await Gateways[0].Get($"/v1/groups/{group}/deliveries?limit=200{(next is null ? "" : $"&cursor={Uri.EscapeDataString(next)}")}")
                ?? throw new InvalidOperationException($"The gateway does not tell the deliveries of {group}.");
            rows.AddRange(page.RootElement.GetProperty("items").EnumerateArray().Select(item => new DeliveryRow(
                item.GetProperty("activity").GetString()!, item.GetProperty("channel").GetString()!, item.GetProperty("state").GetString()!,
                item.TryGetProperty("slackTs", out var ts) ? ts.GetString() : null)));
            next = page.RootElement.TryGetProperty("next", out var more) ? more.GetString() : null;
        }
        while (next is not null);
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var gateway in Gateways)
        {
            gateway.Dispose();
        }

        await Task.WhenAll(_gatewayProcesses.Select(process => process.DisposeAsync().AsTask()));
        await Task.WhenAll(_members.Select(member => member.Process.DisposeAsync().AsTask()));
        foreach (var relay in _members.SelectMany(member => (Relay?[])[member.Slack, member.DatabaseLink, member.Inbound]).OfType<Relay>())
        {
            await relay.DisposeAsync();
        }

        await _around.DisposeAsync();
        Metrics.Dispose();
        _ending.Dispose();
    }

    private async Task Migrate(string silo)
    {
        var start = Programs.Run(silo, ["migrate"], For("migrate", _around.DatabasePort, _around.SlackPort));
        start.RedirectStandardOutput = true;
        using var migration = Process.Start(start)!;
        await migration.WaitForExitAsync();
        if (migration.ExitCode != 0)
        {
            throw new InvalidOperationException("The database was not brought to this version's schema (above).");
        }
    }

    private void AddSilo(int number, Queue<int> ports, Links links)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"silo-{number}");
        int http = ports.Dequeue(), listening = ports.Dequeue(), gateway = ports.Dequeue(), metrics = ports.Dequeue();
        var slack = links.HasFlag(Links.Slack) ? new Relay(_around.SlackPort) : null;
        var database = links.HasFlag(Links.Database) ? new Relay(_around.DatabasePort) : null;
        var inbound = links.HasFlag(Links.Members)
            ? new Relay(listening, end => SocketOwners.Of(end, _members.Select(member => (member.Process.Name, member.Process.Id)))) : null;
        var environment = For(name, database?.Port ?? _around.DatabasePort, slack?.Port ?? _around.SlackPort);
        environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{http}";
        environment["ThreadGrains__Telemetry__Prometheus"] = $"{metrics}";
        environment["Orleans__Endpoints__GatewayPort"] = $"{gateway}";
        environment["Orleans__Endpoints__SiloPort"] = $"{inbound?.Port ?? listening}";
        if (inbound is not null)
        {
            // It is reached through the relay, and listens behind it.
            environment["Orleans__Endpoints__SiloListeningEndpoint"] = $"127.0.0.1:{listening}";
        }

        var process = new SupervisedProcess(
            name, Path.Combine(_around.Folder, $"{name}.log"), start => Programs.Run((start == 1 ? _former?.Silo : null) ?? Programs.Silo, [], environment));
        var ready = new Uri($"http://127.0.0.1:{http}/health/ready");
        _members.Add(new Member(process, ready) { Slack = slack, DatabaseLink = database, Inbound = inbound });
        _watched.Add((process, new Uri($"http://127.0.0.1:{metrics}/metrics")));
    }

    private Task AddGateway(int number, int port)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"gateway-{number}");
        var environment = For(name, _around.DatabasePort, _around.SlackPort);
        environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
        var process = new SupervisedProcess(name, Path.Combine(_around.Folder, $"{name}.log"), _ => Programs.Run(_former?.Gateway ?? Programs.Gateway, [], environment));
        _gatewayProcesses.Add(process);
        return process.Start();
    }

    private Dictionary<string, string> For(string name, int databasePort, int slackPort) => new(Settings)
    {
        ["ThreadGrains__Database"] = _around.ConnectionString(databasePort),
        ["ThreadGrains__Organization"] = "local",
        ["ThreadGrains__ApiKey"] = ApiKey,
        ["ThreadGrains__Slack__ApiUrl"] = $"http://127.0.0.1:{slackPort}/api/",
        ["ThreadGrains__Slack__SigningSecret"] = Surroundings.SigningSecret,
        ["ThreadGrains__Slack__BotToken"] = Surroundings.BotToken,
        ["ThreadGrains__Slack__Workspace"] = Surroundings.Workspace,
        ["ThreadGrains__Slack__Channel"] = Surroundings.Channel,
        ["ThreadGrains__Slack__AppId"] = Surroundings.AppId,
        ["Logging__Console__FormatterName"] = "simple",
        ["Logging__Console__FormatterOptions__SingleLine"] = "true",
        ["Logging__Console__FormatterOptions__TimestampFormat"] = $"HH:mm:ss.fff '{name}' ",
    };

    /// <summary>Every second: what a killed silo counted since is lost.</summary>
    private async Task Watch()
    {
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await tick.WaitForNextTickAsync(_ending.Token))
        {
            await Metrics.Look(_watched);
        }
    }
}
