using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ThreadGrains.Silo;

namespace ThreadGrains.Standalone.Launching;

/// <summary>A part of the start as it runs, with its number in <c>pids/</c>. It writes to our console.</summary>
internal sealed partial class Worker : IDisposable
{
    /// <summary>It drains first; what is left after that is killed.</summary>
    private static readonly TimeSpan StopPatience = SiloHosting.LongestDrainTime + TimeSpan.FromSeconds(3);

    private readonly Part _part;
    private readonly string _pidFile;
    private readonly TimeProvider _clock;
    private Process? _process;

    public Worker(Part part, string folder, TimeProvider clock)
    {
        string pids = Path.Combine(folder, "pids");
        Directory.CreateDirectory(pids);
        _part = part;
        _pidFile = Path.Combine(pids, part.Name);
        _clock = clock;
    }

    public Part Part => _part;

    public string Name => _part.Name;

    /// <summary>Null while it runs.</summary>
    public int? ExitCode => _process is { HasExited: true } ended ? ended.ExitCode : null;

    /// <summary>Ends when the process ends.</summary>
    public Task Ended => _process?.WaitForExitAsync() ?? Task.CompletedTask;

    /// <summary>Starts it, or starts it again, and writes its number down.</summary>
    public async Task Start(CancellationToken cancellation)
    {
        await _part.Prepare(cancellation);
        var process = Process.Start(_part.Program()) ?? throw new InvalidOperationException($"{_part.Name} was not started.");
        _process?.Dispose();
        _process = process;
        PrivateFile.Replace(_pidFile, process.Id.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Starts it again whenever it has ended, a pause later. One that is frozen has not ended: it is left alone.</summary>
    public async Task KeepRunning(TimeSpan pause, Func<string, Task> tell, CancellationToken cancellation)
    {
        while (true)
        {
            await Ended.WaitAsync(cancellation);
            await tell($"{Name} ended with {ExitCode}; starting it again in {pause.TotalSeconds:0} s.");
            for (bool started = false; !started;)
            {
                await Task.Delay(pause, _clock, cancellation);
                try
                {
                    await Start(cancellation);
                    started = true;
                }
                catch (Exception refused) when (refused is Win32Exception or IOException or PrivatePostgreSqlException)
                {
                    // Its program is being built anew, or the disk is full: what ends by itself must not end the others.
                    await tell($"{Name} cannot be started: {refused.Message} Trying again in {pause.TotalSeconds:0} s.");
                }
            }
        }
    }

    /// <summary>Asks the process to stop, and ends it if it has not within the patience.</summary>
    public async Task Stop()
    {
        if (_process is { HasExited: false } process)
        {
            _ = Signal(process.Id, _part.StopSignal);
            using var deadline = new CancellationTokenSource(StopPatience, _clock);
            try
            {
                await process.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }
        }

        await _part.CleanUp();
        File.Delete(_pidFile);
    }

    public void Dispose() => _process?.Dispose();

    /// <summary>kill(2): .NET itself can only kill, not ask.</summary>
    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
