namespace ThreadGrains.Grains.Workspaces;

/// <summary>
/// Posts of a workspace that are under way at a time, and who is next where there is no room. Each may end in doubt once Slack
/// stops answering, whatever the <see cref="CircuitBreaker"/> does then, so they are bounded. Room goes to whoever had its last
/// turn the longest ago, so that what is new in a quiet channel does not wait for a whole round of the busy ones; and not to
/// whoever happens to ask when some gets free. Plain and without a clock.
/// </summary>
internal sealed class PostsUnderWay
{
    /// <summary>More than Slack's limits leave room for: 200 a minute of 10 s each would be 34.</summary>
    public const int Most = 48;

    /// <summary>
    /// A post that nobody reported on by then went down with its silo: its window has passed. Which one that was is known by its
    /// thread; a bare count would lose room with every silo that is killed, until nothing goes for as long as this.
    /// </summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(20);

    /// <summary>Who is next asks that often.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    /// <summary>Nobody is sent away for longer: those ahead may not come, and Slack may become quick again.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <summary>How long the place of an asker is kept that did not come when it was told to (its thread was closed, its silo died).</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A turn longer ago than this counts as one so long ago. A stream of channels that have little to say thus passes a busy one
    /// by for so long at most.
    /// </summary>
    private static readonly TimeSpan HeadStart = TimeSpan.FromSeconds(10);

    /// <summary>Last turns remembered before any is forgotten.</summary>
    private const int Many = 256;

    private readonly Dictionary<Guid, DateTimeOffset> _begun = [];
    private readonly Dictionary<string, DateTimeOffset> _lastTurns = [];
    private readonly List<Place> _line = [];

    /// <summary>How long it took of late from one end to the next while others waited. At first nobody knows, and all ask often.</summary>
    private TimeSpan _spacing = TimeSpan.Zero;
    private DateTimeOffset _lastEnd;

    /// <param name="Asker">A channel.</param>
    /// <param name="Since">Its last turn, or the beginning of its head start: the earliest is next.</param>
    /// <param name="AsksAgain">When it was told to.</param>
    private sealed record Place(string Asker, DateTimeOffset Since, DateTimeOffset AsksAgain);

    /// <summary>Whether there is room for one more. Each asker has one place in the line, however many threads it asks for.</summary>
    /// <param name="asker">Who asks: a channel.</param>
    /// <param name="thread">Whose post. One that is under way already asks since what it began was lost before it was sent, and has its room still.</param>
    /// <param name="now">The moment.</param>
    /// <returns>Null: there is. Else the moment at which to ask again; the place is kept.</returns>
    public DateTimeOffset? Ask(string asker, Guid thread, DateTimeOffset now)
    {
        foreach (var (lost, _) in _begun.Where(post => post.Value + Forgotten <= now).ToList())
        {
            _begun.Remove(lost);
        }

        if (_begun.ContainsKey(thread))
        {
            return null;
        }

        _line.RemoveAll(other => other.AsksAgain + Grace < now);
        int place = _line.FindIndex(other => other.Asker == asker);
        bool isNew = place < 0;
        var since = isNew ? Since(asker, now) : _line[place].Since;
        if (isNew)
        {
            place = _line.FindIndex(other => other.Since > since);
            place = place < 0 ? _line.Count : place;
        }

        if (_begun.Count + place < Most)
        {
            if (!isNew)
            {
                _line.RemoveAt(place);
            }

            return null;
        }

        var mine = new Place(asker, since, now + UntilTurn(_begun.Count + place - Most));
        if (isNew)
        {
            _line.Insert(place, mine);
        }
        else
        {
            _line[place] = mine;
        }

        return mine.AsksAgain;
    }

    /// <summary>An asker's turn is taken, and a thread's post is begun: the one before it, if nobody reported on that, is over.</summary>
    public void Begin(string asker, Guid thread, DateTimeOffset now)
    {
        _begun[thread] = now;
        _lastTurns[asker] = now;
        if (_lastTurns.Count > Many)
        {
            foreach (var (old, _) in _lastTurns.Where(turn => turn.Value + HeadStart < now).ToList())
            {
                _lastTurns.Remove(old);
            }
        }
    }

    /// <summary>A thread's post ended, whatever became of it.</summary>
    public void End(Guid thread, DateTimeOffset now)
    {
        if (!_begun.Remove(thread))
        {
            return;
        }

        if (_line.Count > 0)
        {
            var since = now - _lastEnd;
            _spacing = ((_spacing * 15) + (since < Moment ? since : Moment)) / 16;
        }

        _lastEnd = now;
    }

    private DateTimeOffset Since(string asker, DateTimeOffset now) =>
        _lastTurns.TryGetValue(asker, out var turn) && turn > now - HeadStart ? turn : now - HeadStart;

    /// <summary>
    /// When to ask again. Who is far behind asks when half of those ahead should have had their turn: with a hundred channels in the
    /// line the asking would cost more than the posts. It is the first of the line that must not be late.
    /// </summary>
    private TimeSpan UntilTurn(int ahead)
    {
        var half = _spacing * ahead / 2;
        return half < Moment ? Moment : half < LongestWait ? half : LongestWait;
    }
}
