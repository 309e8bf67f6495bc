using ThreadGrains.Grains.Channels;
using ThreadGrains.Grains.Delivery;

namespace ThreadGrains.Grains.Workspaces;

/// <summary>What a post's end did to a workspace.</summary>
internal enum CircuitChange
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Slack does not answer: no more posts are begun but probes.</summary>
    Opened,

    /// <summary>Slack answers again.</summary>
    Closed,
}

/// <summary>
/// A workspace's lanes: how many posts, reads and edits it takes, in which order, and whether Slack answers at all. Plain and
/// without a clock, so that the simulation runs this very class.
/// </summary>
internal sealed class WorkspaceLane(PacingOptions pacing)
{
    private const int Burst = 10;

    /// <summary>Deliveries in a row of which Slack says that the request was built wrongly, until it is not Slack that says so.</summary>
    private const int ManyBadRequests = 3;

    private readonly Pacer _posts = new(pacing.WorkspacePerMinute / 60, Burst);
    private readonly ReadBudget _reads = new(pacing.ReadsPerMinute);
    private readonly Pacer _edits = new(pacing.UpdatesPerMinute / 60, Burst);
    private readonly CircuitBreaker _circuit = new();
    private readonly PostsUnderWay _underWay = new();
    private readonly Dictionary<string, DateTimeOffset> _throttledChannels = [];
    private readonly HashSet<Guid> _badRequests = [];

    /// <summary>Since when nothing goes but probes; null: all is well.</summary>
    public DateTimeOffset? OpenSince => _circuit.OpenSince;

    /// <summary>While nothing goes but probes: when the next one may go.</summary>
    public DateTimeOffset ProbeAt => _circuit.ProbeAt;

    /// <summary>Somebody knows that it is over: the next probe goes at once.</summary>
    public void Hasten(DateTimeOffset now) => _circuit.Hasten(now);

    /// <summary>
    /// Takes a channel's turn among all channels, if it has come: Slack answers, or a probe is due; there is room for one more
    /// post under way; and the workspace's pace allows it. The post counts as begun.
    /// </summary>
    /// <param name="channel">Whose turn.</param>
    /// <param name="thread">Whose post. Empty: a silo that does not say yet; it is not counted among those under way.</param>
    /// <param name="now">The moment.</param>
    /// <returns>Null: it has. Else the moment at which to ask again.</returns>
    public DateTimeOffset? TakePost(string channel, Guid thread, DateTimeOffset now)
    {
        if ((_circuit.Ask(now) ?? _underWay.Ask(channel, thread, now) ?? _posts.Take(channel, now)) is { } later)
        {
            return later;
        }

        if (thread != Guid.Empty)
        {
            _underWay.Begin(channel, thread, now);
        }

        return null;
    }

    /// <summary>A post may be a probe, which may end in doubt like any other: then a question that cannot comes first.</summary>
    /// <returns>Whether Slack is to be asked who we are before the post.</returns>
    public bool TakeProbe(DateTimeOffset now)
    {
        if (_circuit.OpenSince is null)
        {
            return false;
        }

        _circuit.TakeProbe(now);
        return true;
    }

    /// <summary>Takes the turn to read, if it has come.</summary>
    /// <returns>Null: it has. Else the moment at which to ask again.</returns>
    public DateTimeOffset? TakeRead(string asker, ReadRank rank, DateTimeOffset now) => _reads.Take(asker, rank, now);

    /// <summary>Takes the turn to edit, if it has come.</summary>
    /// <returns>Null: it has. Else the moment at which to ask again.</returns>
    public DateTimeOffset? TakeEdit(string asker, DateTimeOffset now) => _edits.Take(asker, now);

    /// <summary>A thread's post went through.</summary>
    public CircuitChange Went(Guid thread, DateTimeOffset now)
    {
        _posts.Succeeded();
        _badRequests.Clear();
        return End(thread, true, now);
    }

    /// <summary>A thread's post ended otherwise; unanswered: nobody knows whether it is there.</summary>
    public CircuitChange Ended(Guid thread, bool unanswered, DateTimeOffset now) => End(thread, unanswered ? false : null, now);

    /// <summary>Slack limited a post in one channel. A second channel within the pause: the limit is the workspace's.</summary>
    public void ChannelThrottled(string channel, TimeSpan pause, DateTimeOffset now)
    {
        foreach (string over in _throttledChannels.Where(entry => entry.Value < now).Select(entry => entry.Key).ToList())
        {
            _throttledChannels.Remove(over);
        }

        bool another = _throttledChannels.Keys.Any(other => other != channel);
        _throttledChannels[channel] = now + pause;
        if (another)
        {
            _posts.Throttled(pause, now);
        }
    }

    /// <summary>Slack limited the whole workspace; null: without saying for how long.</summary>
    public void Throttled(TimeSpan? retryAfter, DateTimeOffset now) => _posts.Throttled(retryAfter, now);

    /// <summary>Slack limited reads or edits; null: without saying for how long.</summary>
    public void CallsThrottled(bool edits, TimeSpan? retryAfter, DateTimeOffset now)
    {
        if (edits)
        {
            _edits.Throttled(retryAfter, now);
        }
        else
        {
            _reads.Throttled(retryAfter, now);
        }
    }

    /// <summary>Slack says that a request of ours was built wrongly.</summary>
    /// <returns>Whether that was said of so many different deliveries, without a success between, that something stands between us and Slack.</returns>
    public bool BadRequest(Guid delivery)
    {
        _badRequests.Add(delivery);
        if (_badRequests.Count < ManyBadRequests)
        {
            return false;
        }

        _badRequests.Clear();
        return true;
    }

    private CircuitChange End(Guid thread, bool? answer, DateTimeOffset now)
    {
        _underWay.End(thread, now);
        return !_circuit.End(answer, now) ? CircuitChange.None
            : _circuit.OpenSince is null ? CircuitChange.Closed
            : CircuitChange.Opened;
    }
}
