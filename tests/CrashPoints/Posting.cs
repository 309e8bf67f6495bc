using ThreadGrains.CrashPoints.Running;

namespace ThreadGrains.CrashPoints.Tests;

/// <summary>Slack has the message, and the process that sent it is gone.</summary>
public sealed class Posting
{
    [Fact]
    public Task A_reply_that_Slack_stored_for_a_dead_process_is_found_and_not_sent_again() =>
        Crash.IsOutlived(Story.Plain, "chat.postMessage:after:2");

    [Fact]
    public Task An_announcement_that_Slack_stored_for_a_dead_process_is_found_and_not_sent_again() =>
        Crash.IsOutlived(Story.Plain, "chat.postMessage:after:1");
}
