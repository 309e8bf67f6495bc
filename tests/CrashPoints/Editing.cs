using ThreadGrains.CrashPoints.Running;

namespace ThreadGrains.CrashPoints.Tests;

/// <summary>The announcement is to show that the issue is resolved.</summary>
public sealed class Editing
{
    [Fact]
    public Task An_edit_that_was_claimed_and_never_sent_is_made_by_the_next_owner() =>
        Crash.IsOutlived(Story.Edited, "ClaimEdit:after:1");

    [Fact]
    public Task An_edit_that_Slack_stored_for_a_dead_process_is_made_again() =>
        Crash.IsOutlived(Story.Edited, "chat.update:after:1");
}
