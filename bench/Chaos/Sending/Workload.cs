using System.Globalization;
using ThreadGrains.Chaos.Judging;

namespace ThreadGrains.Chaos.Sending;

/// <summary>One alert or activity to send.</summary>
/// <param name="Id">The sender's id of it.</param>
/// <param name="Word">What stands in Slack for it.</param>
/// <param name="Group">Its group's number.</param>
/// <param name="Type">The activity's type; null: the alert.</param>
/// <param name="Again">It is sent a second time after it was accepted.</param>
internal sealed record Item(string Id, string Word, int Group, string? Type, bool Again);

/// <summary>Everything that is sent, drawn from a seed: the same seed gives the same.</summary>
internal sealed class Workload
{
    /// <summary>A part of all that is sent twice.</summary>
    private const double Duplicates = 0.1;

    /// <summary>So much of the groups is announced while things break; the rest before.</summary>
    private const double AnnouncedLate = 0.1;

    private readonly int _seed;
    private readonly int _channels;

    public Workload(int seed, int groups, int threads, int activities)
    {
        _seed = seed;
        Groups = groups;
        // Ten threads share a channel, so that one group's messages have other groups' threads to go astray in.
        _channels = Math.Max(threads, groups * threads / 10);
        Threads = threads;
        var chance = new Random(seed);
        Alerts = [.. Enumerable.Range(0, groups).Select(group => new Item($"{Name(group)}.alert", Word.Of(group), group, null, Again: false))];
        Early = groups - (int)(groups * AnnouncedLate);
        Activities = [.. Enumerable.Range(0, activities).Select(number =>
        {
            int group = number < groups ? number : chance.Next(groups);
            return new Item(string.Create(CultureInfo.InvariantCulture, $"{Name(group)}.{number}"), Word.Of(groups + number), group, Type(chance.NextDouble()), chance.NextDouble() < Duplicates);
        })];
    }

    public int Groups { get; }

    public int Threads { get; }

    /// <summary>How many channels there are.</summary>
    public int Channels => _channels;

    /// <summary>The alert of each group, by its number.</summary>
    public IReadOnlyList<Item> Alerts { get; }

    /// <summary>So many groups are announced before anything breaks.</summary>
    public int Early { get; }

    /// <summary>In the order in which they are sent.</summary>
    public IReadOnlyList<Item> Activities { get; }

    public string Name(int group) => string.Create(CultureInfo.InvariantCulture, $"chaos-{_seed}-{group}");

    /// <summary>The places of a group's channels among all, no two the same.</summary>
    public IEnumerable<int> ChannelsOf(int group) => Enumerable.Range(0, Threads).Select(thread => (group + (thread * (_channels / Threads))) % _channels);

    /// <summary>Mostly comments; some that change the announcement, so that edits are under way as well.</summary>
    private static string Type(double draw) => draw switch { < 0.9 => "note", < 0.95 => "resolved_in_release", _ => "regressed" };
}
