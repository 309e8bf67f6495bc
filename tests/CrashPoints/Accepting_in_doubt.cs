using ThreadGrains.CrashPoints.Running;

namespace ThreadGrains.CrashPoints.Tests;

/// <summary>Nobody dies; the database does not answer.</summary>
public sealed class Accepting_in_doubt
{
    [Fact]
    public Task An_activity_whose_commit_nobody_knows_of_counts_once() =>
        Crash.IsOutlived(Story.Plain, "CommitTurn:unanswered:2");

    [Fact]
    public Task A_claim_whose_commit_nobody_knows_of_is_given_back_and_the_post_is_made_once() =>
        Crash.IsOutlived(Story.Plain, "Claim:unanswered:2");
}
