using ThreadGrains.CrashPoints.Running;

namespace ThreadGrains.CrashPoints.Tests;

/// <summary>The second claim of the story is the first reply's.</summary>
public sealed class Claiming
{
    [Fact]
    public Task A_post_that_was_claimed_and_never_sent_is_looked_for_twice_and_sent() =>
        Crash.IsOutlived(Story.Plain, "Claim:after:2");

    [Fact]
    public Task Half_a_request_is_no_message_and_is_sent_again() =>
        Crash.IsOutlived(Story.Plain, "chat.postMessage:half:2");
}
