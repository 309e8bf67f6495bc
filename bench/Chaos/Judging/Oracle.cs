namespace ThreadGrains.Chaos.Judging;

/// <summary>
/// Judges by two ledgers that are not the product's: what the sender was promised, and what the emulator stored. Pure: the
/// same promises and messages give the same report.
/// </summary>
internal static class Oracle
{
    public static Report Judge(IReadOnlyList<Promise> promises, IReadOnlyList<StoredMessage> messages)
    {
        var findings = new List<Finding>();
        var byWord = promises.ToDictionary(promise => promise.Word);
        var placed = new Dictionary<(string Thread, string Word), List<Copy>>();
        var roots = PlaceRoots(messages, byWord, placed, findings);
        PlaceReplies(messages, byWord, roots, placed, findings);

        foreach (var thread in promises.SelectMany(promise => promise.Channels, (promise, channel) => (Name: Report.ThreadOf(promise.Group, channel), Promise: promise)).GroupBy(pair => pair.Name))
        {
            JudgeThread(thread.Key, [.. thread.Select(pair => pair.Promise).OrderBy(promise => promise.Order)], placed, findings);
        }

        return new Report(
            promises.Count(promise => promise.AcceptedAt is not null),
            promises.Where(promise => promise.IsAlert && promise.AcceptedAt is not null).Sum(promise => promise.Channels.Count),
            messages.Count, findings,
            placed.ToDictionary(pair => pair.Key, pair => pair.Value.Min(copy => copy.StoredAt)));
    }

    /// <returns>The thread of each announcement that stands; of several copies, of the first that is visible.</returns>
    private static Dictionary<(string Channel, string Ts), string> PlaceRoots(
        IReadOnlyList<StoredMessage> messages, Dictionary<string, Promise> byWord,
        Dictionary<(string Thread, string Word), List<Copy>> placed, List<Finding> findings)
    {
        var standing = new Dictionary<string, StoredMessage>();
        foreach (var message in messages.Where(message => message.IsRoot))
        {
            var words = Word.In(message.Text).Distinct().ToList();
            if (words is not [var word] || !byWord.TryGetValue(word, out var promise) || !promise.IsAlert || !promise.Channels.Contains(message.Channel))
            {
                findings.Add(new Finding(Wrong.Phantom, $"#{message.Channel}", words.Count == 0 ? message.Ts : string.Join(' ', words)));
                continue;
            }

            string thread = Report.ThreadOf(promise.Group, message.Channel);
            Place(placed, thread, word, new Copy(message, 0));
            if (!standing.TryGetValue(thread, out var other) || Precedes(message, other))
            {
                standing[thread] = message;
            }
        }

        return standing.ToDictionary(pair => (pair.Value.Channel, pair.Value.Ts), pair => pair.Key);

        static bool Precedes(StoredMessage one, StoredMessage other) =>
            one.Deleted != other.Deleted ? other.Deleted : string.CompareOrdinal(one.Ts, other.Ts) < 0;
    }

    private static void PlaceReplies(
        IReadOnlyList<StoredMessage> messages, Dictionary<string, Promise> byWord, Dictionary<(string Channel, string Ts), string> roots,
        Dictionary<(string Thread, string Word), List<Copy>> placed, List<Finding> findings)
    {
        foreach (var message in messages.Where(message => !message.IsRoot))
        {
            string? thread = roots.GetValueOrDefault((message.Channel, message.ThreadTs!));
            var words = Word.In(message.Text);
            if (thread is null || words.Count == 0)
            {
                findings.Add(new Finding(Wrong.Phantom, thread ?? $"#{message.Channel}/{message.ThreadTs}", words.Count == 0 ? message.Ts : string.Join(' ', words)));
                continue;
            }

            for (int place = 0; place < words.Count; place++)
            {
                if (byWord.TryGetValue(words[place], out var promise) && !promise.IsAlert && promise.Channels.Contains(message.Channel)
                    && Report.ThreadOf(promise.Group, message.Channel) == thread)
                {
                    Place(placed, thread, words[place], new Copy(message, place));
                }
                else
                {
                    findings.Add(new Finding(Wrong.Phantom, thread, words[place]));
                }
            }
        }
    }

    private static void JudgeThread(
        string thread, IReadOnlyList<Promise> promises, Dictionary<(string Thread, string Word), List<Copy>> placed, List<Finding> findings)
    {
        var visible = new List<(Copy Copy, Promise Promise)>();
        foreach (var promise in promises)
        {
            var copies = placed.GetValueOrDefault((thread, promise.Word)) ?? [];
            var left = copies.Where(copy => !copy.Deleted).OrderBy(copy => copy).ToList();
            if (left.Count == 0 && promise.AcceptedAt is not null)
            {
                findings.Add(new Finding(Wrong.Lost, thread, promise.Word));
            }

            findings.AddRange(copies.Skip(1).Select(_ => new Finding(Wrong.DoubledEver, thread, promise.Word)));
            findings.AddRange(left.Skip(1).Select(_ => new Finding(Wrong.DoubledLeft, thread, promise.Word)));
            if (left.Count > 0 && !promise.IsAlert)
            {
                visible.Add((left[0], promise));
            }
        }

        visible.Sort((one, other) => one.Copy.CompareTo(other.Copy));
        foreach (var (former, next) in visible.Zip(visible.Skip(1)).Where(pair => pair.Second.Promise.Order < pair.First.Promise.Order))
        {
            findings.Add(new Finding(Wrong.OutOfOrder, thread, $"{next.Promise.Word} behind {former.Promise.Word}"));
        }
    }

    private static void Place(Dictionary<(string Thread, string Word), List<Copy>> placed, string thread, string word, Copy copy)
    {
        if (!placed.TryGetValue((thread, word), out var copies))
        {
            placed[(thread, word)] = copies = [];
        }

        copies.Add(copy);
    }

    /// <summary>A word as it stands: in which message, and where in it. Slack orders a channel by <c>ts</c>, whose texts sort as their moments.</summary>
    private readonly record struct Copy(StoredMessage Message, int Place) : IComparable<Copy>
    {
        public bool Deleted => Message.Deleted;

        public DateTimeOffset StoredAt => Message.StoredAt;

        public int CompareTo(Copy other) => string.CompareOrdinal(Message.Ts, other.Message.Ts) is var order and not 0 ? order : Place.CompareTo(other.Place);
    }
}
