using System.Text.RegularExpressions;

namespace ThreadGrains.CrashPoints.Running;

/// <summary>A message as it really stands in Slack's stead.</summary>
/// <param name="Ts">Its place in the channel.</param>
/// <param name="ThreadTs">The thread that it stands in; null: the channel itself.</param>
/// <param name="Text">What it says.</param>
/// <param name="Deleted">It was removed.</param>
/// <param name="OffersUnresolve">A card of a resolved issue.</param>
internal sealed record StoredMessage(string Ts, string? ThreadTs, string Text, bool Deleted, bool OffersUnresolve);

/// <summary>Compares what was accepted with the channel. Pure: knows neither our ledger nor our process.</summary>
internal static partial class Judge
{
    /// <summary>The announcement's own mark.</summary>
    public const string Root = "root";

    /// <summary>How a message is known by its text.</summary>
    public static string Mark(string id) => $"mark[{id}]";

    /// <param name="crash">What was played.</param>
    /// <param name="activities">The ids that were accepted, in the order of their sequence.</param>
    /// <param name="channel">Every message ever stored there, in the order of their <c>ts</c>.</param>
    /// <returns>A verdict without time and trouble.</returns>
    public static Verdict Of(CrashCase crash, IReadOnlyList<string> activities, IReadOnlyList<StoredMessage> channel)
    {
        // A parent that a person deleted takes its thread along: nothing of ours may be left, and what was not posted stays so.
        string[] expected = crash.Story is Story.ParentGone ? [] : [Root, .. activities];
        string? root = channel.FirstOrDefault(message => MarkIn(message) == Root)?.Ts;
        var visible = channel.Where(message => !message.Deleted).ToList();
        var inPlace = visible.Where(message => MarkIn(message) == Root ? message.ThreadTs is null : message.ThreadTs == root).Select(MarkIn).ToList();
        var copies = channel.GroupBy(MarkIn).ToDictionary(same => same.Key, same => (Ever: same.Count(), Left: same.Count(message => !message.Deleted)));
        return new Verdict(
            crash, null,
            Lost: expected.Except(inPlace).Count(),
            DoubledEver: copies.Values.Sum(same => same.Ever - 1),
            DoubledLeft: copies.Values.Sum(same => Math.Max(0, same.Left - 1)),
            OutOfOrder: inPlace.Distinct().Where(expected.Contains).SequenceEqual(expected.Where(inPlace.Contains)) ? 0 : 1,
            Phantom: visible.Count - inPlace.Count(expected.Contains),
            StaleCard: crash.Story is not Story.ParentGone && visible.FirstOrDefault(message => message.Ts == root) is not { OffersUnresolve: true },
            Seconds: 0);
    }

    private static string MarkIn(StoredMessage message) => Marks().Match(message.Text) is { Success: true } match ? match.Groups[1].Value : message.Text;

    // A reply names its issue by its title, which holds the announcement's mark, with the issue's id behind it; an announcement has its state there.
    [GeneratedRegex(@"mark\[([^\]]+)\](?! \((?!unresolved|resolved|archived))")]
    private static partial Regex Marks();
}
