namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>
/// Three silos, two gateways, a PostgreSQL and the emulator, as <c>./run --cluster 3</c> starts them. The classes of the
/// collection share it one after another; each leaves it to the next with everything running again.
/// </summary>
public sealed class RunningCluster : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(2) };

    internal Deployment Product { get; private set; } = null!;

    /// <summary>The names of the silos in <c>pids/</c>.</summary>
    internal IReadOnlyList<string> Silos => [.. Product.Processes.Where(name => name.StartsWith("silo-", StringComparison.Ordinal))];

    public async Task InitializeAsync()
    {
        Product = await Deployment.StartIn(Directory.CreateTempSubdirectory("threadgrains-").FullName, ["--cluster", "3"], Deployment.NoPacing);
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
}

/// <summary>Alone on the machine, after all others: what is killed and frozen here is measured in seconds.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OnTheCluster : ICollectionFixture<RunningCluster>
{
    public const string Name = "cluster";
}
