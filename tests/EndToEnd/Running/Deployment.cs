using System.Diagnostics;
using System.Globalization;
using ThreadGrains.Silo;

namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>
/// The product as a user starts it: <c>./run</c> with a folder of its own, real processes, real HTTP, the emulator as Slack.
/// Nothing of the product's code is referenced here.
/// </summary>
internal sealed class Deployment : IAsyncDisposable
{
    /// <summary><c>./run</c> itself gives up on a stage that does not answer within 90 s; a cluster has four.</summary>
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(180);

    /// <summary>Each stage of a cluster drains for itself.</summary>
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(60);

    private readonly List<string> _output = [];
    private IReadOnlyDictionary<string, string> _settings;
    private readonly IReadOnlyList<string> _flags;
    private readonly Deployment? _beside;
    private readonly int _port = LoopbackPorts.ChooseNeighbours();
    private readonly int _emulatorPort = LoopbackPorts.ChooseOne();
    private Process? _run;

    private Deployment(IReadOnlyDictionary<string, string> settings, IReadOnlyList<string> flags, string folder, Deployment? beside)
    {
        _settings = settings;
        _flags = flags;
        _beside = beside;
        Folder = folder;
    }

    public string Folder { get; }

    public IReadOnlyDictionary<string, string> Env { get; private set; } = new Dictionary<string, string>();

    public Tracker Tracker { get; private set; } = null!;

    /// <summary>One for each gateway; alone there is one.</summary>
    public IReadOnlyList<Tracker> Gateways { get; private set; } = [];

    public Emulator Slack { get; private set; } = null!;

    public string Workspace => Env["SLACK_WORKSPACE"];

    public string Channel => Env["SLACK_CHANNEL"];

    public string User => Env["SLACK_USER"];

    /// <summary>Shortens the waiting times of doubts, which are options for this purpose; what is waited for stays the same.</summary>
    public static IReadOnlyDictionary<string, string> QuickDoubts { get; } = new Dictionary<string, string>
    {
        ["ThreadGrains__Delivery__Window"] = "00:00:04",
        ["ThreadGrains__Delivery__KnownEndFirstRead"] = "00:00:01.5",
        ["ThreadGrains__Delivery__KnownEndReadGap"] = "00:00:02",
        ["ThreadGrains__Delivery__UnknownEndFirstRead"] = "00:00:02",
        ["ThreadGrains__Delivery__UnknownEndReadGap"] = "00:00:01.5",
        ["ThreadGrains__Delivery__UnreadableRetry"] = "00:00:01",
    };

    /// <summary>What is parked is tried again soon.</summary>
    public static IReadOnlyDictionary<string, string> QuickProbes { get; } = new Dictionary<string, string> { ["ThreadGrains__Pacing__FirstProbe"] = "00:00:01" };

    /// <summary>
    /// No pacing and no limits of Slack's: for tests of hundreds of posts, which one workspace's limit alone (200 a minute)
    /// would stretch to many minutes without showing anything more about order and count.
    /// </summary>
    public static IReadOnlyDictionary<string, string> NoPacing { get; } = new Dictionary<string, string>
    {
        ["ThreadGrains__Pacing__ChannelPerSecond"] = "0",
        ["ThreadGrains__Pacing__WorkspacePerMinute"] = "0",
        ["ThreadGrains__Pacing__UpdatesPerMinute"] = "0",
        ["ThreadGrains__Pacing__ReadsPerMinute"] = "0",
        // Each activity a message of its own, so that messages can be counted.
        ["ThreadGrains__Pacing__Digests"] = "false",
    };

    /// <summary>Slack tells nothing by itself, as for an app without a public address: doubts and troubles end by what is read and met.</summary>
    public static IReadOnlyDictionary<string, string> NoEvents { get; } = new Dictionary<string, string> { ["EMULATOR_EVENTS"] = "off" };

    public static Task<Deployment> Start(params IReadOnlyDictionary<string, string>[] settings) =>
        StartIn(NewFolder(), [], settings);

    /// <summary>Starts <c>./run</c> on a folder that may hold something, with further flags.</summary>
    public static Task<Deployment> StartIn(string folder, IReadOnlyList<string> flags, params IReadOnlyDictionary<string, string>[] settings) =>
        Started(new Deployment(settings.SelectMany(set => set).ToDictionary(), flags, folder, beside: null));

    /// <summary>Starts <c>./run</c> on a folder without an emulator of its own: its Slack is that of another one, and outlives it.</summary>
    public static Task<Deployment> StartBeside(Deployment slack, string folder, params IReadOnlyDictionary<string, string>[] settings) =>
        Started(new Deployment(settings.SelectMany(set => set).ToDictionary(), ["--slack-api", slack.Env["SLACK_API_URL"]], folder, slack));

    private static async Task<Deployment> Started(Deployment deployment)
    {
        try
        {
            await deployment.StartAgain();
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync(); // what has started so far would outlive the test
            throw;
        }
    }

    /// <summary>The emulator alone.</summary>
    public static Task<Deployment> StartSlack(params IReadOnlyDictionary<string, string>[] settings) => StartIn(NewFolder(), ["--only", "emulator"], settings);

    public static string NewFolder() => Directory.CreateTempSubdirectory("threadgrains-").FullName;

    /// <summary>Runs <c>./run</c> with these arguments to its end.</summary>
    public static async Task<(int Exit, string Output, string Errors)> Command(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "run"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var command = Process.Start(start)!;
        var (output, errors) = (command.StandardOutput.ReadToEndAsync(), command.StandardError.ReadToEndAsync());
        await command.WaitForExitAsync().WaitAsync(StartTime);
        return (command.ExitCode, (await output).Trim(), (await errors).Trim());
    }

    /// <summary>Starts <c>./run</c> on the same folder and ports, with other settings.</summary>
    public Task StartAgain(params IReadOnlyDictionary<string, string>[] settings)
    {
        _settings = settings.SelectMany(set => set).ToDictionary();
        return StartAgain();
    }

    /// <summary>Starts <c>./run</c> on the same folder and ports.</summary>
    public async Task StartAgain()
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "run"))
        {
            ArgumentList = { "--data", Folder, "--port", $"{_port}", "--emulator-port", $"{_emulatorPort}", "--no-story" },
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string flag in _flags)
        {
            start.ArgumentList.Add(flag);
        }

        foreach (var (name, value) in _settings.Concat(_beside is null ? [] : SlackOf(_beside)))
        {
            start.Environment[name] = value;
        }

        var ready = new TaskCompletionSource();
        _run = new Process { StartInfo = start, EnableRaisingEvents = true };
        void Hear(string? line)
        {
            if (line is null)
            {
                return;
            }

            lock (_output)
            {
                _output.Add(line);
            }

            if (line.StartsWith("Ready", StringComparison.Ordinal))
            {
                ready.TrySetResult();
            }
        }

        _run.OutputDataReceived += (_, e) => Hear(e.Data);
        _run.ErrorDataReceived += (_, e) => Hear(e.Data);
        _run.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("./run ended before it was ready."));
        _run.Start();
        _run.BeginOutputReadLine();
        _run.BeginErrorReadLine();
        try
        {
            await ready.Task.WaitAsync(StartTime);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"./run did not become ready:\n{Output}", error);
        }

        Env = File.ReadLines(Path.Combine(Folder, "local.env"))
            .Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0].Replace("export ", "", StringComparison.Ordinal).Trim(), pair => pair[1].Trim('\'', '"'));
        // Same folder, same ports, same key: a sender that was cut off goes on with the client that it has.
        if (Gateways.Count == 0)
        {
            Gateways = [.. Env["THREADGRAINS_URLS"].Split(',').Select(url => new Tracker(new Uri(url), Env["THREADGRAINS_API_KEY"]))];
        }

        Tracker = Gateways[0];
        Slack ??= _beside?.Slack ?? new Emulator(new Uri(Env["EMULATOR_URL"]));
    }

    /// <summary>What <c>./run</c> and its children printed.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return string.Join('\n', _output);
            }
        }
    }

    /// <summary>kill -9 of the process that does the work; <c>./run</c> then ends the rest and itself.</summary>
    public async Task Kill()
    {
        await Signal("KILL", Pid("threadgrains"));
        await _run!.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.NotEqual(0, _run.ExitCode);
        _run.Dispose();
        _run = null;
    }

    /// <summary>kill -9 of <c>./run</c> itself, which can then end nothing of what it started.</summary>
    public async Task KillLauncher()
    {
        var run = _run ?? throw new InvalidOperationException("./run does not run.");
        _run = null;
        await Signal("KILL", run.Id);
        run.Dispose();
    }

    /// <summary>The names in <c>pids/</c>.</summary>
    public IReadOnlyList<string> Processes => [.. Directory.EnumerateFiles(Path.Combine(Folder, "pids")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    /// <summary>The number of the process that does the work of this name.</summary>
    public int Pid(string name) => int.Parse(File.ReadAllText(Path.Combine(Folder, "pids", name)), CultureInfo.InvariantCulture);

    /// <summary>The program that the process of this name runs, whatever link it was started by (proc(5), exe).</summary>
    public string ProgramOf(string name) => File.ResolveLinkTarget($"/proc/{Pid(name)}/exe", returnFinalTarget: true)!.FullName;

    /// <summary>Sends a signal: KILL, STOP, CONT, TERM, INT.</summary>
    public static async Task Signal(string signal, params IEnumerable<int> processes)
    {
        using var kill = Process.Start("kill", [$"-{signal}", .. processes.Select(process => $"{process}")]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Asks <c>./run</c> to stop, and waits until it has.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> Stop()
    {
        var run = _run ?? throw new InvalidOperationException("./run does not run.");
        _run = null;
        await Signal("TERM", run.Id);
        try
        {
            await run.WaitForExitAsync().WaitAsync(StopTime);
            return run.ExitCode;
        }
        catch (TimeoutException)
        {
            run.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"./run did not end within {StopTime.TotalSeconds:0} s of SIGTERM:\n{Output}");
        }
        finally
        {
            run.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in Gateways)
        {
            gateway.Dispose();
        }

        if (_beside is null)
        {
            Slack?.Dispose();
        }

        if (_run is { HasExited: false })
        {
            await Stop();
        }

        _run?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static Dictionary<string, string> SlackOf(Deployment slack) => new()
    {
        ["ThreadGrains__Slack__SigningSecret"] = slack.Env["SLACK_SIGNING_SECRET"],
        ["ThreadGrains__Slack__BotToken"] = slack.Env["SLACK_BOT_TOKEN"],
        ["ThreadGrains__Slack__Workspace"] = slack.Env["SLACK_WORKSPACE"],
        ["ThreadGrains__Slack__Channel"] = slack.Env["SLACK_CHANNEL"],
    };
}
