namespace ThreadGrains.Slack.WebApi;

/// <summary>
/// Backoff after Slack limited a call. It obeys Retry-After, but never waits less than a floor, which doubles while refusals go
/// on: a limiter that says "0 seconds" again and again would otherwise be called without a pause. Plain and without a clock.
/// </summary>
public sealed class LimitedPause
{
    /// <summary>The floor after the first refusal.</summary>
    public static readonly TimeSpan FirstFloor = TimeSpan.FromSeconds(1);

    /// <summary>The floor grows up to this.</summary>
    public static readonly TimeSpan LongestFloor = TimeSpan.FromMinutes(1);

    /// <summary>The wait after the first refusal that names none.</summary>
    public static readonly TimeSpan Unsaid = TimeSpan.FromSeconds(30);

    /// <summary>The wait after a refusal that names none grows up to this many times.</summary>
    private const int MostUnsaid = 10;

    /// <summary>A refusal that comes so long after the last pause begins a new series: what was called meanwhile was taken.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(15);

    private int _refusals;

    /// <summary>Nothing is called before this moment.</summary>
    public DateTimeOffset Until { get; private set; } = DateTimeOffset.UnixEpoch;

    /// <summary>How long to wait after a number of refusals in a row.</summary>
    /// <param name="said">What Slack demands; null: it gave no number.</param>
    /// <param name="refusals">Refusals in a row, from 1 on.</param>
    public static TimeSpan After(TimeSpan? said, int refusals)
    {
        if (said is not { } demanded)
        {
            return Unsaid * Math.Clamp(refusals, 1, MostUnsaid);
        }

        var floor = FirstFloor * Math.Pow(2, Math.Clamp(refusals - 1, 0, 10));
        floor = floor < LongestFloor ? floor : LongestFloor;
        return demanded > floor ? demanded : floor;
    }

    /// <summary>A call was taken: the next refusal begins a new series.</summary>
    public void Succeeded() => _refusals = 0;

    /// <summary>Slack limited a call. Several that were under way together count as one refusal.</summary>
    /// <param name="said">What Slack demands; null: it gave no number.</param>
    /// <param name="now">The moment.</param>
    /// <returns>How long to wait from now on.</returns>
    public TimeSpan Refused(TimeSpan? said, DateTimeOffset now)
    {
        if (now >= Until)
        {
            _refusals = now > Until + Quiet ? 1 : _refusals + 1;
        }

        var until = now + After(said, _refusals);
        Until = until > Until ? until : Until;
        return Until - now;
    }
}
