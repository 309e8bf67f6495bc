using System.Globalization;
using System.Net;
using ThreadGrains.Chaos.Judging;
using ThreadGrains.Chaos.Relays;
using ThreadGrains.Chaos.Running;
using ThreadGrains.Chaos.Sending;
using ThreadGrains.Silo;

namespace ThreadGrains.Chaos.Baselines;

/// <summary>A baseline as it runs: so many processes of it as the product has silos, on the same surroundings, struck in the same way.</summary>
internal sealed class BaselineSubject : ISubject
{
    private readonly Surroundings _around;
    private readonly List<Member> _members = [];
    private readonly bool _retries;

    private BaselineSubject(Surroundings around, bool retries)
    {
        _around = around;
        _retries = retries;
    }

    public IReadOnlyList<Member> Members => _members;

    public SupervisedProcess Database => _around.Database;

    public SmallDisk? Disk => _around.Disk;

    public IReadOnlyList<GatewayClient> Gateways { get; private set; } = [];

    public EmulatorClient Emulator => _around.Emulator;

    public MetricTotals? Metrics => null;

    public IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>();

    public static async Task<BaselineSubject> Start(string folder, string kind, int members, Links links)
    {
        var ports = new Queue<int>(LoopbackPorts.Choose(members));
        var around = await Surroundings.Start(folder, new Uri($"http://127.0.0.1:{ports.Peek()}"), links.HasFlag(Links.Disk));
        var subject = new BaselineSubject(around, kind == "retry");
        try
        {
            // It takes no events: the emulator would only repeat them.
            await around.Emulator.App(new Uri($"http://127.0.0.1:{ports.Peek()}"), events: false);
            var clients = new List<GatewayClient>();
            for (int number = 1; number <= members; number++)
            {
                int port = ports.Dequeue();
                string name = string.Create(CultureInfo.InvariantCulture, $"{kind}-{number}");
                var slack = links.HasFlag(Links.Slack) ? new Relay(around.SlackPort) : null;
                var database = links.HasFlag(Links.Database) ? new Relay(around.DatabasePort) : null;
                var process = new SupervisedProcess(name, Path.Combine(folder, $"{name}.log"), _ => Programs.Run(Programs.Self, ["baseline", kind], new()
                {
                    ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
                    ["Database"] = around.ConnectionString(new(IPAddress.Loopback, database?.Port ?? around.DatabasePort)) + ";Maximum Pool Size=40",
                    ["SlackApi"] = $"http://127.0.0.1:{slack?.Port ?? around.SlackPort}/api/",
                    ["SlackToken"] = Surroundings.BotToken,
                }));
                var ready = new Uri($"http://127.0.0.1:{port}/health/ready");
                subject._members.Add(new Member(process, ready) { Slack = slack, DatabaseLink = database });
                clients.Add(new GatewayClient(new Uri($"http://127.0.0.1:{port}"), "none"));
                await process.Start();
                await Surroundings.Until(() => Surroundings.Answers(ready), $"{name} is ready");
            }

            subject.Gateways = clients;
            return subject;
        }
        catch
        {
            await subject.DisposeAsync();
            throw;
        }
    }

    public Task LookAtMetrics() => Task.CompletedTask;

    public async Task<long?> Unfinished()
    {
        if (!_retries)
        {
            return 0; // what is under way nobody knows
        }

        foreach (var gateway in Gateways)
        {
            using var answer = await gateway.Get("/unfinished");
            if (answer is not null)
            {
                return answer.RootElement.GetProperty("count").GetInt64();
            }
        }

        return null;
    }

    public Task<IReadOnlyList<DeliveryRow>?> Books(string group) => Task.FromResult<IReadOnlyList<DeliveryRow>?>(null);

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in Gateways)
        {
            gateway.Dispose();
        }

        await Task.WhenAll(_members.Select(member => member.Process.DisposeAsync().AsTask()));
        foreach (var relay in _members.SelectMany(member => (IWay?[])[member.Slack, member.DatabaseLink]).OfType<Relay>())
        {
            await relay.DisposeAsync();
        }

        await _around.DisposeAsync();
    }
}
