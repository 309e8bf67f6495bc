using System.Net;
using System.Runtime.InteropServices;
using ThreadGrains.Silo;
using ThreadGrains.Standalone.Backups;

namespace ThreadGrains.Standalone.Launching;

/// <summary>
/// What <c>./run</c> does once everything is built: starts the emulator and threadgrains as processes of their own, waits
/// until they answer, writes <c>local.env</c>, plays the story, and ends both when one ends or when it is asked to.
/// </summary>
internal sealed class Launcher : IAsyncDisposable
{
    /// <summary>A cold start of both takes a few seconds; a machine busy with other things, several times that.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(90);

    /// <summary>The worker drains first; what is left after that is killed.</summary>
    private static readonly TimeSpan StopPatience = SiloHosting.DrainTime + TimeSpan.FromSeconds(3);

    private readonly LaunchOptions _options;
    private readonly LocalSettings _settings;
    private readonly string _folder;
    private readonly TimeProvider _clock;
    private readonly List<Worker> _workers = [];
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private Launcher(LaunchOptions options, LocalSettings settings, string folder, TimeProvider clock)
    {
        _options = options;
        _settings = settings;
        _folder = folder;
        _clock = clock;
    }

    private bool StartsThreadGrains => _options.Only is null or "threadgrains";

    private bool StartsEmulator => _options.Only is "emulator" || (_options.Only is null && _settings.SlackApi is null);

    /// <returns>0 after a stop that was asked for; 1 when something could not start, or ended by itself.</returns>
    public static async Task<int> Run(string[] flags)
    {
        try
        {
            var options = LaunchOptions.Read(flags);
            string folder = Path.GetFullPath(options.Data);
            if (options.Only is not "emulator")
            {
                DataFolder.RequireFree(folder);
            }
            else
            {
                DataFolder.RequireWritable(folder);
            }

            var configuration = new ConfigurationBuilder()
                .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
                .AddEnvironmentVariables()
                .Build();
            var settings = new LocalSettings(options, LocalSecrets.Of(folder), configuration);
            if (options is { Restored: true, Only: not "emulator" })
            {
                await Say(BackupCommands.Began(await Restore.Begin(folder, TimeProvider.System)));
            }

            await using var launcher = new Launcher(options, settings, folder, TimeProvider.System);
            return await launcher.UntilAsked();
        }
        catch (StartRefusedException refused)
        {
            await Console.Error.WriteLineAsync($"run: {refused.Message}");
            return 1;
        }
    }

    private async Task<int> UntilAsked()
    {
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Ask);

        long begun = _clock.GetTimestamp();
        RequireFreePorts();
        if (StartsEmulator && !await Start("emulator", _options.EmulatorProgram,
            ["--port", $"{_options.EmulatorPort}", "--data", Path.Combine(_folder, "emulator"), "--request-url", _options.RequestUrl?.ToString() ?? _settings.Url],
            _settings.ForEmulator(), $"{_settings.EmulatorUrl}/emulator/calls?since=0"))
        {
            return ExitCode;
        }

        if (StartsThreadGrains && !await Start("threadgrains", Environment.ProcessPath!, [],
            _settings.ForThreadGrains(), $"{_settings.Url}/health/ready"))
        {
            return ExitCode;
        }

        PrivateFile.Replace(EnvironmentFile, string.Concat(_settings.ForShells().Select(variable => $"{variable.Name}={Quoted(variable.Value)}\n")));
        await Say($"Ready after {_clock.GetElapsedTime(begun).TotalSeconds:0.0} s (start)");
        if (StartsThreadGrains && _settings.SlackApi is null && !_options.NoStory)
        {
            await new Story(_http, _settings, Say).Play();
        }

        await SayAddresses();
        await Task.WhenAny([_asked.Task, .. _workers.Select(worker => worker.Ended)]);
        return await End();
    }

    private int ExitCode => _asked.Task.IsCompleted ? 0 : 1;

    private string EnvironmentFile => Path.Combine(_folder, "local.env");

    private void Ask(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _asked.TrySetResult();
    }

    private void RequireFreePorts()
    {
        if (StartsEmulator)
        {
            ListeningPort.RequireFree(IPAddress.Loopback, _options.EmulatorPort, "choose another one with --emulator-port");
        }

        if (StartsThreadGrains)
        {
            ListeningPort.RequireFree(IPAddress.Loopback, _options.Port, "choose another one with --port");
        }
    }

    /// <returns>False: it ended before it answered, did not answer in time, or we were asked to stop meanwhile.</returns>
    private async Task<bool> Start(
        string name, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string answersAt)
    {
        var worker = Worker.Start(name, program, arguments, environment, _folder);
        _workers.Add(worker);
        long begun = _clock.GetTimestamp();
        while (!_asked.Task.IsCompleted)
        {
            if (_workers.Find(ended => ended.ExitCode is not null) is { } gone)
            {
                await Complain($"{gone.Name} ended with {gone.ExitCode} before everything answered.");
                return false;
            }

            if (await Answers(answersAt))
            {
                return true;
            }

            if (_clock.GetElapsedTime(begun) > StartPatience)
            {
                await Complain($"{name} did not answer at {answersAt} within {StartPatience.TotalSeconds:0} s.");
                return false;
            }

            await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(100), _clock), _asked.Task);
        }

        return false;
    }

    private async Task<bool> Answers(string address)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(address));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private async Task<int> End()
    {
        if (_asked.Task.IsCompleted)
        {
            await Say("Stopping");
        }
        else
        {
            foreach (var gone in _workers.Where(worker => worker.ExitCode is not null))
            {
                await Complain($"{gone.Name} ended with {gone.ExitCode}; stopping the rest.");
            }
        }

        return ExitCode;
    }

    private async Task SayAddresses()
    {
        if (StartsEmulator)
        {
            await Say($"  Slack (emulated)  {_settings.EmulatorUrl}/");
        }

        if (!StartsThreadGrains)
        {
            return;
        }

        await Say($"  ThreadGrains      {_settings.Url}/");
        await Say($"  Variables         {EnvironmentFile}");
        await Say("  The next activity:");
        await Say($"    {Story.NextActivity(EnvironmentFile)}");
        await Say("  Ctrl-C ends everything; starting again goes on with the same data.");
    }

    /// <summary>Stops in reverse order: threadgrains still has an emulator while it drains.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var worker in Enumerable.Reverse(_workers))
        {
            await worker.Stop(StopPatience);
            worker.Dispose();
        }

        // Another start may run the other half on this folder: then the variables are still true.
        if (_workers.Count > 0 && !Directory.EnumerateFiles(Path.Combine(_folder, "pids")).Any())
        {
            File.Delete(EnvironmentFile);
        }

        _http.Dispose();
    }

    /// <summary>Plain where a shell reads it as it stands, so that simpler readers can, too.</summary>
    private static string Quoted(string value) =>
        value.All(c => char.IsAsciiLetterOrDigit(c) || "_-.:/+=@%,".Contains(c, StringComparison.Ordinal)) ? value : $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static Task Say(string line) => Console.Out.WriteLineAsync(line);

    private static Task Complain(string line) => Console.Error.WriteLineAsync($"run: {line}");
}
