namespace ThreadGrains.Ledger.Sql;

/// <summary>A thread whose channel got another id: <see cref="ILedger.MoveThread"/>.</summary>
internal sealed class MoveWrites(WriteSession session)
{
    private const string StateSql = """
        select state = 'closed', channel = @channel, parked is not null, ts from thread where id = @thread and group_id = @group
        """;

    private const string MessageTakenSql = """
        select 1 from thread t join thread o on o.workspace = t.workspace and o.channel = @channel and o.ts = t.ts
         where t.id = @thread and o.ts is not null
        """;

    private const string MessageDemandedSql = """
        select 1 from thread t join cleanup c on c.workspace = t.workspace and c.channel = @channel and c.ts = t.ts
         where t.id = @thread
        """;

    private const string PlaceTakenSql = """
        select 1 from thread t
               join thread o on o.group_id = t.group_id and o.workspace = t.workspace and o.channel = @channel and o.rule = t.rule
                            and o.open_period = t.open_period and o.state <> 'closed'
         where t.id = @thread and o.id <> t.id
        """;

    private const string MoveSql = """
        update thread set channel = @channel, parked = null, parked_at = null, probe_at = null where id = @thread
        """;

    // What had been put off for the old channel's sake goes now.
    private const string HurrySql = """
        update delivery set due_at = @now
         where thread_id = @thread and state = 'pending' and state in ('pending', 'sending', 'in_doubt') and due_at > @now
        """;

    // A message that has to go twice over goes once.
    private const string CleanupsSql = """
        update cleanup set channel = @channel
         where thread_id = @thread and done_at is null
           and not exists (select 1 from cleanup o where o.workspace = cleanup.workspace and o.channel = @channel and o.ts = cleanup.ts)
        """;

    private readonly Statement _state = session.Connection.Prepare(StateSql);
    private readonly Statement _messageTaken = session.Connection.Prepare(MessageTakenSql);
    private readonly Statement _messageDemanded = session.Connection.Prepare(MessageDemandedSql);
    private readonly Statement _placeTaken = session.Connection.Prepare(PlaceTakenSql);
    private readonly Statement _move = session.Connection.Prepare(MoveSql);
    private readonly Statement _hurry = session.Connection.Prepare(HurrySql);
    private readonly Statement _cleanups = session.Connection.Prepare(CleanupsSql);

    public Decision<WriteOutcome> Move(Fence fence, Guid thread, string channel)
    {
        if (!session.Fencing.Pass(fence))
        {
            return Decision<WriteOutcome>.Dropping(WriteOutcome.Fenced);
        }

        if (_state.Set("@thread", thread).Set("@group", fence.Group).Set("@channel", channel)
                .One(row => Tuple.Create(row.Flag(0), row.Flag(1), row.Flag(2), row.TextOrNull(3))) is not (var isClosed, false, var isParked, var ts))
        {
            return Decision<WriteOutcome>.Dropping(WriteOutcome.NotPossible);
        }

        long now = session.Now;
        if (ts is not null)
        {
            session.Connection.HoldMessage(ts);                        // no other writer may make it a root, or have it deleted, meanwhile
        }

        if (Asks(_messageTaken, thread, channel) || Asks(_messageDemanded, thread, channel))
        {
            if (isClosed)
            {
                return Decision<WriteOutcome>.Dropping(WriteOutcome.NotPossible);
            }

            session.Closing.Close(thread, "message_taken", now);
        }
        else
        {
            if (!isClosed && Asks(_placeTaken, thread, channel))
            {
                session.Closing.Close(thread, "thread_exists", now);
            }

            if (session.Connection.RunUnlessTaken(_move.Set("@thread", thread).Set("@channel", channel)) is null)
            {
                return Decision<WriteOutcome>.Dropping(WriteOutcome.Clash);
            }

            if (isParked)
            {
                _hurry.Set("@thread", thread).Set("@now", now).Run();
            }

            _cleanups.Set("@thread", thread).Set("@channel", channel).Run();
        }

        session.Wake.Recompute(thread);
        return Decision<WriteOutcome>.Keeping(WriteOutcome.Done);
    }

    private static bool Asks(Statement question, Guid thread, string channel)
    {
        bool yes = question.Set("@thread", thread).Set("@channel", channel).Step();
        question.Reset();
        return yes;
    }
}
