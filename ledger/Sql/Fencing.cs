namespace ThreadGrains.Ledger.Sql;

/// <summary>The fence before every write of an owner but the turn, which carries it in its own update of the group.</summary>
internal sealed class Fencing(LedgerConnection connection)
{
    private const string HoldSql = """
        select 1 from issue_group
         where id = @group and epoch = @epoch and owner = @owner     -- another owner has taken over: no row
        """;

    private const string TakeOverSql = """
        update issue_group set epoch = epoch + 1, owner = @owner
         where id = @group and epoch = @epoch                        -- somebody else was quicker: no row
        """;

    private readonly Statement _hold = connection.Prepare(HoldSql);
    private readonly Statement _takeOver = connection.Prepare(TakeOverSql);

    /// <returns>False: not the owner (any more). Taking over is undone with the rest if the write turns out not to be possible.</returns>
    public bool Pass(Fence fence)
    {
        if (fence.TakeOver)
        {
            return _takeOver.Set("@group", fence.Group).Set("@epoch", fence.Epoch).Set("@owner", fence.Owner).Run() == 1;
        }

        bool holds = _hold.Set("@group", fence.Group).Set("@epoch", fence.Epoch).Set("@owner", fence.Owner).Step();
        _hold.Reset();
        return holds;
    }
}
