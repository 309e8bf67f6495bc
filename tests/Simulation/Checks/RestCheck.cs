using ThreadGrains.Grains.Groups;
using ThreadGrains.Grains.Rendering;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Scheduling;
using ThreadGrains.Simulation.Slack;

namespace ThreadGrains.Simulation.Checks;

/// <summary>
/// What must hold once faults have stopped and nothing is due any more: every delivery has ended; what is sent stands once and
/// where it should, what is dead or cancelled does not stand; no orphan, no second copy, no debt is left; parents show the newest
/// state. The excuses are those of the model's README, section 3, each as narrow as it is written here.
/// </summary>
internal sealed class RestCheck(ILedger ledger, Books books, RowCheck rows, PostingCheck posting, FakeSlack slack)
{
    /// <summary>What somebody adopted, and threads hang under.</summary>
    private HashSet<StoredMessage?> _adopted = [];

    public void Check()
    {
        rows.Refresh(saysWhatBecame: false);
        rows.CheckCounters();
        if (RowCheck.Real(ledger.CheckConservation(CancellationToken.None)) is [var error, ..])
        {
            throw new BrokenPromise("P9", $"The ledger's own check says {error}.");
        }

        foreach (var thread in books.Threads.Values)
        {
            CheckThread(thread);
            if (thread.RepostOf is not null)
            {
                CheckRecap(thread, thread.Deliveries.FirstOrDefault(delivery => delivery.Kind == DeliveryKind.Recap));
            }
        }

        _adopted = [.. books.Threads.Values.Select(Read).Where(work => work.Thread is { State: ThreadState.Open, Adopted: true }).Select(work => Message(work.Thread))];

        foreach (var delivery in books.Deliveries.Values)
        {
            CheckDelivery(delivery, rows.Rows[delivery.Id]);
        }
    }

    private ThreadWork Read(ThreadFact thread) => RowCheck.Real(ledger.ReadThread(thread.Id, 10, CancellationToken.None))!;

    private StoredMessage? Message(ThreadRow thread) => slack.Find(new ChannelAddress(thread.Workspace, thread.Channel), thread.Ts!);

    private void CheckThread(ThreadFact thread)
    {
        var work = Read(thread);
        if (work.Thread is { State: ThreadState.Open, Ts: not null } && Message(work.Thread) is { IsDeleted: true, DeletedByPerson: false } parent)
        {
            throw new BrokenPromise("P5", $"Thread {thread.Id} hangs under a message that we deleted: {parent}");
        }

        if (work.InFlight is not null || work.Pending.Count > 0 || work.Cleanups.Count > 0 || work.Observations.Count > 0)
        {
            throw new BrokenPromise("P1", $"Nothing is due in thread {thread.Id}, and something is left: {work.InFlight} {string.Join("; ", work.Pending)} {string.Join("; ", work.Cleanups)} {string.Join("; ", work.Observations)}");
        }

        CheckCard(work);
    }

    private void CheckCard(ThreadWork work)
    {
        var thread = work.Thread;
        if (thread is not { State: ThreadState.Open, Adopted: false, EditsOff: false, Ts: { } ts } || posting.MayBeStale(thread.Channel, ts)
            || slack.Find(new ChannelAddress(thread.Workspace, thread.Channel), ts) is not { IsDeleted: false } root)
        {
            return;
        }

        string newest = AnnouncementCard.Text(work.Group.Group, work.State, GroupMemory.ParseIssue(work.Issue));
        if (root.Text != newest)
        {
            throw new BrokenPromise("card", $"The parent {root} shows \"{root.Text}\", the group is \"{newest}\"; wanted {thread.RevisionWanted}, shown {thread.RevisionShown}.");
        }
    }

    /// <summary>What was not shown under a parent that is gone is told where another took its place, and what is told does not stand as well.</summary>
    private void CheckRecap(ThreadFact thread, DeliveryFact? recap)
    {
        var row = recap is null ? null : rows.Rows[recap.Id];
        var left = thread.LeftToTell.Where(delivery => rows.Rows[delivery.Id].State != DeliveryState.Sent).ToList();
        if (left.Count > 0 && row is null or { State: DeliveryState.Cancelled, Reason: "nothing_left" })
        {
            throw new BrokenPromise("P1", $"Moved, and nobody tells it ({row}): {string.Join("; ", left)}");
        }

        if (row is not { State: DeliveryState.Sent } || slack.Find(new ChannelAddress(row.Workspace!, row.Channel!), row.SlackTs!) is not { } message)
        {
            return;
        }

        if (message.Text.Split('\n').Count(line => line.StartsWith('•')) is var told && told < left.Count)
        {
            throw new BrokenPromise("P1", $"{told} are told, and {left.Count} were not shown ({string.Join("; ", left)}): {message.Text}");
        }

        // Notes are known by their texts.
        foreach (var delivery in thread.LeftToTell.Where(delivery => delivery.OperatorsChoice is null && message.Text.Contains($"{delivery.Activity} 0", StringComparison.Ordinal)))
        {
            if (posting.CopiesOf(delivery.Id).FirstOrDefault(copy => !copy.IsDeleted && (!posting.IsLicensed(copy) || copy.WasTold)) is { } copy)
            {
                throw new BrokenPromise("P5", $"Told by {message}, and it stands as well ({copy}): {delivery}, {rows.Rows[delivery.Id].State} {rows.Rows[delivery.Id].Reason}");
            }
        }
    }

    private void CheckDelivery(DeliveryFact delivery, DeliveryReport row)
    {
        var visible = posting.CopiesOf(delivery.Id).Where(copy => !copy.IsDeleted).ToList();
        // A stray copy that left by licence, or was hidden from all looks, and that nobody was ever in a position to know of (residual "zombie goes unseen").
        var known = visible.Where(copy => !posting.IsLicensed(copy) || copy.WasTold).ToList();
        string Copies() => $"{delivery}, {row.State} {row.Reason}: {string.Join("; ", posting.CopiesOf(delivery.Id))}";
        switch (row.State)
        {
            case DeliveryState.Pending or DeliveryState.Sending or DeliveryState.InDoubt:
                throw new BrokenPromise("P1", $"Nothing is due any more, and a delivery has not ended: {Copies()}");
            case DeliveryState.Sent:
                var named = slack.Find(new ChannelAddress(row.Workspace!, row.Channel!), row.SlackTs!);
                if (named is { IsDeleted: true, DeletedByPerson: false })
                {
                    throw new BrokenPromise("P1", $"Recorded as sent, and we deleted it: {Copies()}");
                }

                // Under a second copy that somebody adopted hangs another thread.
                if (known.Where(copy => copy != named && !_adopted.Contains(copy)).FirstOrDefault() is { } second)
                {
                    throw new BrokenPromise("P5", $"A second copy stays ({second}): {Copies()}");
                }

                break;
            // What an operator gave up on may stand there; and where a person deleted the parent, nobody looks any more.
            case DeliveryState.Dead or DeliveryState.Cancelled when delivery.OperatorsChoice is null && !ParentWasDeleted(delivery.Thread):
                if (known.Count > 0)
                {
                    throw new BrokenPromise("P1", $"Recorded as {row.State}, and it stands in Slack: {Copies()}");
                }

                break;
        }

        if (row.Kind != DeliveryKind.Root && delivery.OperatorsChoice is null && known.FirstOrDefault(copy => copy.ThreadTs is null) is { } orphan)
        {
            throw new BrokenPromise("P5", $"A reply stays in the channel ({orphan}): {Copies()}");
        }
    }

    private bool ParentWasDeleted(ThreadFact thread) => thread.Deliveries
        .Where(delivery => delivery.Kind == DeliveryKind.Root)
        .SelectMany(root => posting.CopiesOf(root.Id)).Any(copy => copy.DeletedByPerson);
}
