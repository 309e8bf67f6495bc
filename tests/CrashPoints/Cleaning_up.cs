using ThreadGrains.CrashPoints.Running;

namespace ThreadGrains.CrashPoints.Tests;

/// <summary>What must go from Slack is written down before it goes.</summary>
public sealed class Cleaning_up
{
    [Fact]
    public Task An_orphan_that_was_written_down_is_deleted_by_the_next_owner() =>
        Crash.IsOutlived(Story.ParentGone, "Settle:after:2");

    [Fact]
    public Task A_second_copy_that_was_seen_is_deleted_by_the_next_owner() =>
        Crash.IsOutlived(Story.LateCopy, "Observe:after:1");
}
