using System.Diagnostics;

namespace ThreadGrains.Chaos.Running;

/// <summary>The programs of the version that is upgraded from, as <c>build/former</c> makes them from the repository's history.</summary>
internal sealed record FormerPrograms(string Silo, string Gateway)
{
    /// <exception cref="InvalidOperationException">They could not be built; why, the script has said.</exception>
    public static async Task<FormerPrograms> Build()
    {
        using var build = Process.Start(new ProcessStartInfo(Path.Combine(Programs.Repository, "build", "former"), ["--disable-build-servers"]) { RedirectStandardOutput = true })!;
        string folder = (await build.StandardOutput.ReadToEndAsync()).Trim();
        await build.WaitForExitAsync();
        return build.ExitCode == 0
            ? new FormerPrograms(Path.Combine(folder, "silo", "threadgrains-silo"), Path.Combine(folder, "gateway", "threadgrains-gateway"))
            : throw new InvalidOperationException("The former version was not built (above).");
    }
}
