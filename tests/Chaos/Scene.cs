using ThreadGrains.Chaos.Judging;

namespace ThreadGrains.Chaos.Tests;

/// <summary>Two groups in two channels, as everything went well; each test then breaks one thing.</summary>
internal sealed class Scene
{
    private static readonly DateTimeOffset Began = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] Channels = ["C1", "C2"];

    private readonly List<Promise> _promises = [];
    private readonly List<StoredMessage> _messages = [];
    private int _next;

    public Scene()
    {
        for (int group = 0; group < 2; group++)
        {
            Tell(group, isAlert: true);
        }

        for (int number = 0; number < 10; number++)
        {
            Tell(number % 2, isAlert: false);
        }
    }

    public IReadOnlyList<Promise> Promises => _promises;

    public List<StoredMessage> Messages => _messages;

    /// <summary>The replies of the first group's thread in the first channel.</summary>
    public IEnumerable<StoredMessage> Thread => _messages.Where(message => message.ThreadTs == Root(0, "C1").Ts && message.Channel == "C1" && !message.IsRoot);

    public StoredMessage Root(int group, string channel) => _messages.First(message => message.IsRoot && message.Channel == channel && message.Text.Contains(Word.Of(group), StringComparison.Ordinal));

    public Report Judge() => Oracle.Judge(_promises, _messages);

    /// <summary>A further message, behind all others.</summary>
    public StoredMessage Store(string channel, string? threadTs, string text)
    {
        int at = 1000 + _messages.Count;
        var message = new StoredMessage(channel, $"17000{at:00000}.000100", threadTs, text, Deleted: false, Began.AddSeconds(at));
        _messages.Add(message);
        return message;
    }

    public void Replace(StoredMessage message, StoredMessage by) => _messages[_messages.IndexOf(message)] = by;

    /// <summary>An activity without a receipt: it may stand there or not.</summary>
    public string SentWithoutAnswer()
    {
        string word = Word.Of(_next);
        _promises.Add(new Promise(word, "g0", _next++, false, Channels, null));
        return word;
    }

    private void Tell(int group, bool isAlert)
    {
        int number = _next++;
        _promises.Add(new Promise(Word.Of(number), $"g{group}", number, isAlert, Channels, Began.AddSeconds(number)) { SentAt = Began.AddSeconds(number) });
        foreach (string channel in Channels)
        {
            if (isAlert)
            {
                Store(channel, null, $"{Word.Of(number)} (unresolved)");
            }
            else
            {
                Store(channel, Root(group, channel).Ts, $"Ada commented on {Word.Of(group)} (g{group}):\n> {Word.Of(number)}");
            }
        }
    }
}
