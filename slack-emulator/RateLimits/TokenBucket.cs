namespace ThreadGrains.SlackEmulator.RateLimits;

/// <summary>Lets a burst through, then a steady rate.</summary>
internal sealed class TokenBucket(TimeProvider clock, double perSecond, int burst)
{
    private double _tokens = burst;
    private long _asOf = clock.GetTimestamp();

    /// <summary>How long until a call would be let through; zero: now.</summary>
    public TimeSpan Wait(long now)
    {
        _tokens = Math.Min(burst, _tokens + clock.GetElapsedTime(_asOf, now).TotalSeconds * perSecond);
        _asOf = now;
        return _tokens >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - _tokens) / perSecond);
    }

    public void Take(long now)
    {
        Wait(now);
        _tokens -= 1;
    }
}
