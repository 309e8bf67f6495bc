using ThreadGrains.CrashPoints.Running;

namespace ThreadGrains.CrashPoints.Tests;

/// <summary>The second accept of the story is the first activity.</summary>
public sealed class Accepting
{
    [Fact]
    public Task An_activity_whose_commit_never_came_has_left_nothing_and_is_sent_again() =>
        Crash.IsOutlived(Story.Plain, "CommitTurn:before:2");

    [Fact]
    public Task An_activity_whose_receipt_was_never_sent_is_posted_once_although_it_is_sent_again() =>
        Crash.IsOutlived(Story.Plain, "CommitTurn:after:2");
}
