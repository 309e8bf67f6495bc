namespace ThreadGrains.Grains.Workspaces;

/// <summary>
/// Keeps an outage of Slack from bringing thousands of posts into doubt: of the last twenty posts of a workspace
/// half ended without an answer that says whether they are there, so no more are begun, but one every few seconds, until
/// enough of these go through. Plain and without a clock.
/// </summary>
internal sealed class CircuitBreaker
{
    /// <summary>Posts that are looked back on.</summary>
    public const int Window = 20;

    /// <summary>Of these without an answer: no more are begun.</summary>
    public const int TooMany = Window / 2;

    /// <summary>Posts that go through, one after the other, until all may go again.</summary>
    public const int Enough = 3;

    /// <summary>Between two probes.</summary>
    public static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(5);

    private readonly Queue<bool> _last = new(Window);
    private int _wentThrough;

    /// <summary>Since when nothing goes but probes; null: all is well.</summary>
    public DateTimeOffset? OpenSince { get; private set; }

    /// <summary>While open: when the next probe may go.</summary>
    public DateTimeOffset ProbeAt { get; private set; }

    /// <summary>Whether a post may be begun now.</summary>
    /// <returns>Null: yes (while open, as a probe). Else the moment at which to ask again.</returns>
    public DateTimeOffset? Ask(DateTimeOffset now) => OpenSince is not null && now < ProbeAt ? ProbeAt : null;

    /// <summary>A post goes, or the question that comes before a probe: another probe goes later.</summary>
    public void TakeProbe(DateTimeOffset now) => ProbeAt = now + ProbeEvery;

    /// <summary>A post ended, whatever became of it.</summary>
    /// <param name="answer">Whether Slack took it (true), or nobody knows (false). Null: neither; it says nothing about an outage.</param>
    /// <param name="now">The moment.</param>
    /// <returns>Whether the breaker opened or closed by this.</returns>
    public bool End(bool? answer, DateTimeOffset now)
    {
        if (answer is not { } went)
        {
            return false;
        }

        if (OpenSince is not null)
        {
            return EndWhileOpen(went, now);
        }

        _last.Enqueue(went);
        if (_last.Count > Window)
        {
            _last.Dequeue();
        }

        if (_last.Count(each => !each) < TooMany)
        {
            return false;
        }

        OpenSince = now;
        ProbeAt = now + ProbeEvery;
        _wentThrough = 0;
        return true;
    }

    /// <summary>Somebody knows that it is over: the next probe goes at once.</summary>
    public void Hasten(DateTimeOffset now) => ProbeAt = now;

    private bool EndWhileOpen(bool went, DateTimeOffset now)
    {
        if (!went)
        {
            _wentThrough = 0;
            return false;
        }

        ProbeAt = now;                                                 // it went through: the next need not wait
        if (++_wentThrough < Enough)
        {
            return false;
        }

        OpenSince = null;
        _last.Clear();
        return true;
    }
}
