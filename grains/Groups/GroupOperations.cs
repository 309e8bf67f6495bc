using ThreadGrains.Groups;
using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Groups;

/// <summary>
/// What operators, and Slack's events, do to a group: close, reopen, replay, resolve, say what was seen. The grain only calls it,
/// so that the simulation can run this very class.
/// </summary>
/// <param name="key">The group.</param>
/// <param name="owner">Whoever owns it.</param>
/// <param name="ledger">The ledger.</param>
/// <param name="silo">Who sees what is observed.</param>
/// <param name="newId">Source of time-ordered ids.</param>
/// <param name="reposts">Whether a thread whose parent is gone is announced anew: the policy of this moment.</param>
internal sealed class GroupOperations(GroupKey key, GroupOwner owner, ILedger ledger, string silo, Func<Guid> newId, Func<bool> reposts)
{
    public async Task<OperatorReceipt> CloseThread(Guid thread)
    {
        if (await ledger.ReadThread(thread, 0, CancellationToken.None) is not { } work || work.Thread.Group != owner.Memory.Id)
        {
            return new OperatorReceipt(OperatorOutcome.NotFound);
        }

        if (work.Thread.State == ThreadState.Closed)
        {
            return new OperatorReceipt(OperatorOutcome.NotPossible, "already_closed", "The thread is closed already.");
        }

        var outcome = await owner.Ownership.Write(
            fence => ledger.CloseThread(fence, thread, "closed_by_operator", CancellationToken.None), FenceVerdicts.Of,
            whenWritten: () => owner.Closed(thread), CancellationToken.None);
        await owner.Wake(thread, CancellationToken.None);
        return Receipt(outcome, "already_closed");
    }

    public async Task<OperatorReceipt> ReopenThread(Guid thread)
    {
        if (await ledger.ReadThread(thread, 0, CancellationToken.None) is not { } work || work.Thread.Group != owner.Memory.Id)
        {
            return new OperatorReceipt(OperatorOutcome.NotFound);
        }

        // What is accepted from now on goes into it. An owner to come that has read the group as it was would not know, and nothing
        // that it writes would tell: a thread that is open and unknown is in nobody's way. So it is remembered before anything else
        // can be written, and without a read, which could fail.
        var outcome = await owner.Ownership.WriteAnew(
            fence => ledger.ReopenThread(fence, thread, CancellationToken.None), FenceVerdicts.Of, whenWritten: () => owner.Reopened(work.Thread));
        switch (outcome)
        {
            case WriteOutcome.Done:
                await owner.Wake(thread, CancellationToken.None);
                return new OperatorReceipt(OperatorOutcome.Done);
            case WriteOutcome.Clash:
                return new OperatorReceipt(OperatorOutcome.NotPossible, "thread_exists", "The group has another open thread in this channel for the same rule and open period. Close that one first.");
            case WriteOutcome.NotPossible when work.Thread.State != ThreadState.Closed:
                return new OperatorReceipt(OperatorOutcome.NotPossible, "not_closed", "The thread is open.");
            case WriteOutcome.NotPossible:
                return new OperatorReceipt(
                    OperatorOutcome.NotPossible, "no_parent", $"There is no message to go on under: the thread was closed with {work.Thread.Reason}. Send a new alert, or adopt another message.");
            default:
                return new OperatorReceipt(OperatorOutcome.Unavailable);
        }
    }

    public async Task<OperatorReceipt> ParentDeleted(ChannelAddress address, string ts)
    {
        if (await ThreadUnder(address, ts) is not { } thread)
        {
            return new OperatorReceipt(OperatorOutcome.NotFound);
        }

        var outcome = await owner.Ownership.Write(
            fence => ledger.CloseThread(fence, thread, "parent_gone", NewRepost(), CancellationToken.None), FenceVerdicts.Of, CancellationToken.None);
        await owner.Wake(thread, CancellationToken.None);
        return Receipt(outcome, "already_closed");
    }

    public async Task<OperatorReceipt> PostSeen(Guid post, string ts, string? threadTs)
    {
        if (owner.TellSender(post, ts, threadTs))
        {
            return new OperatorReceipt(OperatorOutcome.Done);
        }

        if (await ledger.FindPost(post, CancellationToken.None) is not { } place || place.Group != new GroupName(key.Organization, key.Group))
        {
            return new OperatorReceipt(OperatorOutcome.NotFound);
        }

        bool isReply = place.Kind != PostKind.Root;
        if (isReply && place.IsInFlight)
        {
            // Unless Slack says in which thread it stands it takes a look: one whose parent is gone stands in none.
            await owner.Hasten(place.Thread, post, ts, threadTs, CancellationToken.None);
            return new OperatorReceipt(OperatorOutcome.Done);
        }

        // Of a post that was given up, or sent once, this may be a late copy: who sent it may have died over it, and Slack is the
        // only witness. A reply that stands in the channel by itself got there because its parent is gone.
        bool isOrphan = isReply && threadTs == ts;
        if (isReply && !isOrphan && (threadTs is null || threadTs != place.ThreadTs))
        {
            return new OperatorReceipt(OperatorOutcome.NotPossible, "not_in_thread");
        }

        var outcome = await ledger.Observe(post, ts, isOrphan ? "orphan" : "event", silo, CancellationToken.None);
        await owner.Wake(place.Thread, CancellationToken.None);
        return Receipt(outcome, "unknown_post");
    }

    /// <summary>Moves every thread of the group, closed ones too, that stands under a channel's old id.</summary>
    /// <returns>Done: at least one was moved, and what drives the threads has to begin anew.</returns>
    public async Task<OperatorReceipt> ChannelMoved(ChannelAddress former, string channel)
    {
        var threads = (await ledger.ReportGroup(key.Organization, key.Group, CancellationToken.None))?.Threads ?? [];
        bool isMoved = false, isPutOff = false;
        foreach (var thread in threads.Where(thread => thread.Workspace == former.Workspace && thread.Channel == former.Channel))
        {
            var outcome = await owner.Ownership.Write(
                fence => ledger.MoveThread(fence, thread.Id, channel, CancellationToken.None), FenceVerdicts.Of,
                whenWritten: () => owner.Moved(thread.Id, former with { Channel = channel }), CancellationToken.None);
            isMoved |= outcome == WriteOutcome.Done;
            isPutOff |= outcome is not (WriteOutcome.Done or WriteOutcome.NotPossible);
        }

        return new OperatorReceipt(isPutOff ? OperatorOutcome.Unavailable : isMoved ? OperatorOutcome.Done : OperatorOutcome.NotPossible, isMoved || isPutOff ? null : "not_there");
    }

    public async Task<IReadOnlyList<OperatorReceipt>> Replay(IReadOnlyList<Guid> deliveries)
    {
        var outcomes = await owner.Ownership.Write(
            fence => ledger.Replay(fence, deliveries, CancellationToken.None), FenceVerdicts.Of, CancellationToken.None);
        await owner.WakeAll(CancellationToken.None);
        return [.. outcomes.Select(outcome => outcome switch
        {
            ReplayOutcome.Replayed => new OperatorReceipt(OperatorOutcome.Done),
            ReplayOutcome.NotFound => new OperatorReceipt(OperatorOutcome.NotFound),
            ReplayOutcome.NotDead => new OperatorReceipt(OperatorOutcome.NotPossible, "not_dead", "Only a dead delivery can be replayed."),
            ReplayOutcome.ThreadClosed => new OperatorReceipt(OperatorOutcome.NotPossible, "thread_closed", "The delivery's thread is closed; nothing can be posted there any more."),
            _ => new OperatorReceipt(OperatorOutcome.Unavailable),
        })];
    }

    public async Task<OperatorReceipt> ResolveDoubt(Guid delivery, DoubtVerdict verdict, string? slackTs)
    {
        var found = await ledger.ReportDeliveries(new DeliveryQuery(key.Organization, key.Group, delivery), CancellationToken.None);
        if (found is not [var report])
        {
            return new OperatorReceipt(OperatorOutcome.NotFound);
        }

        if (report is not { State: DeliveryState.InDoubt, Post: { } post })
        {
            return new OperatorReceipt(OperatorOutcome.NotPossible, "not_in_doubt", "Only a delivery in doubt can be resolved.");
        }

        if (verdict == DoubtVerdict.Sent && !RequestRules.IsTs(slackTs))
        {
            return new OperatorReceipt(OperatorOutcome.NotPossible, AcceptReasons.Invalid, "slackTs must be Slack's ts of the message as text, such as \"1503435956.000247\".");
        }

        var outcome = verdict switch
        {
            DoubtVerdict.Sent => await ledger.Settle(post, new PostResult.Sent(slackTs!), CancellationToken.None) is SettleOutcome.Settled ? WriteOutcome.Done : WriteOutcome.Unavailable,
            DoubtVerdict.Resend => await Step(post, new DoubtStep.Resend()),
            DoubtVerdict.Skip => await Step(post, new DoubtStep.GiveUp("in_doubt")),
            _ => throw new System.Diagnostics.UnreachableException($"No rule for {verdict}"),
        };
        await owner.WakeAll(CancellationToken.None);
        return Receipt(outcome, "not_in_doubt");
    }

    private Repost? NewRepost() => reposts() ? new Repost(newId(), newId(), newId()) : null;

    private Task<WriteOutcome> Step(Guid post, DoubtStep step) =>
        owner.Ownership.Write(fence => ledger.StepDoubt(fence, post, step, CancellationToken.None), FenceVerdicts.Of, CancellationToken.None);

    /// <summary>The open thread under a message. Its <c>ts</c> may have been written a moment ago, by whoever knew it: then only the ledger has it.</summary>
    private async Task<Guid?> ThreadUnder(ChannelAddress address, string ts) =>
        owner.Memory.Threads.FirstOrDefault(thread => thread.Address == address && thread.Ts == ts)?.Id
        ?? (await ledger.LoadGroup(key.Organization, key.Group, CancellationToken.None))?.Threads
            .FirstOrDefault(thread => thread.Workspace == address.Workspace && thread.Channel == address.Channel && thread.Ts == ts)?.Id;

    private static OperatorReceipt Receipt(WriteOutcome outcome, string notPossible) => outcome switch
    {
        WriteOutcome.Done => new OperatorReceipt(OperatorOutcome.Done),
        WriteOutcome.NotPossible or WriteOutcome.Clash => new OperatorReceipt(OperatorOutcome.NotPossible, notPossible),
        _ => new OperatorReceipt(OperatorOutcome.Unavailable),
    };
}
