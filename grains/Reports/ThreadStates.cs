using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Reports;

/// <summary>What a thread's state is called, and why, from its row and from what is known of its channel.</summary>
internal static class ThreadStates
{
    /// <param name="thread">The row. It says that the thread is parked only once something of it has had to wait, and until that goes.</param>
    /// <param name="channelTrouble">Slack's error for which nothing can be posted in its channel; null: none is known.</param>
    public static (string State, string? Reason) Of(ThreadRow thread, string? channelTrouble)
    {
        if (thread.State == ThreadState.Closed)
        {
            return ("closed", thread.Reason);
        }

        bool waits = thread.Made > thread.Sent + thread.Dead + thread.Cancelled;
        return ((waits ? thread.Parked : null) ?? channelTrouble) is { } trouble ? ("parked", trouble)
            : (thread.State == ThreadState.Posting ? "posting" : "open", null);
    }
}
