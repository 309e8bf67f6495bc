using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ThreadGrains.Standalone.Launching;

/// <summary>One process that this launcher started, with its number in <c>pids/</c>.</summary>
internal sealed partial class Worker : IDisposable
{
    private readonly Process _process;
    private readonly string _pidFile;

    private Worker(string name, Process process, string pidFile)
    {
        Name = name;
        _process = process;
        _pidFile = pidFile;
    }

    public string Name { get; }

    public int? ExitCode => _process.HasExited ? _process.ExitCode : null;

    /// <summary>Ends when the process ends.</summary>
    public Task Ended => _process.WaitForExitAsync();

    /// <summary>Starts the program itself, without a shell: the number written is that of the process that does the work. It writes to our console.</summary>
    public static Worker Start(string name, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string folder)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (variable, value) in environment)
        {
            start.Environment[variable] = value;
        }

        string pids = Path.Combine(folder, "pids");
        Directory.CreateDirectory(pids);
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} was not started.");
        string pidFile = Path.Combine(pids, name);
        PrivateFile.Replace(pidFile, process.Id.ToString(CultureInfo.InvariantCulture));
        return new Worker(name, process, pidFile);
    }

    /// <summary>Asks the process to stop, and ends it if it has not within the patience.</summary>
    public async Task Stop(TimeSpan patience)
    {
        if (!_process.HasExited)
        {
            _ = Signal(_process.Id, TerminateSignal);
            using var deadline = new CancellationTokenSource(patience);
            try
            {
                await _process.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
                await _process.WaitForExitAsync();
            }
        }

        File.Delete(_pidFile);
    }

    public void Dispose() => _process.Dispose();

    private const int TerminateSignal = 15;

    /// <summary>kill(2): .NET itself can only kill, not ask.</summary>
    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
