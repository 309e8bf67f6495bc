namespace ThreadGrains.Ledger.Sql;

/// <summary>The end of a thread: nothing more is posted, what waits is cancelled, a post in flight ends by its own evidence.</summary>
internal sealed class ClosingWrites(LedgerConnection connection, EndedDeliveries ended)
{
    /// <summary>Reasons that no operator can mend: such a thread is never opened again.</summary>
    public const string ForGood = "('parent_gone', 'moved', 'message_taken')";

    private const string CloseSql = """
        update thread
           set state = 'closed', reason = @reason, closed_at = @now,
               closed_sequence = (select g.next_sequence - 1 from issue_group g where g.id = thread.group_id),
               edit_due_at = null, look_up_due_at = null, parked = null, parked_at = null, probe_at = null
         where id = @thread and state <> 'closed'
        """;

    // Whoever opened it again would have its replies land in the channel, one after another.
    private const string GoneSql = $"update thread set reason = 'parent_gone' where id = @thread and state = 'closed' and reason not in {ForGood}";

    private const string CancelSql = """
        update delivery set state = 'cancelled', reason = @reason, finished_at = @now
         where thread_id = @thread and state = 'pending' and state in ('pending', 'sending', 'in_doubt')
        """;

    private const string CountSql = "update thread set cancelled = cancelled + @cancelled where id = @thread";

    private readonly Statement _close = connection.Prepare(CloseSql);
    private readonly Statement _gone = connection.Prepare(GoneSql);
    private readonly Statement _cancel = connection.Prepare(CancelSql);
    private readonly Statement _count = connection.Prepare(CountSql);

    /// <summary>
    /// Closes the thread; one that is closed keeps its first reason, unless its parent turns out to be gone. What waits is cancelled with
    /// that reason, or one of its own. The caller recomputes when it wakes.
    /// </summary>
    public void Close(Guid thread, string reason, long now, string? waiting = null)
    {
        if (_close.Set("@thread", thread).Set("@reason", reason).Set("@now", now).Run() == 0)
        {
            if (reason == "parent_gone")
            {
                _gone.Set("@thread", thread).Run();
            }

            return;
        }

        int cancelled = _cancel.Set("@thread", thread).Set("@reason", waiting ?? reason).Set("@now", now).Run();
        if (cancelled > 0)
        {
            _count.Set("@thread", thread).Set("@cancelled", cancelled).Run();
            ended.Add(0, 0, cancelled);
        }
    }
}
