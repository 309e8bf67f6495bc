using System.Diagnostics;

namespace ThreadGrains.Tests.Processes;

/// <summary>The silo and the gateway of the version that is upgraded from, as <c>build/former</c> makes them from the repository's history.</summary>
internal sealed record FormerBuild(string Silo, string Gateway)
{
    /// <summary>A cold build of the two takes a minute alone; others may be at work meanwhile.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    /// <summary>Builds them, unless that was done before: <c>./test</c> does it with its own build.</summary>
    /// <exception cref="InvalidOperationException">They could not be built; the message is the script's.</exception>
    public static async Task<FormerBuild> Make(string repository)
    {
        var start = new ProcessStartInfo(Path.Combine(repository, "build", "former"), ["--disable-build-servers"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var build = Process.Start(start)!;
        var (output, errors) = (build.StandardOutput.ReadToEndAsync(), build.StandardError.ReadToEndAsync());
        await build.WaitForExitAsync().WaitAsync(Patience);
        string folder = (await output).Trim();
        return build.ExitCode == 0
            ? new FormerBuild(Path.Combine(folder, "silo", "threadgrains-silo"), Path.Combine(folder, "gateway", "threadgrains-gateway"))
            : throw new InvalidOperationException(await errors);
    }
}
