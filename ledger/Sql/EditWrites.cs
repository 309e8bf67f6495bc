namespace ThreadGrains.Ledger.Sql;

/// <summary>
/// Edits of parents: <see cref="ILedger.ClaimEdit"/>, <see cref="ILedger.SettleEdit"/>. While an edit is in flight
/// <c>edit_due_at</c> is the moment at which it counts as lost, so that one condition covers both.
/// </summary>
internal sealed class EditWrites(WriteSession session)
{
    private const string ClaimSql = """
        update thread
           set edit_token = @token, edit_open = true, edit_due_at = @lostAt
         where id = @thread and group_id = @group and state = 'open' and ts is not null
           and not adopted                                           -- somebody else's message
           and not edits_off
           and revision_wanted > revision_shown
           and edit_due_at <= @now                                   -- due, and none in flight
        returning revision_wanted, ts
        """;

    private const string ShowSql = """
        select g.status, g.assignee, g.details, i.facts from issue_group g join issue i on i.group_id = g.id where g.id = @group
        """;

    private const string FindSql = "select id, edit_open from thread where edit_token = @token";

    private const string ShownSql = """
        update thread
           set edit_open = false, revision_shown = greatest(revision_shown, @revision),
               edit_due_at = case when state = 'open' and not edits_off and revision_wanted > greatest(revision_shown, @revision) then @now end
         where id = @thread
        """;

    private const string AgainSql = """
        update thread set edit_open = false, edit_due_at = case when state = 'open' and not edits_off then @dueAt end where id = @thread
        """;

    private const string OffSql = "update thread set edit_open = false, edits_off = true, edit_due_at = null where id = @thread";

    private readonly Statement _claim = session.Connection.Prepare(ClaimSql);
    private readonly Statement _show = session.Connection.Prepare(ShowSql);
    private readonly Statement _find = session.Connection.Prepare(FindSql);
    private readonly Statement _shown = session.Connection.Prepare(ShownSql);
    private readonly Statement _again = session.Connection.Prepare(AgainSql);
    private readonly Statement _off = session.Connection.Prepare(OffSql);

    public Decision<EditClaimOutcome> Claim(Fence fence, Guid thread, Guid token, TimeSpan window)
    {
        if (!session.Fencing.Pass(fence))
        {
            return Decision<EditClaimOutcome>.Dropping(new EditClaimOutcome.Not(WriteOutcome.Fenced));
        }

        long now = session.Now;
        long notAfter = now + Moment.Microseconds(window);
        _claim.Set("@thread", thread).Set("@group", fence.Group).Set("@token", token).Set("@now", now)
            .Set("@lostAt", notAfter + Moment.Microseconds(session.Times.EditGrace));
        if (!_claim.Step())
        {
            return Decision<EditClaimOutcome>.Dropping(new EditClaimOutcome.Not(WriteOutcome.NotPossible));
        }

        var (revision, ts) = (_claim.Int64(0), _claim.Text(1));
        _claim.Reset();
        var (state, issue) = _show.Set("@group", fence.Group).One(row => Tuple.Create(
            new GroupState(row.Text(0), row.TextOrNull(1), row.Text(2)), row.Text(3)))!;
        session.Wake.Recompute(thread);
        return Decision<EditClaimOutcome>.Keeping(
            new EditClaimOutcome.Claimed(revision, ts, Moment.FromMicroseconds(notAfter), state, issue));
    }

    public Decision<WriteOutcome> Settle(Guid token, EditResult result)
    {
        if (!_find.Set("@token", token).Step())
        {
            return Decision<WriteOutcome>.Dropping(WriteOutcome.NotPossible);    // lost, and claimed anew since
        }

        var (thread, open) = (_find.Id(0), _find.Flag(1));
        _find.Reset();
        if (!open)
        {
            return Decision<WriteOutcome>.Dropping(WriteOutcome.Done);
        }

        Write(thread, result, session.Now);
        session.Wake.Recompute(thread);
        return Decision<WriteOutcome>.Keeping(WriteOutcome.Done);
    }

    private void Write(Guid thread, EditResult result, long now)
    {
        switch (result)
        {
            case EditResult.Shown shown:
                _shown.Set("@thread", thread).Set("@revision", shown.Revision).Set("@now", now).Run();
                break;
            case EditResult.TryAgain again:
                _again.Set("@thread", thread).Set("@dueAt", again.DueAt).Run();
                break;
            case EditResult.Off:
                _off.Set("@thread", thread).Run();
                break;
            case EditResult.ParentGone gone:
                _off.Set("@thread", thread).Run();
                session.Reposts.Close(thread, "parent_gone", gone.Repost, null, now);
                break;
            default:
                throw new ArgumentException($"No rule for the result {result.GetType().Name}.");
        }
    }
}
