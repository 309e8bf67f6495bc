using ThreadGrains.CrashPoints.Running;

namespace ThreadGrains.CrashPoints.Tests;

/// <summary>On PostgreSQL, with a second silo that lives on.</summary>
public sealed class Taking_over
{
    [Fact]
    public Task Another_silo_looks_for_what_a_dead_one_had_claimed_and_sends_it() =>
        Crash.IsOutlived(Story.Plain, "Claim:after:2", NextOwner.OtherOnPostgreSql);

    [Fact]
    public Task Another_silo_finds_what_Slack_stored_for_a_dead_one() =>
        Crash.IsOutlived(Story.Plain, "chat.postMessage:after:2", NextOwner.OtherOnPostgreSql);
}
