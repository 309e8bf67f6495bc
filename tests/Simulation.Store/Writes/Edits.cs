using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Store.Rows;

namespace ThreadGrains.Simulation.Store.Writes;

/// <summary><see cref="ILedger.ClaimEdit"/> and <see cref="ILedger.SettleEdit"/>.</summary>
/// <param name="tables">The rows.</param>
/// <param name="closing">Ends threads.</param>
/// <param name="grace">How long after the end of its window an edit counts as in flight when nobody wrote its result.</param>
internal sealed class Edits(MemoryTables tables, Closing closing, TimeSpan grace)
{
    /// <exception cref="ArgumentException">The token is that of another thread's edit.</exception>
    public EditClaimOutcome Claim(Fence fence, Guid id, Guid token, TimeSpan window, DateTimeOffset now)
    {
        if (tables.Admitted(fence) is not { } group)
        {
            return new EditClaimOutcome.Not(WriteOutcome.Fenced);
        }

        if (tables.Threads.GetValueOrDefault(id) is not { Ts: { } ts, IsEditable: true } thread || thread.Group != group
            || thread.RevisionWanted <= thread.RevisionShown || !(thread.EditDueAt <= now))
        {
            return new EditClaimOutcome.Not(WriteOutcome.NotPossible);
        }

        if (tables.Edits.TryGetValue(token, out var other) && other != thread)
        {
            throw new ArgumentException("The token is that of another thread's edit.");
        }

        if (thread.EditToken is { } former)
        {
            tables.Edits.Remove(former);
        }

        tables.Edits.Add(token, thread);
        thread.EditToken = token;
        thread.EditOpen = true;
        var notAfter = now + window.Whole();
        thread.EditDueAt = notAfter + grace;
        group.Take(fence);
        thread.RenewWake();
        return new EditClaimOutcome.Claimed(thread.RevisionWanted, ts, notAfter, group.State, group.Issue);
    }

    public WriteOutcome Settle(Guid token, EditResult result, DateTimeOffset now)
    {
        if (!tables.Edits.TryGetValue(token, out var thread))
        {
            return WriteOutcome.NotPossible;                           // lost, and claimed anew since
        }

        if (thread.EditOpen)
        {
            Write(thread, result, now);
            thread.EditOpen = false;
            thread.RenewWake();
        }

        return WriteOutcome.Done;
    }

    private void Write(ThreadEntry thread, EditResult result, DateTimeOffset now)
    {
        switch (result)
        {
            case EditResult.Shown shown:
                thread.RevisionShown = Math.Max(thread.RevisionShown, shown.Revision);
                thread.EditDueAt = thread.IsEditable && thread.RevisionWanted > thread.RevisionShown ? now : null;
                break;
            case EditResult.TryAgain again:
                thread.EditDueAt = thread.IsEditable ? again.DueAt.Whole() : null;
                break;
            case EditResult.Off:
                TurnOff(thread);
                break;
            case EditResult.ParentGone gone:
                var repost = closing.Applicable(thread, gone.Repost, now);
                TurnOff(thread);
                closing.Close(thread, "parent_gone", now, repost);
                break;
            default:
                throw new ArgumentException($"No rule for the result {result.GetType().Name}.");
        }
    }

    private static void TurnOff(ThreadEntry thread)
    {
        thread.EditsOff = true;
        thread.EditDueAt = null;
    }
}
