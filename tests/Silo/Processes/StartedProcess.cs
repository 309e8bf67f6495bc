using System.Diagnostics;
namespace ThreadGrains.Silo.Tests.Processes;

/// <summary>A real process of the product, with all that it prints.</summary>
internal sealed class StartedProcess : IAsyncDisposable
{
    /// <summary>Enough for a cold start on a machine that is busy with other tests.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly List<string> _errors = [];
    private readonly Lock _gate = new();

    private StartedProcess(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_lines, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Output => Joined(_lines);

    public string Errors => Joined(_errors);

    /// <summary>The program itself, which the build puts beside the tests.</summary>
    public static StartedProcess ThreadGrains(IReadOnlyDictionary<string, string> settings, params string[] arguments) =>
        Program("threadgrains", settings, arguments);

    /// <summary>A program that the build puts beside the tests.</summary>
    public static StartedProcess Program(string program, IReadOnlyDictionary<string, string> settings, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, program), arguments);
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return new StartedProcess(start);
    }

    /// <summary>The script at the repository's root.</summary>
    public static StartedProcess Run(params string[] arguments) => new(new ProcessStartInfo(Path.Combine(Repository.Root, "run"), arguments));

    public async Task<int> Exit()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        _process.WaitForExit(); // until the last line was read, too
        return _process.ExitCode;
    }

    /// <summary>Waits until a condition holds; fails at once when the process ends before.</summary>
    public async Task Until(string what, Func<Task<bool>> holds)
    {
        var waited = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.False(_process.HasExited, $"ended before {what}: {Output}{Errors}");
            Assert.True(waited.Elapsed < Patience, $"not {what} after {waited.Elapsed}: {Output}{Errors}");
            await Task.Delay(50);
        }
    }

    public Task UntilItPrints(string start) =>
        Until($"it printed '{start}'", () => Task.FromResult(Output.Split('\n').Any(line => line.StartsWith(start, StringComparison.Ordinal))));

    public async Task UntilReady(int port)
    {
        using var http = new HttpClient();
        await Until("it is ready", async () =>
        {
            try
            {
                return (await http.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"))).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }

    public void AskToStop()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{Id}"]);
        kill.WaitForExit();
    }

    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            AskToStop();
            await Exit();
        }

        _process.Dispose();
    }

    private void Keep(List<string> lines, string? line)
    {
        if (line is not null)
        {
            lock (_gate)
            {
                lines.Add(line);
            }
        }
    }

    private string Joined(List<string> lines)
    {
        lock (_gate)
        {
            return string.Join('\n', lines);
        }
    }
}
