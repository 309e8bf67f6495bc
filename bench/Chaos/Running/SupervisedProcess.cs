using System.Diagnostics;
using System.Globalization;
using ThreadGrains.Standalone.Launching;
using ThreadGrains.Tests.Processes;

namespace ThreadGrains.Chaos.Running;

/// <summary>
/// A process that is started again two seconds after it ends, as a machine's supervisor does it. What it says goes to a file.
/// </summary>
/// <param name="name">For logs and blows.</param>
/// <param name="logFile">Where it says it.</param>
/// <param name="program">What is started; the first time is 1.</param>
internal sealed class SupervisedProcess(string name, string logFile, Func<int, ProcessStartInfo> program) : IAsyncDisposable
{
    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _ending = new();
    private Process? _process;
    private Task _keeping = Task.CompletedTask;

    public string Name => name;

    /// <summary>The signal that asks it to stop.</summary>
    public string StopSignal { get; init; } = "TERM";

    /// <summary>What must be done before each start.</summary>
    public Func<Task> Prepare { get; init; } = () => Task.CompletedTask;

    /// <summary>How often it was started.</summary>
    public int Starts { get; private set; }

    public int Id => _process?.Id ?? 0;

    public bool IsRunning => _process is { HasExited: false };

    public async Task Start()
    {
        await StartOnce();
        _keeping = Keep();
    }

    /// <summary>Sends a signal by its name, if it runs.</summary>
    public Task Signal(string signal) => IsRunning ? Signals.Send(signal, Id) : Task.CompletedTask;

    /// <summary>kill -9 of the process and all its children.</summary>
    public Task KillTree() => Signals.Send("KILL", [Id, .. ProcessTree.ChildrenOf(Id)]);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_process is { HasExited: false } process)
        {
            await Signals.Send("CONT", process.Id);
            await Signals.Send(StopSignal, process.Id);
            using var deadline = new CancellationTokenSource(StopPatience);
            await process.WaitForExitAsync(deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!process.HasExited)
            {
                await KillTree();
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process?.Dispose();
        _ending.Dispose();
    }

    private async Task StartOnce()
    {
        await Prepare();
        var start = program(Starts + 1);
        // A shell writes the log's lines and becomes the program: the number stays, and no pipe of ours can fill.
        string[] arguments = ["-c", $"echo \"== start {Starts + 1}\" >>'{logFile}'; exec \"$0\" \"$@\" >>'{logFile}' 2>&1", start.FileName, .. start.ArgumentList];
        start.ArgumentList.Clear();
        start.FileName = "/bin/sh";
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process?.Dispose();
        _process = Process.Start(start);
        Starts++;
    }

    private async Task Keep()
    {
        while (true)
        {
            await _process!.WaitForExitAsync(_ending.Token);
            for (bool started = false; !started;)
            {
                await Task.Delay(RestartPause, _ending.Token);
                try
                {
                    await StartOnce();
                    started = true;
                }
                catch (Exception refused) when (refused is IOException or PrivatePostgreSqlException)
                {
                    // The disk is full: the next time it may not be.
                }
            }
        }
    }
}

/// <summary>Signals, by kill(1).</summary>
internal static class Signals
{
    public static async Task Send(string signal, params IEnumerable<int> processes)
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", [$"-{signal}", .. processes.Select(process => process.ToString(CultureInfo.InvariantCulture))]) { RedirectStandardError = true })!;
        await kill.WaitForExitAsync();
    }
}
