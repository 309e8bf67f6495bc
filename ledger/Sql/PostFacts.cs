namespace ThreadGrains.Ledger.Sql;

/// <summary>A post with what a write about it has to know of its thread.</summary>
internal sealed record PostFacts(
    Guid Id, Guid Thread, PostKind Kind, PostState State, string? Ending, string? SlackTs, long NotAfter, int AbsentReads,
    long? Revision, Guid Group, string Workspace, string Channel, bool ThreadIsClosed, string? ThreadReason, bool WasInDoubt)
{
    /// <summary>Its outcome is open.</summary>
    public bool IsInFlight => State is PostState.Sending or PostState.InDoubt;

    public const string Sql = """
        select p.id, p.thread_id, p.kind, p.state, p.ending, p.slack_ts, p.not_after, p.absent_reads, p.revision,
               t.group_id, t.workspace, t.channel, t.state = 'closed', t.reason, p.doubt_since is not null
          from post p join thread t on t.id = p.thread_id
         where p.id = @post
        """;

    public static PostFacts Read(Statement row) => new(
        row.Id(0), row.Id(1), Words.PostKindOf(row.Text(2)), Words.PostStateOf(row.Text(3)), row.TextOrNull(4), row.TextOrNull(5),
        row.Int64(6), row.Int32(7), row.IsNull(8) ? null : row.Int64(8), row.Id(9), row.Text(10), row.Text(11), row.Flag(12),
        row.TextOrNull(13), row.Flag(14));
}

/// <summary>How a post ended, beside its state: so that the same result again is known as the same.</summary>
internal static class Endings
{
    public const string Sent = "sent";
    public const string Orphaned = "orphaned";
    public const string TryAgain = "try_again";
    public const string Dead = "dead";
    public const string ThreadGone = "thread_gone";
    public const string Absent = "absent";
    public const string ParentGone = "parent_gone";
    public const string GivenUp = "given_up";
    public const string Resent = "resent";
}
