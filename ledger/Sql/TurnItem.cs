namespace ThreadGrains.Ledger.Sql;

/// <summary>The commit of a turn.</summary>
internal sealed class TurnItem(Turn turn, CancellationToken cancellation) : WriteItem<TurnOutcome>(
    Touch.Group(turn.Fence.Group), session => session.Turns.Commit(turn), error => new TurnOutcome.Unavailable(error),
    error => new TurnOutcome.Unknown(error), error => new TurnOutcome.Refused(error), cancellation)
{
    public override Turn Turn => turn;

    /// <summary>It was written together with others.</summary>
    public void Take(TurnOutcome outcome) => Decide(outcome);
}
