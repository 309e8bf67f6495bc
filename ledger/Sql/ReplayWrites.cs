namespace ThreadGrains.Ledger.Sql;

/// <summary>Sending dead deliveries again by hand: <see cref="ILedger.Replay"/>.</summary>
internal sealed class ReplayWrites(WriteSession session)
{
    private const string FindSql = """
        select d.thread_id, d.state, t.state, d.doubt_post from delivery d join thread t on t.id = d.thread_id
         where d.id = @delivery and t.group_id = @group
        """;

    private const string PlaceSql = """
        update thread set last_position = last_position + 1, dead = dead - 1 where id = @thread returning last_position
        """;

    // doubt_post stays: what died out of doubt may stand in the thread, and is read again before it is claimed. Its last post
    // stays named only where it tells the company in which it goes again.
    private const string ReplaySql = """
        update delivery
           set state = 'pending', position = @position, late = true, due_at = @now, queued_at = @now, attempts = 0,
               post_id = case when doubted then post_id end, reason = null, finished_at = null
         where id = @delivery and state = 'dead'
        """;

    // What died in doubt together is read back once, as one post, and goes again together or not at all: it lines up together.
    private const string CompanySql = """
        select d.id from post_member m join delivery d on d.id = m.delivery_id
         where m.post_id = @doubtPost and d.doubt_post = @doubtPost and d.state = 'dead' order by m.ordinal
        """;

    private readonly Statement _find = session.Connection.Prepare(FindSql);
    private readonly Statement _place = session.Connection.Prepare(PlaceSql);
    private readonly Statement _replay = session.Connection.Prepare(ReplaySql);
    private readonly Statement _company = session.Connection.Prepare(CompanySql);

    public Decision<IReadOnlyList<ReplayOutcome>> Replay(Fence fence, IReadOnlyList<Guid> deliveries)
    {
        if (!session.Fencing.Pass(fence))
        {
            return Decision<IReadOnlyList<ReplayOutcome>>.Dropping([.. deliveries.Select(_ => ReplayOutcome.Fenced)]);
        }

        long now = session.Now;
        var outcomes = new List<ReplayOutcome>(deliveries.Count);
        var threads = new HashSet<Guid>();
        var replayed = new HashSet<Guid>();
        foreach (var delivery in deliveries)
        {
            var outcome = replayed.Contains(delivery) ? ReplayOutcome.Replayed : Replay(fence.Group, delivery, threads, replayed, now);
            outcomes.Add(outcome == ReplayOutcome.NotFound ? session.Callbacks.Replay(fence.Group, delivery, now) : outcome);
        }

        foreach (var thread in threads)
        {
            session.Wake.Recompute(thread);
        }

        bool any = outcomes.Contains(ReplayOutcome.Replayed);
        if (any)
        {
            session.Wake.RecomputeGroup(fence.Group);
        }

        return new Decision<IReadOnlyList<ReplayOutcome>>(outcomes, Keep: any);
    }

    private ReplayOutcome Replay(Guid group, Guid delivery, HashSet<Guid> threads, HashSet<Guid> replayed, long now)
    {
        if (!_find.Set("@delivery", delivery).Set("@group", group).Step())
        {
            return ReplayOutcome.NotFound;
        }

        var (thread, state, threadState, doubtPost) = (_find.Id(0), _find.Text(1), _find.Text(2), _find.IdOrNull(3));
        _find.Reset();
        if (state != "dead")
        {
            return ReplayOutcome.NotDead;
        }

        if (threadState == "closed")
        {
            return ReplayOutcome.ThreadClosed;
        }

        IReadOnlyList<Guid> company = doubtPost is { } post ? _company.Set("@doubtPost", post).All(row => row.Id(0)) : [delivery];
        foreach (var member in company)
        {
            _place.Set("@thread", thread).Step();
            long position = _place.Int64(0);
            _place.Reset();
            _replay.Set("@delivery", member).Set("@position", position).Set("@now", now).Run();
            replayed.Add(member);
        }

        threads.Add(thread);
        return ReplayOutcome.Replayed;
    }
}
