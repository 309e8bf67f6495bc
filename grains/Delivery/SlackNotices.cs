using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Delivery;

/// <summary>Logs and counts what Slack says beside its answers.</summary>
internal sealed partial class SlackNotices
{
    /// <summary>Warnings that Slack is known to give; all others count as one.</summary>
    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        StringComparer.Ordinal, SlackNotice.MetadataLost, SlackNotice.Truncated, "missing_charset", "superfluous_charset", "already_in_channel", "missing_text_in_message");

    private readonly Counter<long> _warnings;
    private readonly ILogger<SlackNotices> _logger;

    public SlackNotices(IMeterFactory meters, ILogger<SlackNotices> logger)
    {
        _logger = logger;
        _warnings = meters.Create(ProductTelemetry.Name).CreateCounter<long>(
            "threadgrains.slack.warnings", "{warning}", "What Slack warned of in its answers, by method and warning");
    }

    public void Noticed(SlackNotice notice)
    {
        foreach (string warning in notice.Warnings)
        {
            Count(notice.Method, Known.Contains(warning) ? warning : "other");
        }

        if (notice.Messages.Count > 0)
        {
            Count(notice.Method, "message");
        }

        if (notice.Warnings.Count > 0 || notice.Messages.Count > 0)
        {
            LogSaid(notice.Warnings.Any(SlackNotice.IsSerious) ? LogLevel.Warning : LogLevel.Information, notice.Method, string.Join(',', notice.Warnings), string.Join("; ", notice.Messages));
        }

        if (notice.Missing is { } missing)
        {
            Count(notice.Method, "missing_scope");
            LogMissingScope(notice.Method, missing.Needed, missing.Provided);
        }
    }

    private void Count(string method, string warning) =>
        _warnings.Add(1, new KeyValuePair<string, object?>("method", method), new KeyValuePair<string, object?>("warning", warning));

    [LoggerMessage(EventName = "slack_warned", Message = "Slack says of a call of {Method}: {Warnings} {Messages}")]
    private partial void LogSaid(LogLevel level, string method, string warnings, string messages);

    [LoggerMessage(EventName = "missing_scope", Level = LogLevel.Warning,
        Message = "Slack refuses {Method}: it needs the scope {Needed}, and the token has {Provided}. Add it to the app and install it again")]
    private partial void LogMissingScope(string method, string needed, string provided);
}
