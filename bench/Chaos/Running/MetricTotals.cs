using System.Globalization;
using System.Text.RegularExpressions;

namespace ThreadGrains.Chaos.Running;

/// <summary>
/// The counters of processes that are killed and started again. A counter begins anew with its process, so each process's last
/// value is kept for each of its lives, and the sum is over all lives. What a killed one counted in its last second is lost.
/// </summary>
internal sealed partial class MetricTotals : IDisposable
{
    private readonly Dictionary<(string Process, int Life, string Series), double> _last = [];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMilliseconds(800) };

    /// <summary>Looks at every process that answers, once.</summary>
    public Task Look(IEnumerable<(SupervisedProcess Process, Uri Metrics)> processes) => Task.WhenAll(processes.Select(async pair =>
    {
        int life = pair.Process.Starts;
        try
        {
            Take(pair.Process.Name, life, await _http.GetStringAsync(pair.Metrics));
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException)
        {
            // Killed, frozen or not up yet: its last value stays.
        }
    }));

    /// <summary>Takes over what one process tells in Prometheus' text format.</summary>
    public void Take(string process, int life, string text)
    {
        foreach (var match in Sample().Matches(text).Where(match => match.Groups[1].Value.StartsWith("threadgrains_", StringComparison.Ordinal)))
        {
            lock (_last)
            {
                _last[(process, life, match.Groups[1].Value + match.Groups[2].Value)] = double.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture);
            }
        }
    }

    /// <summary>The sum of a counter over all processes and lives.</summary>
    /// <param name="name">As Prometheus names it, such as <c>threadgrains_doubts_looked_total</c>.</param>
    /// <param name="label">Only series with this, such as <c>found="absent"</c>; null: all.</param>
    public long Sum(string name, string? label = null)
    {
        lock (_last)
        {
            return (long)_last.Where(pair => pair.Key.Series == name
                    || (pair.Key.Series.StartsWith(name + "{", StringComparison.Ordinal) && (label is null || pair.Key.Series.Contains(label, StringComparison.Ordinal))))
                .Where(pair => label is null || pair.Key.Series.Contains(label, StringComparison.Ordinal))
                .Sum(pair => pair.Value);
        }
    }

    public void Dispose() => _http.Dispose();

    [GeneratedRegex(@"^([a-z_:][a-zA-Z0-9_:]*)(\{[^}]*\})? ([0-9.eE+-]+)( [0-9]+)?\r?$", RegexOptions.Multiline)]
    private static partial Regex Sample();
}
