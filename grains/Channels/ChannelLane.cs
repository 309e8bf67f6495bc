using ThreadGrains.Grains.Delivery;

namespace ThreadGrains.Grains.Channels;

/// <summary>
/// A channel's lane: who may post there next, and how fast, before the workspace is asked. Plain and without a clock, so that the
/// simulation runs this very class.
/// </summary>
internal sealed class ChannelLane(PacingOptions pacing)
{
    /// <summary>A permit not used by then is lost; posting begins within milliseconds of a grant.</summary>
    private static readonly TimeSpan PermitLife = TimeSpan.FromSeconds(5);

    private readonly Pacer _pacer = new(pacing.ChannelPerSecond, pacing.ChannelBurst);
    private readonly HashSet<Guid> _waitingForWorkspace = [];

    /// <summary>Takes the thread's turn in the channel, if it has come.</summary>
    /// <param name="thread">Who asks.</param>
    /// <param name="health">The channel's trouble, if there is any: a probe is taken from it when one is due.</param>
    /// <param name="now">The moment.</param>
    /// <returns>Null: the channel has nothing against it, and the workspace is asked.</returns>
    public PermitAnswer? Ask(Guid thread, Health health, DateTimeOffset now)
    {
        if (health.Error is { } error && !health.TakeProbe(now, pacing.FirstProbe))
        {
            return new PermitAnswer.Parked(error, health.ProbeAt ?? now);
        }

        // A thread whose turn in the channel has come keeps it while the workspace makes it wait.
        if (!_waitingForWorkspace.Contains(thread) && _pacer.Take(thread.ToString("N"), now) is { } later)
        {
            return new PermitAnswer.NotBefore(later);
        }

        _waitingForWorkspace.Add(thread);
        return null;
    }

    /// <summary>What the workspace said to it.</summary>
    public PermitAnswer Answered(Guid thread, PermitAnswer answer, DateTimeOffset now)
    {
        if (answer is not PermitAnswer.NotBefore)
        {
            _waitingForWorkspace.Remove(thread);
        }

        return answer is PermitAnswer.Granted granted ? granted with { Until = now + PermitLife } : answer;
    }

    /// <summary>A post went through.</summary>
    public void Went() => _pacer.Succeeded();

    /// <summary>Slack limited a post in this channel; null: without saying for how long.</summary>
    /// <returns>For how long nothing is posted.</returns>
    public TimeSpan Throttled(TimeSpan? retryAfter, DateTimeOffset now)
    {
        _waitingForWorkspace.Clear();
        return _pacer.Throttled(retryAfter, now);
    }
}
