using System.Diagnostics;
using System.Globalization;
using System.Net;
using ThreadGrains.Chaos.Judging;
using ThreadGrains.Chaos.Networks;
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
    private readonly NamespacedNetwork? _network;
    private readonly List<Relay> _relays = [];
    private readonly List<SupervisedProcess> _gatewayProcesses = [];
    private readonly List<Member> _members = [];
    private readonly List<(SupervisedProcess Process, Uri Metrics)> _watched = [];
    private readonly CancellationTokenSource _ending = new();
    private Task _watching = Task.CompletedTask;

    private ProductCluster(Surroundings around, NamespacedNetwork? network, IReadOnlyDictionary<string, string> settings, FormerBuild? former)
    {
        _around = around;
        _network = network;
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
    /// <param name="namespaces">Silos live in network namespaces, and cuts are made there.</param>
    public static async Task<ProductCluster> Start(
        string folder, int silos, Links links, IReadOnlyDictionary<string, string> settings, FormerBuild? former = null, bool namespaces = false)
    {
        var ports = new Queue<int>(LoopbackPorts.Choose(GatewayCount + (4 * silos)));
        int[] gatewayPorts = [.. Enumerable.Range(0, GatewayCount).Select(_ => ports.Dequeue())];
        var network = namespaces ? await NamespacedNetwork.Create() : null;
        Surroundings around;
        try
        {
            around = await Surroundings.Start(folder, new Uri($"http://127.0.0.1:{gatewayPorts[0]}"), links.HasFlag(Links.Disk));
        }
        catch
        {
            await (network?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw;
        }

        var cluster = new ProductCluster(around, network, settings, former);
        try
        {
            await cluster.Migrate(former?.Silo ?? Programs.Silo);
            for (int number = 1; number <= silos; number++)
            {
                await cluster.AddSilo(number, ports, links);
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
        foreach (var relay in _relays)
        {
            await relay.DisposeAsync();
        }

        await (_network?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _around.DisposeAsync();
        Metrics.Dispose();
        _ending.Dispose();
    }

    private async Task Migrate(string silo)
    {
        var start = Programs.Run(silo, ["migrate"], For("migrate", Loopback(_around.DatabasePort), Loopback(_around.SlackPort)));
        start.RedirectStandardOutput = true;
        using var migration = Process.Start(start)!;
        await migration.WaitForExitAsync();
        if (migration.ExitCode != 0)
        {
            throw new InvalidOperationException("The database was not brought to this version's schema (above).");
        }
    }

    private async Task AddSilo(int number, Queue<int> ports, Links links)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"silo-{number}");
        var place = _network is null ? OnLoopback(ports, links) : await InNamespace(name, _network);
        var environment = For(name, place.Database, place.Slack);
        environment["ASPNETCORE_URLS"] = $"http://{place.Http}";
        environment["ThreadGrains__Telemetry__Prometheus"] = $"{place.Metrics}";
        environment["Orleans__Endpoints__AdvertisedIPAddress"] = $"{place.Silo.Address}";
        environment["Orleans__Endpoints__GatewayPort"] = $"{place.Gateway.Port}";
        environment["Orleans__Endpoints__SiloPort"] = $"{place.Silo.Port}";
        if (place.Behind is not null)
        {
            // It is reached through the relay, and listens behind it.
            environment["Orleans__Endpoints__SiloListeningEndpoint"] = $"{place.Behind}";
        }

        var process = new SupervisedProcess(
            name, Path.Combine(_around.Folder, $"{name}.log"), start => place.There(Programs.Run((start == 1 ? _former?.Silo : null) ?? Programs.Silo, [], environment)));
        _members.Add(new Member(process, new Uri($"http://{place.Http}/health/ready")) { Slack = place.SlackWay, DatabaseLink = place.DatabaseWay, Inbound = place.Inbound });
        _watched.Add((process, new Uri($"http://{place.Metrics}/metrics")));
    }

    /// <summary>Beside everything else; the ways that are cut lead through relays.</summary>
    private Place OnLoopback(Queue<int> ports, Links links)
    {
        int http = ports.Dequeue(), listening = ports.Dequeue(), gateway = ports.Dequeue(), metrics = ports.Dequeue();
        var slack = links.HasFlag(Links.Slack) ? Kept(new Relay(_around.SlackPort)) : null;
        var database = links.HasFlag(Links.Database) ? Kept(new Relay(_around.DatabasePort)) : null;
        var inbound = links.HasFlag(Links.Members)
            ? Kept(new Relay(listening, end => SocketOwners.Of(end, _members.Select(member => (member.Process.Name, member.Process.Id))))) : null;
        return new Place(
            Loopback(http), Loopback(inbound?.Port ?? listening), Loopback(gateway), Loopback(metrics),
            Loopback(database?.Port ?? _around.DatabasePort), Loopback(slack?.Port ?? _around.SlackPort))
        {
            Behind = inbound is null ? null : Loopback(listening), DatabaseWay = database, SlackWay = slack, Inbound = inbound,
        };
    }

    /// <summary>On a network of its own, where each way can be cut; the database and Slack stay on loopback, behind relays that stand there.</summary>
    private async Task<Place> InNamespace(string name, NamespacedNetwork network)
    {
        var at = await network.Add(name);
        var slack = Kept(new Relay(_around.SlackPort, at: network.Slack));
        var database = Kept(new Relay(_around.DatabasePort, at: network.Database));
        return new Place(
            new(at, 5080), new(at, 11111), new(at, 30000), new(at, 9464), new(network.Database, database.Port), new(network.Slack, slack.Port))
        {
            DatabaseWay = new NamespacedWay(network, network.Database, () => [name], database),
            SlackWay = new NamespacedWay(network, network.Slack, () => [name], slack),
            Inbound = new NamespacedWay(network, at, () => network.Members.Where(other => other != name)),
            There = start => network.Inside(name, start),
        };
    }

    private Relay Kept(Relay relay)
    {
        _relays.Add(relay);
        return relay;
    }

    private static IPEndPoint Loopback(int port) => new(IPAddress.Loopback, port);

    private Task AddGateway(int number, int port)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"gateway-{number}");
        var environment = For(name, Loopback(_around.DatabasePort), Loopback(_around.SlackPort));
        environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
        var process = new SupervisedProcess(name, Path.Combine(_around.Folder, $"{name}.log"), _ => Programs.Run(_former?.Gateway ?? Programs.Gateway, [], environment));
        _gatewayProcesses.Add(process);
        return process.Start();
    }

    private Dictionary<string, string> For(string name, IPEndPoint database, IPEndPoint slack) => new(Settings)
    {
        ["ThreadGrains__Database"] = _around.ConnectionString(database),
        ["ThreadGrains__Organization"] = "local",
        ["ThreadGrains__ApiKey"] = ApiKey,
        ["ThreadGrains__Slack__ApiUrl"] = $"http://{slack}/api/",
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
