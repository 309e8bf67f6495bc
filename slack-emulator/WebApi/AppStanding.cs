namespace ThreadGrains.SlackEmulator.WebApi;

/// <summary>What the app was granted when it was installed, and how Slack's clock goes; both are knobs, the same for all workspaces.</summary>
internal sealed class AppStanding
{
    /// <summary>Everything that a method here asks for, and what apps of our kind have besides.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "chat:write", "chat:write.customize", "channels:history", "groups:history", "im:history", "mpim:history", "channels:read", "groups:read",
        "channels:join", "im:write", "users:read", "users:read.email", "metadata.message:read",
    ];

    private volatile IReadOnlyList<string> _scopes = All;
    private long _aheadTicks;

    public IReadOnlyList<string> Scopes
    {
        get => _scopes;
        set => _scopes = value;
    }

    /// <summary>How far the header <c>Date</c> is ahead of the real time.</summary>
    public TimeSpan ClockAhead
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _aheadTicks));
        set => Interlocked.Exchange(ref _aheadTicks, value.Ticks);
    }

    /// <summary>The scope that a call needs and was not granted; null: it may go on.</summary>
    /// <param name="method">Its scopes are one for each kind of channel, or a single one.</param>
    /// <param name="direct">The call is about a direct message, not about a public channel; there are no private ones here.</param>
    public string? Lacks(ApiMethod method, bool direct)
    {
        if (method.Scopes.Length == 0) return null;
        var needed = method.Scopes.Split(',');
        var one = needed.Length == 1 ? needed[0] : needed.First(scope => scope.StartsWith(direct ? "im:" : "channels:", StringComparison.Ordinal));
        return Scopes.Contains(one) ? null : one;
    }
}
