using System.Diagnostics;

namespace ThreadGrains.CrashPoints.Running;

/// <summary>A program of this repository, running, with the last of what it printed.</summary>
internal sealed class RunningProgram : IDisposable
{
    private const int KeptLines = 40;

    /// <summary>
    /// For processes that live for seconds, and many of them side by side: what is compiled once is not compiled better later, and one
    /// heap is enough. Measured: 42 s of processor time become 26 s, and nothing else changes.
    /// </summary>
    private static readonly (string Name, string Value)[] ShortLife =
        [("DOTNET_TieredPGO", "0"), ("DOTNET_TC_CallCounting", "0"), ("DOTNET_gcServer", "0"), ("DOTNET_gcConcurrent", "0")];

    private readonly Process _process;
    private readonly Queue<string> _lines = new();

    private RunningProgram(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Whether SIGKILL ended it (128 and the signal's number, as a shell tells it).</summary>
    public bool WasKilled => _process.HasExited && _process.ExitCode == 128 + 9;

    public string Output
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>Starts a program where the build put it.</summary>
    public static RunningProgram Start(string project, string program, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, project, "bin", Configuration, "net10.0", program), arguments);
        foreach (var (name, value) in environment.Select(pair => (pair.Key, pair.Value)).Concat(ShortLife))
        {
            start.Environment[name] = value;
        }

        return new RunningProgram(start);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        lock (_lines)
        {
            if (line is not null)
            {
                _lines.Enqueue(line);
            }

            if (_lines.Count > KeptLines)
            {
                _lines.Dequeue();
            }
        }
    }

    /// <summary>Of the build that this program is of: Release or Debug.</summary>
    private static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
}
