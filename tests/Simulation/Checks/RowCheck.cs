using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Scheduling;
using ThreadGrains.Simulation.Slack;

namespace ThreadGrains.Simulation.Checks;

/// <summary>
/// What must hold of the ledger's rows after every write: nothing vanishes and nothing comes from nowhere (P1, P2), nothing
/// changes its thread (P3), what is under way or in doubt ends by what is learnt of it (P6), what is sent stands in Slack where
/// the ledger says (P1), and what the counters say is what the rows come to (P9).
/// </summary>
internal sealed class RowCheck(ILedger ledger, string organization, Books books, FakeSlack slack)
{
    /// <summary>The counters are read with every so many refreshes: it takes a read of each group.</summary>
    private const int CountersEvery = 8;

    private readonly Dictionary<Guid, DeliveryReport> _rows = [];
    private long _refreshed;

    /// <summary>The deliveries as the tables have them now.</summary>
    public IReadOnlyDictionary<Guid, DeliveryReport> Rows => _rows;

    public DeliveryState StateOf(Guid delivery) => _rows[delivery].State;

    /// <summary>What was made when an activity was accepted, and not when its thread's place was taken.</summary>
    public IEnumerable<DeliveryReport> AcceptedAs(string activity) => _rows.Values.Where(row => row.Activity == activity
        && !(row.Kind is DeliveryKind.Root or DeliveryKind.Recap && books.Deliveries[row.Id].Thread.RepostOf is not null));

    /// <summary>What is told goes to every thread of its group that was begun before and is not closed.</summary>
    public void CheckAccepted(Guid group, long sequence, IReadOnlyCollection<Guid> threads)
    {
        var open = books.Threads.Values.Where(thread => thread.Group == group)
            .Select(thread => Real(ledger.ReadThread(thread.Id, 0, CancellationToken.None))!.Thread).Where(thread => thread.State != ThreadState.Closed && thread.RegisteredSequence < sequence);
        if (open.FirstOrDefault(thread => !threads.Contains(thread.Id)) is { } passed)
        {
            throw new BrokenPromise("P3", $"The activity with sequence {sequence} was accepted for {threads.Count} threads, and passes {passed} by.");
        }
    }

    /// <summary>Reads the rows and compares them with what was read before.</summary>
    /// <param name="saysWhatBecame">The write between said what became of a post.</param>
    public void Refresh(bool saysWhatBecame)
    {
        var read = Real(ledger.ReportDeliveries(new DeliveryQuery(organization, Limit: 100_000), CancellationToken.None));
        if (read.Count != books.Deliveries.Count)
        {
            throw new BrokenPromise("P1", $"{books.Deliveries.Count} deliveries were committed, {read.Count} are in the tables.");
        }

        foreach (var row in read)
        {
            if (!_rows.TryGetValue(row.Id, out var before))
            {
                CheckNew(row);
            }
            else if (before == row)
            {
                continue;
            }
            else
            {
                CheckChange(before, row, saysWhatBecame);
            }

            if (row.State == DeliveryState.Sent)
            {
                CheckSent(row);
            }

            _rows[row.Id] = row;
        }

        if (_refreshed++ % CountersEvery == 0)
        {
            CheckCounters();
        }
    }

    /// <summary>P9, from the rows themselves.</summary>
    public void CheckCounters()
    {
        foreach (string group in _rows.Values.Select(row => row.Group).Distinct())
        {
            foreach (var thread in Real(ledger.ReportGroup(organization, group, CancellationToken.None))!.Threads)
            {
                var states = books.Threads[thread.Id].Deliveries.Select(delivery => _rows[delivery.Id].State).ToList();
                long Count(DeliveryState state) => states.Count(other => other == state);
                if (thread.Made != states.Count || thread.Sent != Count(DeliveryState.Sent) || thread.Dead != Count(DeliveryState.Dead) || thread.Cancelled != Count(DeliveryState.Cancelled))
                {
                    throw new BrokenPromise("P9", $"Thread {thread.Id}: made {thread.Made}, sent {thread.Sent}, dead {thread.Dead}, cancelled {thread.Cancelled}; its rows: {string.Join(", ", states)}.");
                }
            }
        }
    }

    /// <summary>A read of the checkers' own, past all trouble.</summary>
    public static T Real<T>(Task<T> read)
    {
        if (!read.IsCompleted)
        {
            ((IAsyncResult)read).AsyncWaitHandle.WaitOne();
        }

        return read.GetAwaiter().GetResult();
    }

    private void CheckNew(DeliveryReport row)
    {
        var made = books.Deliveries.GetValueOrDefault(row.Id) ?? throw new BrokenPromise("P2", $"Delivery {row.Id} of {row.Activity} was never committed.");
        if ((made.Thread.Workspace, made.Thread.Channel, made.Sequence, made.Activity, made.Kind) != (row.Workspace, row.Channel, row.Sequence, row.Activity, row.Kind))
        {
            throw new BrokenPromise("P3", $"Delivery {row} is not what was committed: {made}.");
        }
    }

    private static void CheckChange(DeliveryReport before, DeliveryReport row, bool saysWhatBecame)
    {
        if (before.State is DeliveryState.Sending or DeliveryState.InDoubt && row.State != before.State && !saysWhatBecame)
        {
            throw new BrokenPromise("P6", $"Delivery {row.Id} was {before.State} and is {row.State}, and nothing was learnt of it.");
        }

        if ((before.Workspace, before.Channel, before.Sequence, before.Activity, before.Kind) != (row.Workspace, row.Channel, row.Sequence, row.Activity, row.Kind)
            || (before.ThreadTs is not null && before.ThreadTs != row.ThreadTs))
        {
            throw new BrokenPromise("P3", $"A delivery has changed its place: {before}, now {row}.");
        }

        if (before.State == DeliveryState.Sent && row.State != DeliveryState.Sent)
        {
            throw new BrokenPromise("P1", $"Delivery {row.Id} was sent and is {row.State} now.");
        }
    }

    private void CheckSent(DeliveryReport row)
    {
        var message = row.SlackTs is { } ts ? slack.Find(new ChannelAddress(row.Workspace!, row.Channel!), ts) : null;
        if (message is null || !books.Posts[message.Post].Members.Any(member => member.Id == row.Id))
        {
            throw new BrokenPromise("P1", $"Delivery {row.Id} is recorded as sent at {row.SlackTs}, and no message there carries it.");
        }

        if (row.Kind == DeliveryKind.Root ? message.ThreadTs is not null : message.ThreadTs != row.ThreadTs)
        {
            throw new BrokenPromise("P1", $"Delivery {row.Id} is recorded as sent, but its message does not stand in its thread: {message}.");
        }
    }
}
