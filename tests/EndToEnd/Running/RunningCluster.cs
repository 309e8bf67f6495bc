using System.Diagnostics;

namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>
/// Three silos, two gateways, a PostgreSQL and the emulator, as <c>./run --cluster 3</c> starts them. The classes of the
/// collection share it one after another; each leaves it to the next with everything running again.
/// </summary>
public sealed class RunningCluster : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(2) };

    private readonly IReadOnlyList<string> _flags;
    private readonly IReadOnlyDictionary<string, string>[] _settings;

    /// <summary>Unpaced, and otherwise as it is shipped.</summary>
    public RunningCluster() : this(["--cluster", "3"], Deployment.NoPacing)
    {
    }

    internal RunningCluster(IReadOnlyList<string> flags, params IReadOnlyDictionary<string, string>[] settings)
    {
        _flags = flags;
        _settings = settings;
    }

    internal Deployment Product { get; private set; } = null!;

    /// <summary>The names of the silos in <c>pids/</c>.</summary>
    internal IReadOnlyList<string> Silos => Named("silo-");

    /// <summary>Those of the gateways.</summary>
    internal IReadOnlyList<string> Gateways => Named("gateway-");

    public async Task InitializeAsync()
    {
        Product = await Deployment.StartIn(Deployment.NewFolder(), _flags, _settings);
        await Product.Slack.NoLimits();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await Product.DisposeAsync();
    }

    /// <summary>Waits until every silo and every gateway is ready, whatever happened to them before.</summary>
    internal async Task IsWhole()
    {
        string[] addresses = [.. Product.Env["THREADGRAINS_SILO_URLS"].Split(','), .. Product.Env["THREADGRAINS_URLS"].Split(',')];
        await Eventually.Get(
            async () => (await Task.WhenAll(addresses.Select(async address => await IsReady(address) ? null : address))).OfType<string>().ToList(),
            unready => unready.Count == 0, Patience, "every silo and gateway is ready", unready => $"not ready: {string.Join(' ', unready)}\n{Product.Output}");
    }

    /// <summary>Waits until a process that ended runs again, under another number.</summary>
    internal Task<int> ReturnOf(string name, int former) =>
        Eventually.Get(() => Task.FromResult(Product.Pid(name)), pid => pid != former, Patience, $"{name} is started again", _ => Product.Output);

    /// <summary>Asks a process to end, and waits until it runs again and everything is ready.</summary>
    /// <returns>How long it took until it was started again, and until everything was ready.</returns>
    internal async Task<(TimeSpan Started, TimeSpan Ready)> Restart(string name)
    {
        int former = Product.Pid(name);
        long asked = Stopwatch.GetTimestamp();
        await Deployment.Signal("TERM", former);
        await ReturnOf(name, former);
        var started = Stopwatch.GetElapsedTime(asked);
        await IsWhole();
        return (started, Stopwatch.GetElapsedTime(asked));
    }

    internal async Task<bool> IsReady(string address)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri($"{address}/health/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private IReadOnlyList<string> Named(string kind) => [.. Product.Processes.Where(name => name.StartsWith(kind, StringComparison.Ordinal))];
}

/// <summary>Alone on the machine, after all others: what is killed and frozen here is measured in seconds.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OnTheCluster : ICollectionFixture<RunningCluster>
{
    public const string Name = "cluster";

    /// <summary>The trait by which <c>./test</c> keeps them for the end, when only what gives way runs beside them.</summary>
    public const string Runs = "Runs", Alone = "alone";
}
