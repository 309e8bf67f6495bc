namespace ThreadGrains.Ledger.Sql;

/// <summary>The next callback of a group: <see cref="ILedger.ReadCallback"/>.</summary>
internal sealed class CallbackReads(LedgerConnection connection)
{
    private const string HeadSql = """
        select c.id, c.activity, c.body, c.due_at, c.attempts, c.attempts - c.forgiven from callback c
         where c.group_id = @group and c.state = 'pending' order by c.sequence limit 1
        """;

    private readonly Statement _head = connection.Prepare(HeadSql);
    private IReadOnlyList<Statement>? _together;

    public CallbackHead? Head(Guid group)
    {
        _head.Set("@group", group);
        return connection.Together(_together ??= [_head], () => _head.One(row => new CallbackHead(
            Moment.FromMicroseconds(connection.Now), row.Id(0), row.Text(1), row.Text(2), row.At(3), row.Int32(4), row.Int32(5))));
    }
}
