namespace ThreadGrains.Ledger.Sql;

/// <summary>The columns of the contract's rows, and how they are read, side by side.</summary>
internal static class Rows
{
    public const string ThreadColumns = """
        t.id, t.group_id, t.workspace, t.channel, t.rule, t.open_period, t.ts, t.state, t.reason, t.registered_sequence, t.last_ts,
        t.adopted, t.looked_up, t.look_up_due_at, t.revision_wanted, t.revision_shown, t.edit_due_at,
        case when t.edit_open then t.edit_token end, t.edits_off, t.parked, t.parked_at, t.made, t.sent, t.dead, t.cancelled, t.probe_at,
        (select n.id from thread n where n.reposted_from = t.id)
        """;

    public static ThreadRow Thread(Statement row) => new(
        row.Id(0), row.Id(1), row.Text(2), row.Text(3), row.Text(4), row.Text(5), row.TextOrNull(6),
        Words.ThreadStateOf(row.Text(7)), row.TextOrNull(8), row.Int64(9), row.TextOrNull(10), row.Flag(11), row.Flag(12),
        row.AtOrNull(13), row.Int64(14), row.Int64(15), row.AtOrNull(16), row.IdOrNull(17), row.Flag(18), row.TextOrNull(19),
        row.AtOrNull(20), row.Int64(21), row.Int64(22), row.Int64(23), row.Int64(24)) { ProbeAt = row.AtOrNull(25), RepostedAs = row.IdOrNull(26) };

    public const string PostColumns = """
        p.id, p.thread_id, p.kind, p.state, p.epoch, p.claimed_at, p.not_after, p.read_from, p.slack_ts, p.known_end, p.read_at,
        p.absent_reads, p.doubt_since, p.verify_at, p.reason, p.restored
        """;

    /// <summary>The first column after a post's.</summary>
    public const int AfterPost = 16;

    public static PostRow Post(Statement row) => new(
        row.Id(0), row.Id(1), Words.PostKindOf(row.Text(2)), Words.PostStateOf(row.Text(3)), row.Int64(4), row.At(5), row.At(6),
        row.TextOrNull(7), row.TextOrNull(8), row.Flag(9), row.AtOrNull(10), row.Int32(11), row.AtOrNull(12), row.AtOrNull(13),
        row.TextOrNull(14), []) { Restored = row.Flag(15) };

    public const string DeliveryColumns = """
        d.id, d.position, d.kind, d.state, d.post_id, d.due_at, d.attempts, d.late, d.doubted, d.doubt_post,
        a.sequence, a.kind, a.sender_id, a.type, a.actor, a.data, a.deliveries, a.accepted_at, a.occurred_at, a.trace,
        d.broadcast, d.reason
        """;

    public static DeliveryRow Delivery(Statement row) => new(
        row.Id(0), row.Int64(1), Words.DeliveryKindOf(row.Text(2)), Words.DeliveryStateOf(row.Text(3)), row.IdOrNull(4), row.At(5),
        row.Int32(6), row.Flag(7), row.Flag(8), row.IdOrNull(9),
        new ActivityRow(row.Int64(10), row.Text(11), row.Text(12), row.Text(13), row.TextOrNull(14), row.TextOrNull(15),
            row.Int32(16), row.At(17), row.AtOrNull(18)) { Trace = row.TextOrNull(19) })
    {
        Broadcast = row.Flag(20),
        Reason = row.TextOrNull(21),
    };

    public static DeliveryReport Report(Statement row) => new(
        row.Id(0), row.Text(1), row.Text(2), Words.DeliveryKindOf(row.Text(3)), row.TextOrNull(4), row.TextOrNull(5), row.TextOrNull(6),
        row.Int64(7), Words.DeliveryStateOf(row.Text(8)), row.Int32(9), row.Flag(10), row.IdOrNull(11), row.TextOrNull(12),
        row.TextOrNull(13));
}
