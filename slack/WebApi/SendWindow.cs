namespace ThreadGrains.Slack.WebApi;

/// <summary>The two limits of a <see cref="SendWindow"/>; options so that tests can shorten them.</summary>
/// <param name="FirstByteWithin">The first byte leaves before this, or never. Default 9 s.</param>
/// <param name="CallWithin">The whole call has ended by then, with or without an answer. Default 10 s.</param>
public sealed record SendWindowLimits(TimeSpan FirstByteWithin, TimeSpan CallWithin)
{
    /// <summary>9 s and 10 s: the ledger's <c>not_after</c> is the claim's moment + 10 s.</summary>
    public static SendWindowLimits Default { get; } = new(TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(10));
}

/// <summary>
/// The time in which one claimed post may leave. Opened <b>before</b> the claim is sent to the ledger, so that our window
/// ends before the ledger's, whatever the claim took. Both clocks count: the monotonic one stands still while a machine is
/// suspended, the wall clock can be set back; the longer of the two elapsed times decides.
/// </summary>
public sealed class SendWindow
{
    private readonly TimeProvider _clock;
    private readonly SendWindowLimits _limits;
    private readonly long _timestamp;
    private readonly DateTimeOffset _wall;

    private SendWindow(TimeProvider clock, SendWindowLimits limits)
    {
        _clock = clock;
        _limits = limits;
        _timestamp = clock.GetTimestamp();
        _wall = clock.GetUtcNow();
    }

    /// <summary>Reads both clocks, now; the window has the default limits.</summary>
    public static SendWindow Open(TimeProvider clock) => new(clock, SendWindowLimits.Default);

    /// <summary>Reads both clocks, now.</summary>
    /// <exception cref="ArgumentException">The limits are not 0 &lt; first byte &lt;= call.</exception>
    public static SendWindow Open(TimeProvider clock, SendWindowLimits limits)
    {
        if (limits.FirstByteWithin <= TimeSpan.Zero || limits.CallWithin < limits.FirstByteWithin)
        {
            throw new ArgumentException("A send window needs 0 < FirstByteWithin <= CallWithin.", nameof(limits));
        }

        return new SendWindow(clock, limits);
    }

    /// <summary>Time since the window was opened, by the clock that shows more.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            var monotonic = _clock.GetElapsedTime(_timestamp);
            var wall = _clock.GetUtcNow() - _wall;
            return monotonic > wall ? monotonic : wall;
        }
    }

    /// <summary>True while a first byte may still leave.</summary>
    public bool AllowsFirstByte => Elapsed < _limits.FirstByteWithin;

    /// <summary>What is left for the whole call; zero or less: nothing.</summary>
    public TimeSpan CallTimeLeft => _limits.CallWithin - Elapsed;
}
