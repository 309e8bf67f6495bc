using ThreadGrains.Grains.Reports;
using ThreadGrains.Grains.Tests.Delivery;

namespace ThreadGrains.Grains.Tests.Reports;

/// <summary>The state of a thread as others see it.</summary>
public sealed class What_threads_are_called
{
    [Theory]
    [InlineData(ThreadState.Open, null, 0, null, "open", null)]
    [InlineData(ThreadState.Posting, null, 1, null, "posting", null)]
    [InlineData(ThreadState.Open, null, 0, "is_archived", "parked", "is_archived")]
    [InlineData(ThreadState.Open, null, 1, "not_in_channel", "parked", "not_in_channel")]
    [InlineData(ThreadState.Posting, null, 1, "channel_not_found", "parked", "channel_not_found")]
    [InlineData(ThreadState.Open, "token_revoked", 1, null, "parked", "token_revoked")]
    [InlineData(ThreadState.Open, "token_revoked", 1, "is_archived", "parked", "token_revoked")]
    [InlineData(ThreadState.Open, "is_archived", 0, null, "open", null)]
    [InlineData(ThreadState.Closed, null, 0, "is_archived", "closed", "parent_gone")]
    public void It_is_parked_as_soon_as_its_channel_is_in_trouble(ThreadState state, string? parked, int waiting, string? trouble, string expected, string? reason)
    {
        var thread = Given.Thread with { State = state, Parked = parked, Made = 3 + waiting, Sent = 1, Dead = 1, Cancelled = 1, Reason = state == ThreadState.Closed ? "parent_gone" : null };
        Assert.Equal((expected, reason), ThreadStates.Of(thread, trouble));
    }
}
