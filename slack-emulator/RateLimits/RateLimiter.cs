using ThreadGrains.SlackEmulator.WebApi;

namespace ThreadGrains.SlackEmulator.RateLimits;

/// <summary>Decides which calls Slack would refuse with 429. A refused call uses up nothing.</summary>
internal sealed class RateLimiter(TimeProvider clock)
{
    /// <summary>
    /// Posts that a quiet channel takes at once: the one of this second and three more. Slack documents no figure ("short bursts
    /// are allowed"); a client that itself allows a burst of three must not be refused for the jitter of the network.
    /// </summary>
    private const int ChannelBurst = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Team, string Channel), TokenBucket> _channels = [];
    private readonly Dictionary<(string Team, string Method), MinuteWindow> _minutes = [];
    private LimitSettings _settings = new();

    public LimitSettings Settings
    {
        get
        {
            lock (_gate) return _settings;
        }
        set
        {
            lock (_gate)
            {
                _settings = value;
                _channels.Clear();
                _minutes.Clear();
            }
        }
    }

    /// <param name="method">The method called.</param>
    /// <param name="team">In which workspace.</param>
    /// <param name="channel">Into which channel, for posts; null for a channel that does not exist.</param>
    /// <returns>The whole seconds to wait, at least 1; or null: the call is let through.</returns>
    public int? Refuse(ApiMethod method, string team, string? channel)
    {
        lock (_gate)
        {
            var now = clock.GetTimestamp();
            if (method.Limit != Limit.Posting)
                return Minute(team, method.Name, PerMinute(method.Limit)) is { } window ? Take(window.Wait(now), () => window.Take(now)) : null;
            if (channel is null) return null;

            var bucket = _settings.ChannelPerSecond > 0 ? Bucket(team, channel) : null;
            var workspace = Minute(team, method.Name, _settings.WorkspacePerMinute);
            var wait = TimeSpan.FromTicks(Math.Max((bucket?.Wait(now) ?? TimeSpan.Zero).Ticks, (workspace?.Wait(now) ?? TimeSpan.Zero).Ticks));
            return Take(wait, () =>
            {
                bucket?.Take(now);
                workspace?.Take(now);
            });
        }
    }

    private int PerMinute(Limit limit) => limit switch
    {
        Limit.Reading => _settings.RepliesPerMinute,
        Limit.ReadingOften => 2 * _settings.RepliesPerMinute,
        Limit.ReadingFreely => 12 * _settings.RepliesPerMinute,
        Limit.Updating => _settings.UpdatesPerMinute,
        Limit.UpdatingOften => 2 * _settings.UpdatesPerMinute,
        _ => throw new ArgumentOutOfRangeException(nameof(limit), limit, null),
    };

    private static int? Take(TimeSpan wait, Action take)
    {
        if (wait > TimeSpan.Zero) return Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        take();
        return null;
    }

    private TokenBucket Bucket(string team, string channel)
    {
        if (!_channels.TryGetValue((team, channel), out var bucket))
            _channels.Add((team, channel), bucket = new TokenBucket(clock, _settings.ChannelPerSecond, ChannelBurst));
        return bucket;
    }

    private MinuteWindow? Minute(string team, string method, int perMinute)
    {
        if (perMinute == 0) return null;
        if (!_minutes.TryGetValue((team, method), out var window)) _minutes.Add((team, method), window = new MinuteWindow(clock, perMinute));
        return window;
    }
}
