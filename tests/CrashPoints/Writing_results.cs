using ThreadGrains.CrashPoints.Running;

namespace ThreadGrains.CrashPoints.Tests;

/// <summary>Slack has answered.</summary>
public sealed class Writing_results
{
    [Fact]
    public Task A_post_whose_result_was_not_written_is_found_and_not_sent_again() =>
        Crash.IsOutlived(Story.Plain, "Settle:before:2");

    [Fact]
    public Task A_post_whose_result_was_written_is_over() =>
        Crash.IsOutlived(Story.Plain, "Settle:after:2");
}
