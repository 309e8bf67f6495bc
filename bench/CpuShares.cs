using System.Globalization;

namespace ThreadGrains.Bench;

/// <summary>Which process took how much of the machine's work, by what Linux counts for each (proc(5), <c>stat</c>: utime and stime).</summary>
/// <param name="processes">Their names and numbers; children, as PostgreSQL has, count with their parent.</param>
internal sealed class CpuShares(IReadOnlyDictionary<string, int> processes)
{
    private Dictionary<string, long> _before = [];

    public void Begin() => _before = Ticks();

    /// <summary>The shares since the beginning, as one line.</summary>
    public string End()
    {
        var used = Ticks().Select(now => (Name: now.Key, Ticks: now.Value - _before.GetValueOrDefault(now.Key))).Where(share => share.Ticks > 0).ToList();
        double sum = used.Sum(share => share.Ticks);
        return string.Join(", ", used.OrderByDescending(share => share.Ticks)
            .Select(share => string.Create(CultureInfo.InvariantCulture, $"{share.Name} {share.Ticks / sum:P0}")));
    }

    private Dictionary<string, long> Ticks()
    {
        var ticks = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
        {
            try
            {
                // After the program's name, which may hold anything but ends with the last bracket.
                string stat = File.ReadAllText(Path.Combine(folder, "stat"));
                string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                int id = int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture);
                int parent = int.Parse(fields[1], CultureInfo.InvariantCulture);
                if (processes.FirstOrDefault(process => process.Value == id || process.Value == parent) is { Key: { } name })
                {
                    ticks[name] = ticks.GetValueOrDefault(name) + long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
                }
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }

        return ticks;
    }
}
