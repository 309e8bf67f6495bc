namespace ThreadGrains.SlackEmulator.RateLimits;

/// <summary>Slack's limits; 0: none. The defaults are what Slack documents or is seen to do.</summary>
internal sealed record LimitSettings(double ChannelPerSecond = 1, double WorkspacePerMinute = 300, double RepliesPerMinute = 50, double UpdatesPerMinute = 50);

/// <summary>
/// Slack's rate limits as token buckets: posts per channel (1/s, short bursts of up to five tolerated) and per workspace,
/// reads and updates per workspace and method.
/// </summary>
internal sealed class Limits
{
    private const double ChannelBurst = 5;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (double Tokens, DateTimeOffset At)> _buckets = [];
    private LimitSettings _settings = new();

    public LimitSettings Settings
    {
        get => _settings;
        set
        {
            lock (_lock)
            {
                _settings = value;
                _buckets.Clear();
            }
        }
    }

    /// <summary>Takes one call. Null: it may go; else whole seconds after which it may.</summary>
    public int? Take(string method, string team, string? channel)
    {
        lock (_lock)
        {
            var now = DateTimeOffset.UtcNow;
            return method switch
            {
                "chat.postMessage" => Take($"{team}/{channel}", _settings.ChannelPerSecond, ChannelBurst, now)
                    ?? Take(team, _settings.WorkspacePerMinute / 60, _settings.WorkspacePerMinute, now),
                "conversations.replies" or "conversations.history" => Take($"{team}:{method}", _settings.RepliesPerMinute / 60, _settings.RepliesPerMinute, now),
                "chat.update" or "chat.delete" => Take($"{team}:{method}", _settings.UpdatesPerMinute / 60, _settings.UpdatesPerMinute, now),
                _ => null,
            };
        }
    }

    private int? Take(string key, double perSecond, double burst, DateTimeOffset now)
    {
        if (perSecond <= 0)
        {
            return null;
        }

        var (tokens, at) = _buckets.GetValueOrDefault(key, (burst, now));
        tokens = Math.Min(burst, tokens + ((now - at).TotalSeconds * perSecond));
        if (tokens >= 1)
        {
            _buckets[key] = (tokens - 1, now);
            return null;
        }

        _buckets[key] = (tokens, now);
        return Math.Max(1, (int)Math.Ceiling((1 - tokens) / perSecond));
    }
}
