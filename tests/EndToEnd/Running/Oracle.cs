using System.Text.RegularExpressions;

namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>
/// Judges by two ledgers that are not ours: what the sender was promised (its receipts) and what stands in the emulator.
/// Every note that was accepted stands once, in sequence order, in each thread of its group, and nothing else does.
/// </summary>
internal sealed partial class Oracle
{
    private readonly Dictionary<string, SortedDictionary<long, string>> _promised = [];

    /// <summary>The marker that a test's note carries in its text.</summary>
    public static string Mark(string id) => $"mark[{id}]";

    public void Promised(string group, string id, Receipt receipt)
    {
        Assert.True(receipt.Outcome is "accepted" or "duplicate", $"{id}: {receipt}");
        lock (_promised)
        {
            if (!_promised.TryGetValue(group, out var history))
            {
                _promised[group] = history = [];
            }

            history[receipt.Sequence ?? throw new InvalidOperationException($"{id} was accepted without a sequence.")] = id;
        }
    }

    /// <summary>How many were promised so far; senders may be at work.</summary>
    public int Count
    {
        get
        {
            lock (_promised)
            {
                return _promised.Values.Sum(history => history.Count);
            }
        }
    }

    /// <summary>What is wrong in one thread; empty: all is as promised.</summary>
    public IReadOnlyList<string> Judge(string group, IReadOnlyList<SlackMessage> thread)
    {
        var expected = _promised.TryGetValue(group, out var history) ? history.Values.ToList() : [];
        var visible = thread.Where(message => !message.Deleted).Select(message => MarkIn(message.Text)).ToList();
        var wrong = new List<string>();
        wrong.AddRange(expected.Except(visible.OfType<string>()).Select(id => $"{group}: {id} is lost"));
        wrong.AddRange(visible.GroupBy(id => id).Where(copies => copies.Count() > 1).Select(copies => $"{group}: {copies.Key} stands {copies.Count()} times"));
        wrong.AddRange(visible.Except(expected).Select(id => $"{group}: {id} was never promised"));
        if (wrong.Count == 0 && !visible.SequenceEqual(expected))
        {
            wrong.Add($"{group}: out of order: {string.Join(' ', visible)}");
        }

        return wrong;
    }

    /// <summary>Copies that ever stood in a thread beyond the first.</summary>
    public static int DoubledEver(IReadOnlyList<SlackMessage> thread) =>
        thread.GroupBy(message => MarkIn(message.Text)).Sum(copies => copies.Count() - 1);

    private static string? MarkIn(string text) => Marks().Match(text) is { Success: true } match ? match.Groups[1].Value : text;

    [GeneratedRegex(@"mark\[([^\]]+)\]")]
    private static partial Regex Marks();
}
