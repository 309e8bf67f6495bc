using System.Runtime.InteropServices;
using ThreadGrains.Connections;
using ThreadGrains.Silo;
using ThreadGrains.Standalone.Backups;

namespace ThreadGrains.Standalone.Launching;

/// <summary>
/// What <c>./run</c> does once everything is built: starts the processes of a line-up, waits until they answer, writes
/// <c>local.env</c>, plays the story, and ends them all when it is asked to. One that ends by itself ends the others, too;
/// in a cluster it is started again.
/// </summary>
internal sealed class Launcher : IAsyncDisposable
{
    /// <summary>A cold start takes a few seconds; on a machine busy with other things, several times that.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(90);

    private readonly LaunchOptions _options;
    private readonly LocalSettings _settings;
    private readonly string _folder;
    private readonly TimeProvider _clock;
    private readonly Lineup _lineup;
    private readonly List<Worker[]> _started = [];
    private readonly CancellationTokenSource _asked = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private Task _keeping = Task.CompletedTask;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private Launcher(LaunchOptions options, LocalSettings settings, string folder, TimeProvider clock)
    {
        _options = options;
        _settings = settings;
        _folder = folder;
        _clock = clock;
        _lineup = options.Cluster is null ? StandaloneLineup.Of(options, settings, _http) : ClusterLineup.Of(options, settings, _http);
    }

    /// <returns>0 after a stop that was asked for; 1 when something could not start, or ended by itself.</returns>
    public static async Task<int> Run(string[] flags)
    {
        try
        {
            var options = LaunchOptions.Read(flags);
            string folder = Path.GetFullPath(options.Data);
            using var held = Take(folder, options);

            using var configuration = new ConfigurationManager();
            configuration.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true).AddEnvironmentVariables();
            configuration.Prepare();
            var settings = new LocalSettings(options, LocalSecrets.Of(folder), EncryptionKey.Of(folder), configuration);
            if (options is { Restored: true, Only: not "emulator" })
            {
                await Say(BackupCommands.Began(await Restore.Begin(folder, TimeProvider.System)));
            }

            await using var launcher = new Launcher(options, settings, folder, TimeProvider.System);
            return await launcher.UntilAsked();
        }
        catch (Exception refused) when (refused is StartRefusedException or SettingRefusedException or PrivatePostgreSqlException)
        {
            await Complain(refused.Message);
            return 1;
        }
    }

    /// <summary>What we hold of the folder ourselves: a cluster's processes share no file that they could lock.</summary>
    private static DataFolder? Take(string folder, LaunchOptions options)
    {
        if (options.Only is "emulator")
        {
            DataFolder.RequireWritable(folder);
            return null;
        }

        if (options.Cluster is null)
        {
            FolderUse.RequireNoCluster(folder, "start it with --cluster N, or choose another folder with --data");
            DataFolder.RequireFree(folder);
            return null;
        }

        FolderUse.RequireNoStandalone(folder);
        return DataFolder.Claim(folder);
    }

    private async Task<int> UntilAsked()
    {
        // Until everything has ended: a second Ctrl-C must not leave the rest behind.
        _signals.AddRange(((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP]).Select(signal => PosixSignalRegistration.Create(signal, Ask)));
        try
        {
            long begun = _clock.GetTimestamp();
            foreach (var (port, remedy) in _lineup.Ports)
            {
                ListeningPort.RequireFree(System.Net.IPAddress.Loopback, port, remedy);
            }

            foreach (var stage in _lineup.Stages)
            {
                if (!await Start(stage))
                {
                    return 1;
                }
            }

            PrivateFile.Replace(EnvironmentFile, string.Concat(_settings.ForShells(_lineup.Variables).Select(variable => $"export {variable.Name}={Quoted(variable.Value)}\n")));
            _keeping = UntilOneEnds();
            await Say($"Ready after {_clock.GetElapsedTime(begun).TotalSeconds:0.0} s (start)");
            if (_settings.StartsThreadGrains && _settings.SlackApi is null && !_options.NoStory)
            {
                await new Story(_http, _settings, Say).Play();
            }

            await SayAddresses();
            await _keeping;
            foreach (var gone in Workers.Where(worker => worker.ExitCode is not null))
            {
                await Complain($"{gone.Name} ended with {gone.ExitCode}; stopping the rest.");
            }

            return 1;
        }
        catch (OperationCanceledException) when (_asked.IsCancellationRequested)
        {
            await Say("Stopping");
            return 0;
        }
    }

    private IEnumerable<Worker> Workers => _started.SelectMany(stage => stage);

    private string EnvironmentFile => Path.Combine(_folder, "local.env");

    private void Ask(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _ = _asked.CancelAsync();
    }

    /// <returns>False: one ended before all answered, or they did not answer in time; it has been said.</returns>
    private async Task<bool> Start(Stage stage)
    {
        Worker[] workers = [.. stage.Parts.Select(part => new Worker(part, _folder, _clock))];
        _started.Add(workers);
        await Task.WhenAll(workers.Select(worker => worker.Start(_asked.Token)));

        long begun = _clock.GetTimestamp();
        foreach (var worker in workers)
        {
            while (!await worker.Part.Answers(_asked.Token))
            {
                if (Workers.FirstOrDefault(ended => ended.ExitCode is not null) is { } gone)
                {
                    await Complain($"{gone.Name} ended with {gone.ExitCode} before everything answered.");
                    return false;
                }

                if (_clock.GetElapsedTime(begun) > StartPatience)
                {
                    await Complain($"{worker.Name} did not answer at {worker.Part.AnswersAt} within {StartPatience.TotalSeconds:0} s.");
                    return false;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(100), _clock, _asked.Token);
            }
        }

        await stage.Then(_asked.Token);
        return true;
    }

    /// <summary>Ends when one ends that is not to be started again. Cancelled when we are asked to stop.</summary>
    private Task UntilOneEnds() => _lineup.RestartPause is { } pause
        ? Task.WhenAll(Workers.Select(worker => worker.KeepRunning(pause, Complain, _asked.Token)))
        : Task.WhenAny(Workers.Select(worker => worker.Ended)).WaitAsync(_asked.Token);

    private async Task SayAddresses()
    {
        foreach (var (label, address) in _lineup.Addresses)
        {
            await Say($"  {label,-16}  {address}");
        }

        if (_settings.StartsThreadGrains)
        {
            await Say($"  Variables         {EnvironmentFile}");
            await Say("  The next activity:");
            await Say($"    {Story.NextActivity(EnvironmentFile)}");
            await Say("  Ctrl-C ends everything; starting again goes on with the same data.");
        }
    }

    /// <summary>Stops in reverse order: who drains still has its database and its emulator.</summary>
    public async ValueTask DisposeAsync()
    {
        // Nothing is started again from here on.
        await _asked.CancelAsync();
        await _keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var stage in Enumerable.Reverse(_started))
        {
            await Task.WhenAll(stage.Select(worker => worker.Stop()));
            Array.ForEach(stage, worker => worker.Dispose());
        }

        // Another start may run the other half on this folder: then the variables are still true.
        if (_started.Count > 0 && !Directory.EnumerateFiles(Path.Combine(_folder, "pids")).Any())
        {
            File.Delete(EnvironmentFile);
        }

        _signals.ForEach(signal => signal.Dispose());
        _http.Dispose();
        _asked.Dispose();
    }

    /// <summary>Plain where a shell reads it as it stands, so that simpler readers can, too.</summary>
    private static string Quoted(string value) =>
        value.All(c => char.IsAsciiLetterOrDigit(c) || "_-.:/+=@%,".Contains(c, StringComparison.Ordinal)) ? value : $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static Task Say(string line) => Console.Out.WriteLineAsync(line);

    private static Task Complain(string line) => Console.Error.WriteLineAsync($"run: {line}");
}
