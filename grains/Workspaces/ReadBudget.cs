using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Workspaces;

/// <summary>Whose read comes first when there is little to read with.</summary>
/// <param name="Since">Since when the asker's thread waits for it: the oldest doubt goes first.</param>
/// <param name="CanWait">Nothing waits for it (a verification): only where nobody else wants to read.</param>
internal readonly record struct ReadRank(DateTimeOffset Since, bool CanWait = false);

/// <summary>
/// A workspace's budget of reads: as little as one a minute (Slack, "Rate limit changes for non-Marketplace apps"), and then
/// hundreds may wait. The oldest doubt reads first. Each read moves its asker back in line, so that one that needs many, or
/// meets the same trouble again and again, does not keep the others from theirs. Whoever is not there when its turn comes loses
/// it after a grace. Plain and without a clock.
/// </summary>
internal sealed class ReadBudget
{
    /// <summary>By how much a read makes its asker younger.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(2);

    /// <summary>How long a turn is kept for an asker that was told to come.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    /// <summary>Nobody is sent away for longer, since those ahead may go for other reasons (Slack told, a person decided).</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>After that long without a read an asker counts as a new one. Longer than two hundred doubts take at one read a minute.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromHours(6);

    /// <summary>Askers remembered before any is forgotten, and how often that is looked into.</summary>
    private const int Many = 500;
    private static readonly TimeSpan Pruning = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _spacing;
    private readonly int _burst;
    private readonly Dictionary<string, (ReadRank Rank, DateTimeOffset Promised)> _waiting = [];
    private readonly Dictionary<string, (int Reads, DateTimeOffset Last)> _served = [];
    private DateTimeOffset _nextFree = DateTimeOffset.UnixEpoch;
    private readonly LimitedPause _pause = new();
    private DateTimeOffset _prunedAt = DateTimeOffset.UnixEpoch;

    /// <param name="perMinute">Reads per minute; 0: no limit.</param>
    public ReadBudget(double perMinute)
    {
        _spacing = perMinute > 0 ? TimeSpan.FromMinutes(1 / perMinute) : TimeSpan.Zero;
        // At one a minute a burst of two would be limited already.
        _burst = perMinute > 0 ? Math.Clamp((int)(perMinute / 5), 1, 10) : int.MaxValue;
    }

    /// <summary>Takes the asker's turn if it has come.</summary>
    /// <returns>Null: it may read now. Else the moment at which to ask again.</returns>
    public DateTimeOffset? Take(string asker, ReadRank rank, DateTimeOffset now)
    {
        Forget(now);
        var free = Later(_nextFree - ((_burst - 1) * _spacing), _pause.Until);
        int ahead = _waiting.Count(other => other.Key != asker && ComesBefore(other.Key, other.Value.Rank, asker, rank));
        var turn = free + (ahead * _spacing);
        if (turn <= now && ahead < _burst)
        {
            _waiting.Remove(asker);
            _served[asker] = (ReadsOf(asker) + 1, now);
            _nextFree = Later(_nextFree, now) + _spacing;
            return null;
        }

        var promised = Later(turn, now + TimeSpan.FromMilliseconds(50));
        var latest = now + (LongestWait > _spacing ? LongestWait : _spacing);
        promised = promised < latest || promised == _pause.Until ? promised : latest;
        _waiting[asker] = (rank, promised);
        return promised;
    }

    /// <summary>
    /// The limiter refused a read: nothing is read for a while, and then one by one. The refused read was taken from the budget
    /// like any other.
    /// </summary>
    /// <param name="retryAfter">What the limiter demands; null: it gave no number.</param>
    /// <param name="now">The moment.</param>
    public void Throttled(TimeSpan? retryAfter, DateTimeOffset now)
    {
        _pause.Refused(retryAfter, now);
        _nextFree = Later(_nextFree, _pause.Until + ((_burst - 1) * _spacing));
    }

    private bool ComesBefore(string one, ReadRank its, string other, ReadRank others)
    {
        if (its.CanWait != others.CanWait)
        {
            return others.CanWait;
        }

        int order = (its.Since + (ReadsOf(one) * Step)).CompareTo(others.Since + (ReadsOf(other) * Step));
        return order != 0 ? order < 0 : string.CompareOrdinal(one, other) < 0;
    }

    private int ReadsOf(string asker) => _served.TryGetValue(asker, out var served) ? served.Reads : 0;

    private void Forget(DateTimeOffset now)
    {
        foreach (var (asker, _) in _waiting.Where(held => held.Value.Promised + Grace < now).ToList())
        {
            _waiting.Remove(asker);
        }

        if (_served.Count < Many || now < _prunedAt + Pruning)
        {
            return;
        }

        _prunedAt = now;
        foreach (var (asker, _) in _served.Where(held => held.Value.Last + Memory < now).ToList())
        {
            _served.Remove(asker);
        }
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
