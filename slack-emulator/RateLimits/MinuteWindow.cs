namespace ThreadGrains.SlackEmulator.RateLimits;

/// <summary>At most so many calls in any sixty seconds.</summary>
internal sealed class MinuteWindow(TimeProvider clock, int perMinute)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Queue<long> _calls = new();

    /// <summary>How long until a call would be let through; zero: now.</summary>
    public TimeSpan Wait(long now)
    {
        while (_calls.TryPeek(out var oldest) && clock.GetElapsedTime(oldest, now) >= Minute) _calls.Dequeue();
        return _calls.Count < perMinute ? TimeSpan.Zero : Minute - clock.GetElapsedTime(_calls.Peek(), now);
    }

    public void Take(long now) => _calls.Enqueue(now);
}
