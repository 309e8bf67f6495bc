namespace ThreadGrains.Ledger.Sql;

/// <summary>Whether every thread's counters add up to the rows that were made for it (P9).</summary>
internal sealed class ConservationReads(LedgerConnection connection)
{
    // Rows of a thread, live and in history, by state.
    private const string Counted = """
        select thread_id, count(*) as made,
               count(*) filter (where state in ('pending', 'sending', 'in_doubt')) as unfinished,
               count(*) filter (where state = 'sent') as sent, count(*) filter (where state = 'dead') as dead,
               count(*) filter (where state = 'cancelled') as cancelled
        """;

    private const string Differs = """
        t.made <> t.sent + t.dead + t.cancelled + coalesce(r.unfinished, 0)
            or t.made <> coalesce(r.made, 0) or t.sent <> coalesce(r.sent, 0)
            or t.dead <> coalesce(r.dead, 0) or t.cancelled <> coalesce(r.cancelled, 0)
        """;

    private const string AllSql = $"""
        select t.id, t.made, t.sent + t.dead + t.cancelled + coalesce(r.unfinished, 0)
          from thread t
               left join (
                   {Counted}
                     from (select thread_id, state from delivery union all select thread_id, state from history_delivery) as these
                    group by thread_id) r on r.thread_id = t.id
         where {Differs}
        """;

    // A counter moves with a delivery that is made or replayed (and is unfinished then, or has ended since) or that ends. Each of
    // the three has an index of just these; threads in which nothing was going on are not looked at. Those that are have rows, so
    // counting may come first, and must: no database can guess how many threads changed, and one that guesses too few compares
    // each of them with every count.
    private const string ChangedSql = $"""
        with changed as (
            select distinct t.id from (
                select thread_id from delivery where state in ('pending', 'sending', 'in_doubt')
                union all
                select thread_id from delivery where state in ('sent', 'cancelled') and finished_at >= @since
                union all
                select thread_id from delivery where state = 'dead' and finished_at >= @since) as these
              join thread t on t.id = these.thread_id join issue_group g on g.id = t.group_id
             where g.bucket % @shares = @share)
        select t.id, t.made, t.sent + t.dead + t.cancelled + r.unfinished
          from ({Counted}
                  from (select thread_id, state from delivery where thread_id in (select id from changed)
                        union all
                        select thread_id, state from history_delivery where thread_id in (select id from changed)) as these
                 group by thread_id) r
               join thread t on t.id = r.thread_id
         where {Differs}
        """;

    private readonly Statement _all = connection.Prepare(AllSql);
    private readonly Statement _changed = connection.Prepare(ChangedSql);

    public IReadOnlyList<ConservationError> Check() => _all.All(Error);

    public IReadOnlyList<ConservationError> Check(DateTimeOffset since, int share, int shares) =>
        _changed.Set("@since", since).Set("@share", share).Set("@shares", shares).All(Error);

    private static ConservationError Error(Statement row) => new(row.Id(0), row.Int64(1), row.Int64(2));
}
