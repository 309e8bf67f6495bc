namespace ThreadGrains.SlackEmulator.RateLimits;

/// <summary>The limits in force; 0: no limit. The defaults are Slack's ("Rate limits"; those of posting are given there in words only).</summary>
internal sealed record LimitSettings
{
    /// <summary>chat.postMessage into one channel, a second.</summary>
    public double ChannelPerSecond { get; init; } = 1;

    /// <summary>chat.postMessage into all channels of a workspace, a minute: "several hundred".</summary>
    public int WorkspacePerMinute { get; init; } = 300;

    /// <summary>
    /// Tier 3 for reading, for conversations.replies, .history, .info and .join each, a minute. users.info has twice that (tier 4),
    /// auth.test and chat.getPermalink twelve times (Slack: "hundreds").
    /// </summary>
    public int RepliesPerMinute { get; init; } = 50;

    /// <summary>Tier 3 for writing, for chat.update and chat.delete each, a minute. chat.postEphemeral and views.* have twice that (tier 4).</summary>
    public int UpdatesPerMinute { get; init; } = 50;

    public string? Check() =>
        ChannelPerSecond < 0 || double.IsNaN(ChannelPerSecond) || WorkspacePerMinute < 0 || RepliesPerMinute < 0 || UpdatesPerMinute < 0
            ? "a limit must not be negative; 0 means no limit"
            : null;
}
