using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using ThreadGrains.Silo;

namespace ThreadGrains.Bench;

/// <summary>The product and the emulator as <c>./run</c> starts them; unpaced, with pacing and limits off, where posting itself is measured.</summary>
internal sealed class Product : IAsyncDisposable
{
    private readonly Process _run;
    private readonly string _folder;

    private Product(Process run, string folder, Dictionary<string, string> env)
    {
        _run = run;
        _folder = folder;
        Env = env;
        Http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { BaseAddress = new Uri(env["THREADGRAINS_URL"]) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", env["THREADGRAINS_API_KEY"]);
        Emulator = new HttpClient { BaseAddress = new Uri(env["EMULATOR_URL"]), Timeout = Timeout.InfiniteTimeSpan };
    }

    public IReadOnlyDictionary<string, string> Env { get; }

    public HttpClient Http { get; }

    public HttpClient Emulator { get; }

    /// <summary>The processes of the product, by the names of <c>pids/</c>, and this one.</summary>
    public IReadOnlyDictionary<string, int> Processes => Directory.EnumerateFiles(Path.Combine(_folder, "pids"))
        .Select(file => (Name: Path.GetFileName(file), Id: int.Parse(File.ReadAllText(file), System.Globalization.CultureInfo.InvariantCulture)))
        .Append((Name: "generator", Id: Environment.ProcessId)).ToDictionary(process => process.Name, process => process.Id);

    /// <param name="paced">As shipped; else without pacing and limits.</param>
    /// <param name="settings">Further settings.</param>
    /// <param name="cluster">That many silos on PostgreSQL; null: one process on SQLite.</param>
    public static async Task<Product> Start(bool paced, IReadOnlyDictionary<string, string>? settings = null, int? cluster = null)
    {
        string folder = Directory.CreateTempSubdirectory("threadgrains-bench-").FullName;
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "run"))
        {
            ArgumentList = { "--data", folder, "--port", $"{LoopbackPorts.ChooseNeighbours()}", "--emulator-port", $"{LoopbackPorts.ChooseOne()}", "--no-story" },
            RedirectStandardOutput = true,
        };
        if (cluster is { } silos)
        {
            start.ArgumentList.Add("--cluster");
            start.ArgumentList.Add($"{silos}");
        }

        foreach (string setting in paced ? Array.Empty<string>() : new[] { "Pacing__ChannelPerSecond", "Pacing__WorkspacePerMinute", "Pacing__UpdatesPerMinute", "Pacing__ReadsPerMinute" })
        {
            start.Environment[$"ThreadGrains__{setting}"] = "0";
        }

        if (!paced)
        {
            // What is measured are messages: each activity one.
            start.Environment["ThreadGrains__Pacing__Digests"] = "false";
        }

        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        foreach (string limited in (string[])["Key", "Organization", "Group"])
        {
            start.Environment[$"ThreadGrains__Gateway__{limited}PerSecond"] = "1000000";
            start.Environment[$"ThreadGrains__Gateway__{limited}Burst"] = "1000000";
        }

        var run = Process.Start(start)!;
        while (await run.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("Ready", StringComparison.Ordinal))
            {
                _ = run.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                var env = File.ReadLines(Path.Combine(folder, "local.env")).Select(entry => entry.Split('=', 2)).ToDictionary(pair => pair[0].Replace("export ", "", StringComparison.Ordinal), pair => pair[1].Trim('\''));
                var product = new Product(run, folder, env);
                (await product.Emulator.PutAsJsonAsync("/emulator/limits", new { channelPerSecond = 0, workspacePerMinute = 0, repliesPerMinute = 0, updatesPerMinute = 0 })).EnsureSuccessStatusCode();
                return product;
            }
        }

        throw new InvalidOperationException("./run ended before it was ready.");
    }

    /// <summary>Announces groups, each in a channel of its own.</summary>
    public async Task<IReadOnlyList<string>> Announce(string prefix, int count)
    {
        using var made = await Emulator.PostAsJsonAsync("/emulator/channels", new { team = Env["SLACK_WORKSPACE"], count });
        var channels = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("channels").EnumerateArray().Select(id => id.GetString()!).ToList();
        var groups = Enumerable.Range(0, count).Select(i => $"{prefix}-{i}").ToList();
        await Parallel.ForAsync(0, count, async (i, cancellation) =>
        {
            using var answer = await Http.PostAsJsonAsync("/v1/alerts", new
            {
                id = $"{groups[i]}.alert", group = groups[i], issue = new { title = "Benchmark" },
                channels = new[] { new { workspace = Env["SLACK_WORKSPACE"], channel = channels[i] } },
            }, cancellation);
            answer.EnsureSuccessStatusCode();
        });
        return groups;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Emulator.Dispose();
        using var stop = Process.Start("kill", ["-TERM", $"{_run.Id}"]);
        await _run.WaitForExitAsync();
        _run.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
