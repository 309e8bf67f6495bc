using ThreadGrains.CrashPoints.Running;

namespace ThreadGrains.CrashPoints.Tests;

/// <summary>The database does not answer, or the doubt is half resolved.</summary>
public sealed class Writing_results_in_doubt
{
    [Fact]
    public Task A_result_whose_commit_nobody_knows_of_is_written_again() =>
        Crash.IsOutlived(Story.Plain, "Settle:unanswered:2");

    [Fact]
    public Task A_doubt_that_was_looked_into_once_is_looked_into_again_by_the_next_owner() =>
        Crash.IsOutlived(Story.RequestLost, "StepDoubt:after:1");
}
