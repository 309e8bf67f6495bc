using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using ThreadGrains.Grains.Delivery;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Tests.Reports;

/// <summary>What Slack says beside its answers is logged and counted.</summary>
public sealed class What_Slack_warns_of : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeLogger<SlackNotices> _log = new();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void A_warning_is_counted_by_method_and_by_a_word_of_a_closed_set()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        using var counted = new MetricCollector<long>(meters, ProductTelemetry.Name, "threadgrains.slack.warnings");
        var notices = new SlackNotices(meters, _log);
        notices.Noticed(new SlackNotice("chat.postMessage", ["message_truncated", "a_word_of_tomorrow"], ["[WARN] x"], null));
        notices.Noticed(new SlackNotice("users.info", [], [], new MissingScope("users:read", "chat:write")));
        Assert.Equal(
            ["chat.postMessage message_truncated", "chat.postMessage other", "chat.postMessage message", "users.info missing_scope"],
            counted.GetMeasurementSnapshot().Select(one => $"{one.Tags["method"]} {one.Tags["warning"]}"));
    }

    [Theory]
    [InlineData("message_truncated", LogLevel.Warning)]
    [InlineData("invalid_metadata_schema", LogLevel.Warning)]
    [InlineData("already_in_channel", LogLevel.Information)]
    public void What_says_that_something_was_lost_is_a_warning_in_the_log(string warning, LogLevel level)
    {
        new SlackNotices(_services.GetRequiredService<IMeterFactory>(), _log).Noticed(new SlackNotice("chat.postMessage", [warning], [], null));
        Assert.Equal((level, "slack_warned"), (_log.LatestRecord.Level, _log.LatestRecord.Id.Name));
        Assert.Contains(warning, _log.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_scope_is_logged_with_what_is_needed_and_provided()
    {
        new SlackNotices(_services.GetRequiredService<IMeterFactory>(), _log).Noticed(new SlackNotice("users.info", [], [], new MissingScope("users:read", "chat:write")));
        Assert.Equal((LogLevel.Warning, "missing_scope"), (_log.LatestRecord.Level, _log.LatestRecord.Id.Name));
        Assert.Contains("users:read", _log.LatestRecord.Message, StringComparison.Ordinal);
        Assert.Contains("chat:write", _log.LatestRecord.Message, StringComparison.Ordinal);
    }
}
