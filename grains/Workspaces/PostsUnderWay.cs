namespace ThreadGrains.Grains.Workspaces;

/// <summary>
/// Posts of a workspace that are under way at a time, and who is next where there is no room. Each may end in doubt once Slack
/// stops answering, whatever the <see cref="CircuitBreaker"/> does then, so they are bounded. Room goes to whoever asked first,
/// not to whoever happens to ask when some gets free. Plain and without a clock.
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

    /// <summary>Until one of them may have ended.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the place of an asker is kept that did not come when it was told to (its thread was closed, its silo died).</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Dictionary<Guid, DateTimeOffset> _begun = [];
    private readonly List<(string Asker, DateTimeOffset AsksAgain)> _line = [];

    /// <summary>Whether there is room for one more. Each asker has one place in the line, however many threads it asks for.</summary>
    /// <param name="asker">Who asks: a channel.</param>
    /// <param name="now">The moment.</param>
    /// <returns>Null: there is. Else the moment at which to ask again; the place is kept.</returns>
    public DateTimeOffset? Ask(string asker, DateTimeOffset now)
    {
        foreach (var (thread, _) in _begun.Where(post => post.Value + Forgotten <= now).ToList())
        {
            _begun.Remove(thread);
        }

        _line.RemoveAll(other => other.AsksAgain + Grace < now);
        int place = _line.FindIndex(other => other.Asker == asker);
        int ahead = place < 0 ? _line.Count : place;
        if (_begun.Count + ahead < Most)
        {
            if (place >= 0)
            {
                _line.RemoveAt(place);
            }

            return null;
        }

        // Who is far behind asks rarely: it is the first of the line that must not be late.
        var again = now + (Moment * (1 + (ahead / Most)));
        if (place < 0)
        {
            _line.Add((asker, again));
        }
        else
        {
            _line[place] = (asker, again);
        }

        return again;
    }

    /// <summary>A thread's post is begun: the one before it, if nobody reported on that, is over.</summary>
    public void Begin(Guid thread, DateTimeOffset now) => _begun[thread] = now;

    /// <summary>A thread's post ended, whatever became of it.</summary>
    public void End(Guid thread) => _begun.Remove(thread);
}
