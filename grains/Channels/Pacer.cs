using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Channels;

/// <summary>
/// Spaces calls evenly with a small burst (the generic cell rate algorithm), fairly among those who ask: each asker holds
/// at most one place, and places are given in the order of asking. Obeys a limiter's answer at once and learns from it,
/// but only below the configured rate. Plain and without a clock, so that the simulation runs this very class.
/// </summary>
internal sealed class Pacer
{
    private const double SlowDown = 1.5;
    private const double SlowestFactor = 8;
    private const double SpeedUp = 0.98;

    private readonly TimeSpan _configuredSpacing;
    private readonly int _burst;
    private readonly Dictionary<string, DateTimeOffset> _places = [];
    private TimeSpan _spacing;
    private readonly LimitedPause _pause = new();
    private DateTimeOffset _nextFree = DateTimeOffset.UnixEpoch;
    private DateTimeOffset _lastCall = DateTimeOffset.UnixEpoch;

    /// <param name="perSecond">Calls per second; 0: no limit.</param>
    /// <param name="burst">How many may go at once after a quiet time; at least 1.</param>
    public Pacer(double perSecond, int burst)
    {
        _configuredSpacing = perSecond > 0 ? TimeSpan.FromSeconds(1 / perSecond) : TimeSpan.Zero;
        _spacing = _configuredSpacing;
        _burst = Math.Max(1, burst);
    }

    /// <summary>Nothing goes before this moment: a limiter said so.</summary>
    public DateTimeOffset PausedUntil { get; private set; } = DateTimeOffset.UnixEpoch;

    /// <summary>Askers that hold a place in the future.</summary>
    public int Waiting => _places.Count;

    /// <summary>Takes the asker's turn if it has come.</summary>
    /// <returns>Null: it may go now. Else the moment at which to ask again; its place is kept.</returns>
    public DateTimeOffset? Take(string asker, DateTimeOffset now)
    {
        if (now < PausedUntil)
        {
            return PausedUntil;
        }

        if (!_places.TryGetValue(asker, out var place))
        {
            place = Reserve(now);
        }

        if (place <= now)
        {
            _places.Remove(asker);
            _lastCall = now;
            ForgetAbsentees(now);
            return null;
        }

        _places[asker] = place;
        return place;
    }

    /// <summary>
    /// The limiter refused a call: nothing goes for a while, and the pace falls. A refused call counts against the limit like any
    /// other, so that the next one does not go sooner than after one that was taken.
    /// </summary>
    /// <param name="retryAfter">What the limiter demands; null: it gave no number.</param>
    /// <param name="now">The moment.</param>
    /// <returns>How long nothing goes.</returns>
    public TimeSpan Throttled(TimeSpan? retryAfter, DateTimeOffset now)
    {
        var until = now + _pause.Refused(retryAfter, now);
        if (until <= PausedUntil)
        {
            return PausedUntil - now;
        }

        _places.Clear();
        _spacing = TimeSpan.FromTicks(Math.Min((long)(_spacing.Ticks * SlowDown), (long)(_configuredSpacing.Ticks * SlowestFactor)));
        PausedUntil = until > _lastCall + _spacing ? until : _lastCall + _spacing;
        _nextFree = PausedUntil + ((_burst - 1) * _spacing);
        return PausedUntil - now;
    }

    /// <summary>A call went through: the pace returns towards the configured one.</summary>
    public void Succeeded()
    {
        _pause.Succeeded();
        _spacing = TimeSpan.FromTicks(Math.Max((long)(_spacing.Ticks * SpeedUp), _configuredSpacing.Ticks));
    }

    private DateTimeOffset Reserve(DateTimeOffset now)
    {
        var earliest = _nextFree - ((_burst - 1) * _spacing);
        var place = earliest > now ? earliest : now;
        _nextFree = (_nextFree > now ? _nextFree : now) + _spacing;
        return place;
    }

    /// <summary>An asker that did not come for its place (its thread was closed, its silo died) does not keep it for ever.</summary>
    private void ForgetAbsentees(DateTimeOffset now)
    {
        if (_places.Count < 64)
        {
            return;
        }

        foreach (var (asker, place) in _places.Where(held => held.Value < now - TimeSpan.FromMinutes(1)).ToList())
        {
            _places.Remove(asker);
        }
    }
}
