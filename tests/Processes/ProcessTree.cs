using System.Globalization;

namespace ThreadGrains.Tests.Processes;

/// <summary>Who started whom, by proc(5).</summary>
internal static class ProcessTree
{
    public static IEnumerable<int> ChildrenOf(int process) =>
        from folder in Directory.EnumerateDirectories("/proc")
        let number = int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int found) ? found : 0
        where number > 0 && ParentOf(folder) == process
        select number;

    /// <summary>The fourth field of stat, after the name in parentheses, is the parent's number.</summary>
    private static int ParentOf(string folder)
    {
        try
        {
            string stat = File.ReadAllText(Path.Combine(folder, "stat"));
            return int.Parse(stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // it has ended meanwhile
        }
    }
}
