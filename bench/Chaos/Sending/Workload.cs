using System.Globalization;
using ThreadGrains.Chaos.Judging;

namespace ThreadGrains.Chaos.Sending;

/// <summary>One alert or activity to send.</summary>
/// <param name="Id">The sender's id of it.</param>
/// <param name="Word">What stands in Slack for it.</param>
/// <param name="Group">Its group's number.</param>
/// <param name="Type">The activity's type; null: the alert.</param>
/// <param name="Copies">So often it is sent in all.</param>
/// <param name="AtOnce">The copies go out side by side through all gateways; else each after the former was accepted.</param>
/// <param name="Altered">In the end its id is used once more, for something else.</param>
internal sealed record Item(string Id, string Word, int Group, string? Type, int Copies, bool AtOnce, bool Altered);

/// <summary>How often things are sent more than once.</summary>
/// <param name="Share">The part of all that is.</param>
/// <param name="Most">So often at most.</param>
/// <param name="AtOnce">The part of those whose copies go out side by side.</param>
/// <param name="Altered">The part of all whose id is used for something else in the end.</param>
internal sealed record Repetition(double Share, int Most, double AtOnce, double Altered);

/// <summary>Everything that is sent, drawn from a seed: the same seed gives the same.</summary>
internal sealed class Workload
{
    private readonly int _seed;
    private readonly int _channels;

    /// <param name="seed">The seed.</param>
    /// <param name="groups">How many groups.</param>
    /// <param name="threads">How many threads each has.</param>
    /// <param name="activities">How many activities in all.</param>
    /// <param name="announcedLate">So much of the groups is announced while things break; the rest before.</param>
    /// <param name="repetition">What is sent more than once.</param>
    /// <param name="inTurn">Groups have their activities in turn, so that each has as many; else by chance.</param>
    public Workload(int seed, int groups, int threads, int activities, double announcedLate, Repetition repetition, bool inTurn = false)
    {
        _seed = seed;
        Groups = groups;
        // Ten threads share a channel, so that one group's messages have other groups' threads to go astray in.
        _channels = Math.Max(threads, groups * threads / 10);
        Threads = threads;
        var chance = new Random(seed);
        Alerts = [.. Enumerable.Range(0, groups).Select(group => Drawn($"{Name(group)}.alert", Word.Of(group), group, null))];
        Early = groups - (int)(groups * announcedLate);
        Activities = [.. Enumerable.Range(0, activities).Select(number =>
        {
            int group = number < groups ? number : inTurn ? number % groups : chance.Next(groups);
            return Drawn(string.Create(CultureInfo.InvariantCulture, $"{Name(group)}.{number}"), Word.Of(groups + number), group, Type(chance.NextDouble()));
        })];

        Item Drawn(string id, string word, int group, string? type) => new(
            id, word, group, type, chance.NextDouble() < repetition.Share ? chance.Next(2, repetition.Most + 1) : 1,
            chance.NextDouble() < repetition.AtOnce, chance.NextDouble() < repetition.Altered);
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
