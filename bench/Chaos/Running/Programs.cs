using System.Diagnostics;

namespace ThreadGrains.Chaos.Running;

/// <summary>The programs that are put to the test, as the build leaves them.</summary>
internal static class Programs
{
    public static string Silo => Built("silo", "threadgrains-silo");

    public static string Gateway => Built("webhook-gateway", "threadgrains-gateway");

    public static string Emulator => Built("slack-emulator", "slack-emulator");

    /// <summary>This program itself, for the baselines.</summary>
    public static string Self => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) != "dotnet"
        ? path
        : Path.Combine(AppContext.BaseDirectory, "ThreadGrains.Chaos");

    /// <summary>A program with its arguments and its environment beside ours.</summary>
    public static ProcessStartInfo Run(string program, IEnumerable<string> arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static string Built(string folder, string program) => Path.Combine(Repository.Root, folder, "bin", "Release", "net10.0", program);
}
