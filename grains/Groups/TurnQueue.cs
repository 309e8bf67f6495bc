using System.Diagnostics;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Groups;

/// <summary>
/// The accepts of one group: at most one transaction in flight, and what arrives meanwhile is decided and committed
/// together in the next. Commit order is decision order, so order never rests on the order of messages.
/// </summary>
internal sealed class TurnQueue(
    ILedger ledger, GroupOwnership ownership, Func<AcceptanceContext> context, int bucket, int capacity,
    Func<GroupMemory> memory, Action<GroupMemory, TurnDecision> committed, Func<CancellationToken, Task> reload)
{
    /// <summary>A turn commits at most so many requests: beyond the knee of group commit only latency grows.</summary>
    private const int MaxTurn = 256;

    /// <summary>How often a turn is decided anew (keys that were known, threads that closed) before it is given up as unavailable.</summary>
    private const int MaxDecisions = 8;

    private static readonly TimeSpan FullQueueRetry = TimeSpan.FromSeconds(1);

    private readonly Queue<Waiting> _waiting = new();
    private bool _running;

    private sealed record Waiting(TurnRequest Request, TaskCompletionSource<TurnAnswer> Answer);

    /// <summary>Waits for a turn that takes these requests, in this order.</summary>
    public Task<TurnAnswer[]> Take(IReadOnlyList<TurnRequest> requests, GroupKey group)
    {
        if (_waiting.Count + requests.Count > capacity)
        {
            return Task.FromResult(requests.Select(request => Failed(request, group, AcceptOutcome.Busy, FullQueueRetry, "Too many requests for this group at once.")).ToArray());
        }

        var answers = requests.Select(request =>
        {
            var waiting = new Waiting(request, new TaskCompletionSource<TurnAnswer>(TaskCreationOptions.RunContinuationsAsynchronously));
            _waiting.Enqueue(waiting);
            return waiting.Answer.Task;
        }).ToArray();

        if (!_running)
        {
            _running = true;
            // The turns that follow belong to other requests than the one that began them.
            var first = System.Diagnostics.Activity.Current;
            System.Diagnostics.Activity.Current = null;
            _ = Run(group);
            System.Diagnostics.Activity.Current = first;
        }

        return All(answers);
    }

    /// <summary>One after the other, each on the caller's scheduler: Task.WhenAll would hop through the thread pool, where no simulation sees it.</summary>
    private static async Task<TurnAnswer[]> All(Task<TurnAnswer>[] answers)
    {
        var all = new TurnAnswer[answers.Length];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = await answers[i];
        }

        return all;
    }

    private async Task Run(GroupKey group)
    {
        // Whatever arrives in the same breath goes into the first turn already.
        await Task.Yield();
        while (_waiting.Count > 0)
        {
            var turn = NextTurn();
            TurnAnswer[] answers;
            try
            {
                answers = await Commit([.. turn.Select(waiting => waiting.Request)], group);
            }
            catch (Exception error)
            {
                // The edge of the turn: whoever waits for it must not wait for ever.
                ownership.Lose();
                foreach (var waiting in turn)
                {
                    waiting.Answer.TrySetException(error);
                }

                continue;
            }

            for (int i = 0; i < turn.Count; i++)
            {
                if (turn[i].Request is TurnRequest.ActivityTold { Batch: { } batch }
                    && answers[i] is TurnAnswer.Accept { Receipt.Outcome: AcceptOutcome.Busy or AcceptOutcome.Unavailable })
                {
                    batch.IsStopped = true;
                }

                turn[i].Answer.TrySetResult(answers[i]);
            }
        }

        _running = false;
    }

    /// <summary>An adoption goes alone: if its message belongs to another thread, nobody else's turn fails with it.</summary>
    private List<Waiting> NextTurn()
    {
        var turn = new List<Waiting>();
        while (turn.Count < MaxTurn && _waiting.TryPeek(out var next))
        {
            bool alone = next.Request is TurnRequest.Adoption;
            if (alone && turn.Count > 0)
            {
                break;
            }

            turn.Add(_waiting.Dequeue());
            if (alone)
            {
                break;
            }
        }

        return turn;
    }

    private async Task<TurnAnswer[]> Commit(IReadOnlyList<TurnRequest> requests, GroupKey group)
    {
        var known = new Dictionary<(string Kind, string Id), KnownKey>();
        for (int round = 0; round < MaxDecisions && !ownership.IsLost; round++)
        {
            var before = memory();
            var decision = Acceptance.Decide(before, requests, known, context());
            if (await UsedBefore(requests, decision, known, group))
            {
                continue;
            }

            if (decision.IsEmpty)
            {
                return [.. decision.Answers];
            }

            TurnOutcome outcome;
            using (var span = StartCommit(requests))
            {
                outcome = await ownership.Write(
                    fence => HasGained(before) ? Task.FromResult<TurnOutcome>(new TurnOutcome.Stale()) : ledger.CommitTurn(ToTurn(fence, before, decision, group), CancellationToken.None),
                    FenceVerdicts.Of, CancellationToken.None);
                span?.SetTag("threadgrains.outcome", Delivery.DeliveryMetrics.Word(outcome))
                    .SetTag("threadgrains.commit.batch_size", (outcome as TurnOutcome.Taken)?.BatchSize);
            }

            switch (outcome)
            {
                case TurnOutcome.Taken:
                    committed(before, decision);
                    return [.. decision.Answers];
                case TurnOutcome.Known there:
                    foreach (var key in there.Keys)
                    {
                        known[(key.Kind, key.Id)] = key;
                    }

                    break;
                case TurnOutcome.Stale:
                    await reload(CancellationToken.None);
                    break;
                case TurnOutcome.Clash:
                    return [.. requests.Select(request => request is TurnRequest.Adoption
                        ? new TurnAnswer.Adopted(new AdoptionReceipt(AdoptionOutcome.Taken, Reason: "message_taken", Detail: "This message is the root of another thread, or a copy of one that is being deleted."))
                        : Failed(request, group, AcceptOutcome.Unavailable, FullQueueRetry, "The group's threads have changed meanwhile."))];
                case TurnOutcome.Refused refused:
                    return await OneByOne(requests, group, refused.Error);
                case TurnOutcome.Unavailable unavailable:
                    return FailAll(requests, group, unavailable.Error);
                case TurnOutcome.Fenced or TurnOutcome.Unknown:
                    ownership.Lose();
                    return FailAll(requests, group, "The group is moving to another owner.");
                default:
                    throw new System.Diagnostics.UnreachableException($"No rule for {outcome.GetType().Name}");
            }
        }

        return FailAll(requests, group, "The group's state is changing too fast.");
    }

    /// <summary>A thread was opened again while the turn waited for its right to write: what it holds would pass that thread by.</summary>
    private bool HasGained(GroupMemory before) =>
        !ReferenceEquals(memory(), before) && memory().Threads.Any(thread => before.Threads.All(known => known.Id != thread.Id));

    /// <summary>One commit serves many requests: its span stands in the trace of the first, and names the others by links.</summary>
    private static System.Diagnostics.Activity? StartCommit(IReadOnlyList<TurnRequest> requests)
    {
        var traced = requests.Select(request => request.Span).Where(span => span != default).Distinct().ToList();
        return traced.Count == 0 ? null : ProductTelemetry.Spans.StartActivity(
            "ledger commit", ActivityKind.Internal, traced[0], [new("threadgrains.turn.requests", requests.Count)],
            traced.Skip(1).Select(span => new ActivityLink(span)));
    }

    /// <summary>
    /// What stores nothing asks for no key inside a commit, and yet its id may have been used: then it is a duplicate or a
    /// conflict and not something to ignore.
    /// </summary>
    private async Task<bool> UsedBefore(
        IReadOnlyList<TurnRequest> requests, TurnDecision decision, Dictionary<(string Kind, string Id), KnownKey> known, GroupKey group)
    {
        bool found = false;
        for (int i = 0; i < requests.Count; i++)
        {
            if (DecidedWithoutKey(requests[i], decision.Answers[i]) is var (kind, id)
                && await ledger.FindKey(group.Organization, kind, id, CancellationToken.None) is { } key)
            {
                known[(key.Kind, key.Id)] = key;
                found = true;
            }
        }

        return found;
    }

    /// <summary>The id of a request whose answer stores nothing; null: its key goes to the ledger, which tells a former one.</summary>
    private static (string Kind, string Id)? DecidedWithoutKey(TurnRequest request, TurnAnswer answer) => (request, answer) switch
    {
        (TurnRequest.ActivityTold told, TurnAnswer.Accept { Receipt: { Outcome: AcceptOutcome.Ignored, Sequence: null } }) => ("activity", told.Activity.Id),
        (TurnRequest.AlertTold told, TurnAnswer.Accept { Receipt.Outcome: AcceptOutcome.Refused }) => ("alert", told.Alert.Id),
        // Told twice, a click finds the group as it made it itself: nobody needs to be told so.
        (TurnRequest.Clicked clicked, TurnAnswer.Clicked { Receipt.Outcome: ClickOutcome.NothingToDo }) => ("activity", clicked.Activity.Id),
        _ => null,
    };

    /// <summary>The database refuses the data of one request: it is found by committing each alone, so that only that one fails.</summary>
    private async Task<TurnAnswer[]> OneByOne(IReadOnlyList<TurnRequest> requests, GroupKey group, string error)
    {
        if (requests.Count == 1)
        {
            return [Failed(requests[0], group, AcceptOutcome.Refused, null, $"The database refuses it: {error}")];
        }

        var answers = new TurnAnswer[requests.Count];
        for (int i = 0; i < requests.Count; i++)
        {
            answers[i] = (await Commit([requests[i]], group))[0];
        }

        return answers;
    }

    private Turn ToTurn(Fence fence, GroupMemory before, TurnDecision decision, GroupKey group) => new(
        fence, new GroupName(group.Organization, group.Group), !before.Exists, bucket, before.NextSequence, decision.After.ToState(),
        decision.Issue, decision.Keys, decision.Activities, decision.Threads, decision.Deliveries, decision.WantedRevisions)
    {
        Callbacks = decision.Callbacks,
    };

    private static TurnAnswer[] FailAll(IReadOnlyList<TurnRequest> requests, GroupKey group, string detail) =>
        [.. requests.Select(request => Failed(request, group, AcceptOutcome.Unavailable, FullQueueRetry, detail))];

    private static TurnAnswer Failed(TurnRequest request, GroupKey group, AcceptOutcome outcome, TimeSpan? retryAfter, string detail) => request switch
    {
        TurnRequest.ActivityTold told => new TurnAnswer.Accept(new AcceptReceipt(told.Activity.Id, group.Group, outcome, outcome == AcceptOutcome.Refused ? AcceptReasons.Invalid : null, RetryAfter: retryAfter, Detail: detail)),
        TurnRequest.AlertTold told => new TurnAnswer.Accept(new AcceptReceipt(told.Alert.Id, group.Group, outcome, outcome == AcceptOutcome.Refused ? AcceptReasons.Invalid : null, RetryAfter: retryAfter, Detail: detail)),
        TurnRequest.Adoption => new TurnAnswer.Adopted(new AdoptionReceipt(outcome == AcceptOutcome.Refused ? AdoptionOutcome.Refused : AdoptionOutcome.Unavailable, Detail: detail)),
        TurnRequest.Clicked => new TurnAnswer.Clicked(new ClickReceipt(ClickOutcome.Unavailable)),
        _ => throw new System.Diagnostics.UnreachableException($"No rule for {request.GetType().Name}"),
    };
}
