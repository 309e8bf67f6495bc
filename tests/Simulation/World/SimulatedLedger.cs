using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Checks;
using ThreadGrains.Simulation.Scheduling;

namespace ThreadGrains.Simulation.World;

/// <summary>
/// The ledger as one silo reaches it: the real one behind a wire. When a call arrives, whether it does, and whether its answer
/// comes back is decided by the run. What the ledger really did is told to the books.
/// </summary>
internal sealed class SimulatedLedger(ILedger real, Simulator simulator, Node node, Trouble trouble, Books books) : ILedger
{
    public ValueTask<DateTimeOffset> Now(CancellationToken cancellation) => new(Read("now", ledger => ledger.Now(cancellation).AsTask()));

    public Task<TurnOutcome> CommitTurn(Turn turn, CancellationToken cancellation) => Write<TurnOutcome>(
        "commit turn", ledger => ledger.CommitTurn(turn, cancellation), outcome => books.Committed(turn, outcome),
        new TurnOutcome.Unavailable("simulated"), new TurnOutcome.Unknown("simulated"));

    public Task<ClaimOutcome> Claim(Claim claim, CancellationToken cancellation) => Write<ClaimOutcome>(
        "claim", ledger => ledger.Claim(claim, cancellation), outcome => books.Claimed(claim, outcome),
        new ClaimOutcome.Unavailable("simulated"), new ClaimOutcome.Unknown("simulated"));

    public Task<WriteOutcome> StepDoubt(Fence fence, Guid post, DoubtStep step, CancellationToken cancellation)
    {
        // What a look found is written down right after it; the write itself may take long.
        var looked = books.Now;
        return Fenced(fence, $"doubt {step.GetType().Name}", ledger => ledger.StepDoubt(fence, post, step, cancellation), () =>
        {
            books.Stepped(post, step, looked);
            MayRepost((step as DoubtStep.ParentGone)?.Repost);
        }, saysWhatBecame: true);
    }

    public Task<EditClaimOutcome> ClaimEdit(Fence fence, Guid thread, Guid token, TimeSpan window, CancellationToken cancellation) => Write<EditClaimOutcome>(
        "claim edit", ledger => ledger.ClaimEdit(fence, thread, token, window, cancellation),
        outcome =>
        {
            if (outcome is EditClaimOutcome.Claimed)
            {
                books.Wrote(fence);
            }
        },
        new EditClaimOutcome.Not(WriteOutcome.Unavailable), new EditClaimOutcome.Not(WriteOutcome.Unknown));

    public Task<WriteOutcome> EndObservation(Fence fence, Guid observation, Repost? repost, CancellationToken cancellation) =>
        Fenced(fence, "end observation", ledger => ledger.EndObservation(fence, observation, repost, cancellation), () => MayRepost(repost), saysWhatBecame: true);

    public Task<WriteOutcome> CloseThread(Fence fence, Guid thread, string reason, Repost? repost, CancellationToken cancellation) =>
        Fenced(fence, "close thread", ledger => ledger.CloseThread(fence, thread, reason, repost, cancellation), () => MayRepost(repost));

    public Task<WriteOutcome> ReopenThread(Fence fence, Guid thread, CancellationToken cancellation) =>
        Fenced(fence, "reopen thread", ledger => ledger.ReopenThread(fence, thread, cancellation));

    public Task<IReadOnlyList<ReplayOutcome>> Replay(Fence fence, IReadOnlyList<Guid> deliveries, CancellationToken cancellation)
    {
        IReadOnlyList<ReplayOutcome> unavailable = [.. deliveries.Select(_ => ReplayOutcome.Unavailable)];
        return Write(
            "replay", ledger => ledger.Replay(fence, deliveries, cancellation), outcome => books.Replayed(fence, deliveries, outcome), unavailable, unavailable);
    }

    public Task<WriteOutcome> Park(Fence fence, Guid thread, string? error, DateTimeOffset? probeAt, CancellationToken cancellation) =>
        Fenced(fence, "park", ledger => ledger.Park(fence, thread, error, probeAt, cancellation));

    public Task<WriteOutcome> Expire(Fence fence, Guid thread, DateTimeOffset acceptedBefore, CancellationToken cancellation) =>
        Fenced(fence, "expire", ledger => ledger.Expire(fence, thread, acceptedBefore, cancellation));

    public Task<WriteOutcome> ConfirmParent(Fence fence, Guid thread, string ts, CancellationToken cancellation) =>
        Fenced(fence, "confirm parent", ledger => ledger.ConfirmParent(fence, thread, ts, cancellation));

    public Task<WriteOutcome> PostponeLookUp(Fence fence, Guid thread, DateTimeOffset dueAt, CancellationToken cancellation) =>
        Fenced(fence, "postpone look-up", ledger => ledger.PostponeLookUp(fence, thread, dueAt, cancellation));

    public Task<SettleOutcome> Settle(Guid post, PostResult result, CancellationToken cancellation) => Write<SettleOutcome>(
        $"settle {result.GetType().Name}", ledger => ledger.Settle(post, result, cancellation), outcome =>
        {
            books.Settled(post, result, outcome);
            MayRepost(result switch { PostResult.Orphaned orphaned => orphaned.Repost, PostResult.ThreadGone gone => gone.Repost, _ => null });
        },
        new SettleOutcome.Unavailable("simulated"), new SettleOutcome.Unknown("simulated"), saysWhatBecame: true);

    public Task<WriteOutcome> SettleEdit(Guid token, EditResult result, CancellationToken cancellation) =>
        Write(
            $"settle edit {result.GetType().Name}", ledger => ledger.SettleEdit(token, result, cancellation),
            _ => MayRepost((result as EditResult.ParentGone)?.Repost),
            WriteOutcome.Unavailable, WriteOutcome.Unknown);

    public Task<WriteOutcome> Observe(Guid post, string ts, string what, string seenBy, CancellationToken cancellation) =>
        Write(
            "observe", ledger => ledger.Observe(post, ts, what, seenBy, cancellation),
            outcome =>
            {
                if (outcome == WriteOutcome.Done)
                {
                    books.Know(post, ts);
                }
            },
            WriteOutcome.Unavailable, WriteOutcome.Unknown);

    public Task<WriteOutcome> SettleCleanup(Guid cleanup, DateTimeOffset? dueAt, CancellationToken cancellation) =>
        Plain("settle clean-up", ledger => ledger.SettleCleanup(cleanup, dueAt, cancellation));

    public Task<WriteOutcome> SettleVerification(Guid post, DateTimeOffset? nextAt, CancellationToken cancellation) =>
        Write(
            "settle verification", ledger => ledger.SettleVerification(post, nextAt, cancellation),
            outcome =>
            {
                // One that could not be made is put off by seconds.
                if (outcome == WriteOutcome.Done && !(nextAt - simulator.Now < TimeSpan.FromMinutes(1)))
                {
                    books.Verified(post);
                }
            },
            WriteOutcome.Unavailable, WriteOutcome.Unknown);

    public Task<WriteOutcome> SettleCallback(Guid callback, int attempts, CallbackResult result, CancellationToken cancellation) =>
        Plain("settle callback", ledger => ledger.SettleCallback(callback, attempts, result, cancellation));

    public Task<KnownKey?> FindKey(string organization, string kind, string id, CancellationToken cancellation) =>
        Read("find key", ledger => ledger.FindKey(organization, kind, id, cancellation));

    public Task<GroupSnapshot?> LoadGroup(string organization, string group, CancellationToken cancellation) =>
        Read("load group", ledger => ledger.LoadGroup(organization, group, cancellation));

    public Task<ThreadWork?> ReadThread(Guid thread, int members, CancellationToken cancellation) =>
        Read("read thread", ledger => ledger.ReadThread(thread, members, cancellation));

    public Task<IReadOnlyList<Guid>> ThreadsWithWork(Guid group, DateTimeOffset? dueBy, CancellationToken cancellation) =>
        Read("threads with work", ledger => ledger.ThreadsWithWork(group, dueBy, cancellation));

    public Task<CallbackHead?> ReadCallback(Guid group, CancellationToken cancellation) => Read("read callback", ledger => ledger.ReadCallback(group, cancellation));

    public Task<PostRow?> ReadPost(Guid post, CancellationToken cancellation) => Read("read post", ledger => ledger.ReadPost(post, cancellation));

    public Task<IReadOnlyList<GroupName>> DueGroups(DueQuery query, CancellationToken cancellation) => Read("due groups", ledger => ledger.DueGroups(query, cancellation));

    public Task<GroupName?> FindGroupOfMessage(string workspace, string channel, string ts, Guid? post, CancellationToken cancellation) =>
        Read("find group of message", ledger => ledger.FindGroupOfMessage(workspace, channel, ts, post, cancellation));

    public Task<PostPlace?> FindPost(Guid post, CancellationToken cancellation) => Read("find post", ledger => ledger.FindPost(post, cancellation));

    public Task<WriteOutcome> MoveThread(Fence fence, Guid thread, string channel, CancellationToken cancellation) =>
        Fenced(fence, "move thread", ledger => ledger.MoveThread(fence, thread, channel, cancellation));

    public Task<IReadOnlyList<GroupName>> GroupsInChannel(string workspace, string channel, GroupName? after, int limit, CancellationToken cancellation) =>
        Read("groups in a channel", ledger => ledger.GroupsInChannel(workspace, channel, after, limit, cancellation));

    public Task<IReadOnlyList<GroupName>> ParkedGroups(string workspace, string? channel, GroupName? after, int limit, CancellationToken cancellation) =>
        Read("parked groups", ledger => ledger.ParkedGroups(workspace, channel, after, limit, cancellation));

    public Task<IReadOnlyList<ChannelReport>> ReportChannels(string organization, string workspace, string? after, int limit, CancellationToken cancellation) =>
        Read("report channels", ledger => ledger.ReportChannels(organization, workspace, after, limit, cancellation));

    public Task<GroupReport?> ReportGroup(string organization, string group, CancellationToken cancellation) =>
        Read("report group", ledger => ledger.ReportGroup(organization, group, cancellation));

    public Task<IReadOnlyList<DeliveryReport>> ReportDeliveries(DeliveryQuery query, CancellationToken cancellation) =>
        Read("report deliveries", ledger => ledger.ReportDeliveries(query, cancellation));

    public Task<LedgerTotals> Totals(string? organization, CancellationToken cancellation) => Read("totals", ledger => ledger.Totals(organization, cancellation));

    public Task<IReadOnlyList<ConservationError>> CheckConservation(CancellationToken cancellation) => Read("conservation", ledger => ledger.CheckConservation(cancellation));

    public Task<IReadOnlyList<ConservationError>> CheckConservation(DateTimeOffset since, int share, int shares, CancellationToken cancellation) =>
        Read("conservation", ledger => ledger.CheckConservation(since, share, shares, cancellation));

    public Task<RestoreOutcome> BeginRestored(CancellationToken cancellation) => throw new NotSupportedException("A silo restores nothing.");

    public Task<int> MoveToHistory(DateTimeOffset finishedBefore, int limit, CancellationToken cancellation) =>
        Read("move to history", ledger => ledger.MoveToHistory(finishedBefore, limit, cancellation));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<WriteOutcome> Fenced(Fence fence, string what, Func<ILedger, Task<WriteOutcome>> call, Action? done = null, bool saysWhatBecame = false) => Write(
        what, call,
        outcome =>
        {
            books.Reach($"{what}: {outcome}");
            if (outcome == WriteOutcome.Done)
            {
                books.Wrote(fence);
                done?.Invoke();
            }
        },
        WriteOutcome.Unavailable, WriteOutcome.Unknown, saysWhatBecame);

    private Task<WriteOutcome> Plain(string what, Func<ILedger, Task<WriteOutcome>> call) => Write(what, call, _ => { }, WriteOutcome.Unavailable, WriteOutcome.Unknown);

    /// <summary>No outcome says whether another thread took the place of the one that was closed: the tables do.</summary>
    private void MayRepost(Repost? repost)
    {
        if (repost is null || books.Threads.ContainsKey(repost.Thread) || Wait(real.ReadThread(repost.Thread, 2, CancellationToken.None)).Result is not { } made)
        {
            return;
        }

        var former = books.Threads.Values.Single(thread => Wait(real.ReadThread(thread.Id, 0, CancellationToken.None)).Result!.Thread.RepostedAs == repost.Thread);
        books.Reposted(former, repost, made.Pending.Any(row => row.Id == repost.Recap));
    }

    /// <param name="what">What is written, as the history tells it.</param>
    /// <param name="call">The write.</param>
    /// <param name="really">Told what the ledger did, whoever hears of it.</param>
    /// <param name="unavailable">What it answers when it cannot be written.</param>
    /// <param name="unknown">What is answered when nobody knows.</param>
    /// <param name="saysWhatBecame">It is a result, a look, evidence, or an operator's word on a post: only such a write ends what is under way.</param>
    private Task<T> Write<T>(string what, Func<ILedger, Task<T>> call, Action<T> really, T unavailable, T unknown, bool saysWhatBecame = false)
    {
        var fault = trouble.Next(Io.LedgerWrite);
        return Send(what, fault, () =>
        {
            if (fault is Fault.Refused or Fault.Lost)
            {
                return Task.FromResult(fault == Fault.Refused ? unavailable : unknown);
            }

            var task = Wait(call(real));
            if (task.IsCompletedSuccessfully)
            {
                really(task.Result);
                books.RowsChanged(saysWhatBecame);
            }

            return fault == Fault.AnswerLost ? Task.FromResult(unknown) : task;
        });
    }

    private Task<T> Read<T>(string what, Func<ILedger, Task<T>> call)
    {
        var fault = trouble.Next(Io.LedgerRead);
        return Send(what, fault, () => fault is Fault.Refused or Fault.Lost or Fault.AnswerLost
            ? Task.FromException<T>(new LedgerUnavailableException("simulated"))
            : Wait(call(real)));
    }

    private Task<T> Send<T>(string what, Fault fault, Func<Task<T>> arrives)
    {
        var promise = new TaskCompletionSource<T>();
        var there = fault == Fault.Slow ? simulator.Between(500, 12_000) : simulator.Between(0.2, 3);
        var back = fault == Fault.Slow ? simulator.Between(500, 15_000) : simulator.Between(0.2, 3);
        simulator.After(there, "arrives at the ledger", () =>
        {
            // A process that died has sent what it sent; whether the last of it arrived is chance.
            if (node.IsDead && simulator.Happens(0.5))
            {
                return;
            }

            var outcome = arrives();
            simulator.History.Happened(simulator.Now, node.Name, what, Word(outcome, fault));
            simulator.After(back, node, what, () =>
            {
                if (outcome.Exception is { } failed)
                {
                    promise.SetException(failed.InnerExceptions);
                }
                else if (outcome.IsCanceled)
                {
                    promise.SetCanceled();
                }
                else
                {
                    promise.SetResult(outcome.Result);
                }
            });
        });
        return promise.Task;
    }

    private static string? Word<T>(Task<T> outcome, Fault fault)
    {
        string? word = !outcome.IsCompletedSuccessfully ? "failed" : outcome.Result switch
        {
            WriteOutcome write => write.ToString(),
            TurnOutcome or ClaimOutcome or SettleOutcome or EditClaimOutcome => outcome.Result.GetType().Name,
            _ => null,
        };
        return fault == Fault.None ? word : $"{word} ({fault})";
    }

    /// <summary>A real ledger answers from threads of its own: the run stands still until it has.</summary>
    private static Task<T> Wait<T>(Task<T> task)
    {
        if (!task.IsCompleted)
        {
            ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
        }

        return task;
    }
}
