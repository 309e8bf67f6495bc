using System.Globalization;

namespace ThreadGrains.Simulation.Scheduling;

/// <summary>
/// What happened in a run: a fingerprint of all of it, by which two runs of one seed are compared, and the last of it for
/// people.
/// </summary>
internal sealed class History(int kept, TextWriter? teller = null)
{
    private readonly (DateTimeOffset At, string? Who, string What, string? Detail)[] _last = new (DateTimeOffset, string?, string, string?)[kept];

    /// <summary>Of everything that happened, in its order (FNV-1a).</summary>
    public ulong Fingerprint { get; private set; } = 14695981039346656037;

    /// <summary>How many things happened.</summary>
    public long Count { get; private set; }

    /// <summary>Somebody reads along: then what the product logs is told, too. It is no part of the fingerprint.</summary>
    public bool IsRead => teller is not null;

    /// <summary>Told of each thing that happens: who, what, and a detail.</summary>
    public Action<string?, string, string?>? Heard { get; set; }

    public void Told(DateTimeOffset at, string line) => teller?.WriteLine(Text((at, "", "    log:", line)));

    public void Happened(DateTimeOffset at, string? who, string what, string? detail = null)
    {
        Mix(at.UtcTicks);
        Mix(who);
        Mix(what);
        Mix(detail);
        var line = (at, who, what, detail);
        _last[Count % kept] = line;
        Count++;
        teller?.WriteLine(Text(line));
        Heard?.Invoke(who, what, detail);
    }

    /// <summary>The last that happened, oldest first.</summary>
    public IEnumerable<string> Last()
    {
        for (long i = Math.Max(0, Count - kept); i < Count; i++)
        {
            yield return Text(_last[i % kept]);
        }
    }

    private static string Text((DateTimeOffset At, string? Who, string What, string? Detail) line) => string.Create(
        CultureInfo.InvariantCulture, $"{(line.At - Simulator.Beginning).TotalSeconds,11:0.000000}  {line.Who,-9} {line.What} {line.Detail}");

    private void Mix(string? text)
    {
        foreach (char letter in text ?? "")
        {
            Mix(letter);
        }
    }

    private void Mix(long value)
    {
        unchecked
        {
            Fingerprint = (Fingerprint ^ (ulong)value) * 1099511628211;
        }
    }
}

/// <summary>A promise was broken.</summary>
/// <param name="promise">Which, by its name in the design.</param>
/// <param name="what">What was seen.</param>
internal sealed class BrokenPromise(string promise, string what) : Exception($"{promise}: {what}")
{
    public string Promise { get; } = promise;
}
