using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Reports;

/// <summary>The state that the API shows for a thread, and its reason, from the thread's row and its channel's health.</summary>
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
