using System.Diagnostics;

namespace ThreadGrains.Tests.Referees;

/// <summary>Slack's own packages for Node.js, unmodified: what they take is Slack, whatever we believe. Needs node and npm.</summary>
internal static class Referee
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Has a script of this folder judge. The packages are installed before, unless <c>./test</c> has done that.</summary>
    /// <param name="script">Its name.</param>
    /// <param name="input">What it reads from standard input.</param>
    /// <param name="environment">What is added to its environment.</param>
    /// <returns>What it wrote to standard output.</returns>
    public static async Task<string> Judge(string script, string input, IReadOnlyDictionary<string, string>? environment = null)
    {
        await Run("bash", [Path.Combine("build", "referees")], "");
        return await Run("node", [Path.Combine("tests", "Referees", script)], input, environment);
    }

    private static async Task<string> Run(string program, string[] arguments, string input, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Repository.Root, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(Patience);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(deadline.Token), process.StandardError.ReadToEndAsync(deadline.Token));
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(deadline.Token);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}\n{await output}\n{await errors}");
        return await output;
    }
}
