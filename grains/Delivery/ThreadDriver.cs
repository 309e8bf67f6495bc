using System.Diagnostics;
using ThreadGrains.Grains.Channels;
using ThreadGrains.Grains.Groups;
using ThreadGrains.Grains.Rendering;
using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Ledger;
using ThreadGrains.Slack;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Delivery;

/// <summary>What the drivers of a group's threads share.</summary>
/// <param name="Ledger">The ledger.</param>
/// <param name="Ownership">The right to write.</param>
/// <param name="Slack">Slack, for the thread's workspace.</param>
/// <param name="Lanes">The lanes of the thread's channel and workspace.</param>
/// <param name="Renderer">Makes messages.</param>
/// <param name="Rules">The rules of delivery.</param>
/// <param name="Clock">Local clock: for waiting only, never for deadlines.</param>
/// <param name="NewId">Source of time-ordered ids.</param>
/// <param name="Jitter">Source of chance, 0 to 1.</param>
/// <param name="Log">Where happenings are told.</param>
/// <param name="Metrics">Where they are counted.</param>
/// <param name="Silo">Who sees what is observed.</param>
internal sealed record DriverContext(
    ILedger Ledger, GroupOwnership Ownership, IThreadSlack Slack, ILanes Lanes, MessageRenderer Renderer, DeliveryRules Rules,
    TimeProvider Clock, Func<Guid> NewId, Func<double> Jitter, DeliveryLog Log, DeliveryMetrics Metrics, string Silo)
{
    /// <summary>Whether a thread whose parent is gone is announced anew: the policy of this moment.</summary>
    public Func<bool> Reposts { get; init; } = () => false;

    /// <summary>What takes the place of a thread whose parent is gone; null: nothing does.</summary>
    public Repost? NewRepost() => Reposts() ? new Repost(NewId(), NewId(), NewId()) : null;
}

/// <summary>
/// Drives one thread: reads what the ledger knows, asks <see cref="DeliveryEngine"/>, does the one effect, and starts over.
/// It remembers nothing that matters, so that a crash between any two lines leaves nothing but rows.
/// </summary>
internal sealed class ThreadDriver(Guid thread, DriverContext context, Func<ThreadRow, CancellationToken, Task> seen) : IWorker
{
    /// <summary>What is due later than this is left to wake_at, so that the grain may sleep.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>How often a driver whose channel is parked asks whether it still is.</summary>
    private static readonly TimeSpan ParkedPoll = TimeSpan.FromSeconds(60);

    /// <summary>A lane names a moment of its own silo's clock. Where ours is ahead it has passed already, and asking at once would go round and round.</summary>
    internal static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(100);

    /// <summary>A driver in a lane that is told to come back soon, again and again, looks at its thread that often meanwhile.</summary>
    private static readonly TimeSpan LookWhileInTheLane = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LedgerRetry = TimeSpan.FromMilliseconds(500);

    private readonly ThreadReader _reader = new(context.Slack, context.Lanes, context.Rules.Times.SearchMargin, context.Clock);
    private bool _permitted;
    private DateTimeOffset? _inTheLaneSince;
    private DateTimeOffset? _comesBackAt;
    private DateTimeOffset _lookedAt;
    private bool _joinTried;
    private bool _withoutMetadata;
    private int _refusedLookUps;
    private Told? _told;
    private (Guid Post, PostKind Kind)? _sending;

    /// <summary>
    /// Slack has told that this post stands somewhere: once it is in doubt that is evidence, if Slack told the thread as well and
    /// it is this one. Else it is looked for at once. Found ends the doubt; not found means nothing so early, and the looks that
    /// count come at their times.
    /// </summary>
    /// <param name="post">The post.</param>
    /// <param name="ts">Where it stands.</param>
    /// <param name="threadTs">In which thread; null: Slack did not say.</param>
    public void TellOf(Guid post, string ts, string? threadTs) =>
        _told = threadTs is null && _told is { ThreadTs: not null } known && known.Post == post ? known : new Told(post, ts, threadTs);

    /// <summary>
    /// Slack has told of a post whose answer is still awaited here, as of most: it is kept in case that the answer is lost. But of an
    /// announcement Slack may tell without a thread, since it has none: that is evidence as it is, and the ledger's.
    /// </summary>
    /// <returns>Whether it is awaited here.</returns>
    public bool TellSender(Guid post, string ts, string? threadTs)
    {
        if (_sending is not { } sending || sending.Post != post || (threadTs is null && sending.Kind == PostKind.Root))
        {
            return false;
        }

        TellOf(post, ts, threadTs);
        return true;
    }

    private sealed record Told(Guid Post, string Ts, string? ThreadTs);

    /// <inheritdoc/>
    public async Task<NextStep> Step(CancellationToken stopping)
    {
        var now = context.Clock.GetUtcNow();
        _sending = null;
        if (OnlyItsTurnHasCome(now))
        {
            // With hundreds of threads in a lane it is the ledger's reads that would be many.
            switch (await context.Lanes.ForPost(thread))
            {
                case PermitAnswer.Granted:
                    _permitted = true;
                    break;
                case PermitAnswer.NotBefore later:
                    return ComeBack(later.At, now);
            }
        }

        _comesBackAt = null;
        _lookedAt = now;
        if (await context.Ledger.ReadThread(thread, _permitted ? DigestChoice.MaxMembers : 1, stopping) is not { } work)
        {
            return NextStep.None;
        }

        if (work.Epoch < context.Ownership.Epoch)
        {
            // Read before this owner raised the epoch: a thread that was opened again under it would look closed. Read it again.
            return now;
        }

        await seen(work.Thread, stopping);
        if (_told is { } told && work.InFlight is not { State: PostState.Sending })
        {
            _told = null;
            if (work.InFlight is { } doubtful && doubtful.Id == told.Post && await FollowUp(work, doubtful, told, stopping) is { } next)
            {
                return next;
            }
        }

        switch (DeliveryEngine.Next(work, context.Rules, Measure(work, now)))
        {
            case DeliveryStep.Wait { Until: null }:
                return NextStep.None;
            case DeliveryStep.Wait { Until: { } until }:
                // Deadlines are the database's; here only the length of the pause counts.
                return until - work.Now > Patience ? NextStep.None : new NextStep(now + (until - work.Now), work.InFlight is not null || work.PendingCount > 0);
            case DeliveryStep.EndObservation observation:
                return Again(await Fenced(fence => context.Ledger.EndObservation(fence, observation.Observation, context.NewRepost(), stopping), stopping));
            case DeliveryStep.CleanUp cleanUp:
                return await CleanUp(work, cleanUp.Cleanup, stopping);
            case DeliveryStep.BeginDoubt doubt:
                context.Log.ForeignRowInDoubt(doubt.Row.Id, thread);
                var begun = await Fenced(fence => context.Ledger.StepDoubt(fence, doubt.Row.Id, new DoubtStep.Begin(doubt.ReadAt), stopping), stopping);
                if (begun == WriteOutcome.Done)
                {
                    context.Metrics.TookOver();
                }

                return Again(begun);
            case DeliveryStep.Reopen reopen:
                return Again(await Fenced(fence => context.Ledger.StepDoubt(fence, reopen.Doubtful, new DoubtStep.Reopen(reopen.ReadAt), stopping), stopping));
            case DeliveryStep.Read read:
                return await Read(work, read.Row, stopping);
            case DeliveryStep.LookUp:
                return await LookUp(work, stopping);
            case DeliveryStep.Expire expire:
                return Again(await Fenced(fence => context.Ledger.Expire(fence, thread, expire.AcceptedBefore, stopping), stopping));
            case DeliveryStep.Verify verify:
                return await Verify(work, verify.Sent, stopping);
            case DeliveryStep.Post post:
                return await Post(work, post, stopping);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Nobody woke it, and its look at the thread is recent: the lane is asked again before the thread is looked at.</summary>
    private bool OnlyItsTurnHasCome(DateTimeOffset now) =>
        !_permitted && _told is null && _comesBackAt is { } moment && moment <= now && now - _lookedAt is var since && since >= TimeSpan.Zero && since < LookWhileInTheLane;

    private NextStep ComeBack(DateTimeOffset said, DateTimeOffset now)
    {
        _inTheLaneSince ??= now;
        _comesBackAt = ToAskAgain(said, now);
        return new NextStep(_comesBackAt, NewWorkWaits: true);
    }

    /// <summary>Company is looked for with a permit in hand only: before, the head is all that is read.</summary>
    private DigestMeasure Measure(ThreadWork work, DateTimeOffset now) => new(
        _permitted && _inTheLaneSince is { } since ? now - since : TimeSpan.Zero, delivery => context.Renderer.LengthOf(work, delivery));

    private async Task<NextStep> Post(ThreadWork work, DeliveryStep.Post step, CancellationToken stopping)
    {
        var now = context.Clock.GetUtcNow();
        if (!_permitted)
        {
            switch (await context.Lanes.ForPost(thread))
            {
                case PermitAnswer.Granted:
                    _permitted = true;
                    if (work.PendingCount > 1)
                    {
                        // Company may go with it, and only the head was read.
                        return now;
                    }

                    // Granted at once, what was read a moment ago holds; if it does not, the claim says so.
                    break;
                case PermitAnswer.NotBefore later:
                    return ComeBack(later.At, now);
                case PermitAnswer.Parked parked:
                    _inTheLaneSince = null;
                    if (work.Thread.Parked != parked.Error)
                    {
                        context.Log.Parked(thread, parked.Error);
                        // Who was woken since that answer, because the trouble is over, was not this thread yet: it asks once more.
                        return Again(await Fenced(fence => context.Ledger.Park(fence, thread, parked.Error, parked.ProbeAt, stopping), stopping));
                    }

                    var poll = parked.ProbeAt < now + ParkedPoll ? parked.ProbeAt : now + ParkedPoll;
                    return new NextStep(ToAskAgain(poll, now), NewWorkWaits: true);
            }
        }

        if (work.Thread.Parked is not null)
        {
            return Again(await Fenced(fence => context.Ledger.Park(fence, thread, null, null, stopping), stopping));
        }

        _permitted = false;
        _inTheLaneSince = null;
        stopping.ThrowIfCancellationRequested();

        using var span = StartSpan(work, step);
        // Both clocks are read before the claim is sent, so that our window ends before the ledger's, whatever the claim took.
        var window = context.Slack.OpenWindow();
        var post = context.NewId();
        span?.SetTag("threadgrains.post", post.ToString());
        var claim = await context.Ownership.Write(
            fence => context.Ledger.Claim(new Claim(fence, post, thread, step.Kind, [.. step.Members.Select(member => member.Id)], context.Rules.Times.Window, step.Kind == PostKind.Root ? work.Thread.RevisionWanted : null)
            {
                Tells = step.Kind == PostKind.Recap ? work.Recap?.Count : null,
            }, CancellationToken.None),
            FenceVerdicts.Of, CancellationToken.None);
        span?.SetTag("threadgrains.claim", DeliveryMetrics.Word(claim));
        switch (claim)
        {
            case ClaimOutcome.Claimed:
                break;
            case ClaimOutcome.NotNow or ClaimOutcome.Fenced:
                await context.Lanes.Report(thread, new LaneReport.Ended());
                return now;
            case ClaimOutcome.Unavailable:
                await context.Lanes.Report(thread, new LaneReport.Ended());
                return now + LedgerRetry;
            case ClaimOutcome.Unknown:
                await context.Lanes.Report(thread, new LaneReport.Ended());
                // Nothing was sent under this token: give it back if it was written, by the token alone.
                await Settle(post, new PostResult.TryAgain(work.Now, "claim_unknown", UsesAttempt: false));
                return now;
        }

        var tried = step.Members.Select(member => member with { Attempts = member.Attempts + 1 }).ToList();
        _sending = (post, step.Kind);
        var outcome = await Send(work, step, post, window);
        var decision = DeliveryEngine.After(work.Thread, tried, outcome, work.Now + window.Elapsed, context.Jitter(), context.Rules);
        if (outcome is PostOutcome.Refused { Scope: RefusalScope.Metadata })
        {
            _withoutMetadata = true;
        }

        span?.SetTag("threadgrains.outcome", DeliveryMetrics.Word(outcome)).SetTag("threadgrains.attempts", tried[0].Attempts)
            .SetStatus(outcome is PostOutcome.Posted ? ActivityStatusCode.Ok : ActivityStatusCode.Error, DeliveryLog.Reason(outcome));
        context.Metrics.Tried(outcome);
        context.Log.Tried(post, thread, outcome);
        var settled = await Settle(post, WithRepost(decision.Result));
        if (settled is SettleOutcome.Settled { AfterDoubt: true } or SettleOutcome.Observed)
        {
            context.Log.LateResult(post, thread);
            context.Metrics.CameLate();
        }

        await ReportToLanes(work, decision.Report, stopping);
        return context.Clock.GetUtcNow();
    }

    /// <summary>A trace of its own, linked to the requests that brought what is posted, however long ago and in whichever process.</summary>
    private Activity? StartSpan(ThreadWork work, DeliveryStep.Post step)
    {
        var links = step.Members.Select(member => ActivityContext.TryParse(member.Activity.Trace, null, isRemote: true, out var accept) ? accept : default)
            .Where(accept => accept != default).Distinct().Select(accept => new ActivityLink(accept));
        return ProductTelemetry.Spans.StartActivity(
            "slack post", ActivityKind.Client, parentContext: default,
            [
                new("threadgrains.workspace", work.Thread.Workspace), new("threadgrains.channel", work.Thread.Channel),
                new("threadgrains.kind", DeliveryMetrics.Snake(step.Kind.ToString())),
            ],
            links);
    }

    private async Task<PostOutcome> Send(ThreadWork work, DeliveryStep.Post step, Guid post, SendWindow window)
    {
        // Once a post has begun, giving up is an outcome, not an exception: no cancellation from here on.
        var marker = PostMarker.Of(post, [.. step.Members.Select(member => member.Id)]);
        var wanted = DeliveryEngine.IsShortened(step.Members[0]) ? Fullness.Short : Fullness.Whole;
        var message = RenderingFallback.Render<OutgoingMessage>(
            wanted,
            fullness => step.Kind switch
            {
                PostKind.Root => context.Renderer.Root(work, marker, _withoutMetadata, fullness),
                PostKind.Recap => context.Renderer.Recap(work, marker, _withoutMetadata, fullness),
                PostKind.Digest => context.Renderer.Digest(work, step.Members, marker, _withoutMetadata, fullness),
                _ => context.Renderer.Reply(work, step.Members[0], marker, _withoutMetadata, fullness),
            },
            (fullness, error) => context.Log.Unrenderable(post, thread, fullness, error));
        return message switch
        {
            RootMessage root => await context.Slack.PostRoot(root, window, CancellationToken.None),
            ReplyMessage reply => await context.Slack.PostReply(reply, window, CancellationToken.None),
            _ => new PostOutcome.Refused(RefusalScope.Message, "unrenderable"),
        };
    }

    /// <summary>Results that say that the parent is gone name what takes the thread's place. <c>thread_not_found</c> is Slack's word for it; others say that the channel takes no replies.</summary>
    private PostResult WithRepost(PostResult result) => result switch
    {
        PostResult.Orphaned orphaned => orphaned with { Repost = context.NewRepost() },
        PostResult.ThreadGone { Reason: "thread_not_found" or "message_not_found" } gone => gone with { Repost = context.NewRepost() },
        _ => result,
    };

    /// <summary>Keeps the result in hand until the ledger has it: evidence is never lost while this process lives.</summary>
    private async Task<SettleOutcome> Settle(Guid post, PostResult result)
    {
        for (int round = 0; ; round++)
        {
            var outcome = await context.Ledger.Settle(post, result, CancellationToken.None);
            switch (outcome)
            {
                case SettleOutcome.Settled:
                    context.Metrics.Settled(result);
                    return outcome;
                case SettleOutcome.Observed or SettleOutcome.Superseded:
                    return outcome;
                case SettleOutcome.Unavailable or SettleOutcome.Unknown:
                    await Task.Delay(LedgerRetry * Math.Min(10, round + 1), context.Clock, CancellationToken.None);
                    break;
            }
        }
    }

    private async Task ReportToLanes(ThreadWork work, LaneReport report, CancellationToken stopping)
    {
        if (report is LaneReport.ChannelTrouble { Error: "not_in_channel" } && !_joinTried)
        {
            // One self-repair: a public channel can be joined.
            _joinTried = true;
            if (await context.Slack.Join(work.Thread.Channel, stopping) is CallOutcome<SlackChannel>.Ok)
            {
                report = new LaneReport.Ended();
            }
        }

        if (report is LaneReport.Went)
        {
            _joinTried = false;
        }

        await context.Lanes.Report(thread, report);
    }

    private async Task<NextStep> Read(ThreadWork work, PostRow post, CancellationToken stopping)
    {
        // By both clocks, as a send window: a clock that is set back meanwhile must not make the second look due at once.
        var since = SendWindow.Open(context.Clock);
        var evidence = await _reader.Look(work.Thread, post, stopping);
        var now = work.Now + since.Elapsed;
        return await Conclude(post, evidence, now, stopping);
    }

    private async Task<NextStep?> FollowUp(ThreadWork work, PostRow post, Told told, CancellationToken stopping)
    {
        if (told.ThreadTs is not null && told.ThreadTs == work.Thread.Ts)
        {
            return Again(await context.Ledger.Observe(post.Id, told.Ts, "event", context.Silo, stopping));
        }

        var evidence = await _reader.LookAtOnce(work.Thread, post, stopping);
        return evidence is ReadEvidence.Found or ReadEvidence.FoundOutside ? await Conclude(post, evidence, work.Now, stopping) : null;
    }

    private async Task<NextStep> Conclude(PostRow post, ReadEvidence evidence, DateTimeOffset now, CancellationToken stopping)
    {
        context.Log.Looked(post.Id, thread, evidence);
        context.Metrics.Looked(evidence);
        switch (DeliveryEngine.AfterRead(post, evidence, now, context.Rules))
        {
            case ReadDecision.Result result:
                foreach (string ts in result.FurtherCopies)
                {
                    await context.Ledger.Observe(post.Id, ts, "read", context.Silo, stopping);
                }

                await Settle(post.Id, WithRepost(result.Outcome));
                return context.Clock.GetUtcNow();
            case ReadDecision.Step step:
                var doubt = step.Doubt is DoubtStep.ParentGone ? new DoubtStep.ParentGone(context.NewRepost()) : step.Doubt;
                return Again(await Fenced(fence => context.Ledger.StepDoubt(fence, post.Id, doubt, stopping), stopping));
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<NextStep> CleanUp(ThreadWork work, CleanupRow cleanup, CancellationToken stopping)
    {
        var outcome = await context.Slack.Delete(cleanup.Channel, SlackTs.Parse(cleanup.Ts), stopping);
        DateTimeOffset? again = outcome switch
        {
            CallOutcome<DeletedMessage>.Ok => null,
            CallOutcome<DeletedMessage>.Limited limited => work.Now + LimitedPause.After(limited.RetryAfter, cleanup.Attempts + 1),
            _ => RetrySchedule.Due(cleanup.Attempts + 1, work.Now, context.Jitter()),
        };
        context.Log.CleanedUp(thread, cleanup.Why, outcome is CallOutcome<DeletedMessage>.Ok);
        if (again is null)
        {
            context.Metrics.CleanedUp(cleanup.Why);
        }

        return Again(await context.Ledger.SettleCleanup(cleanup.Id, again, stopping));
    }

    private async Task<NextStep> Verify(ThreadWork work, PostRow sent, CancellationToken stopping)
    {
        var (copies, retryAfter, refused) = await _reader.LookForCopies(work.Thread, sent, work.VerifySince ?? sent.ClaimedAt, stopping);
        if (copies is null)
        {
            return Again(await context.Ledger.SettleVerification(sent.Id, work.Now + (retryAfter ?? DeliveryEngine.UntilNextLook(refused, work.Now - sent.ClaimedAt, context.Rules.Times)), stopping));
        }

        foreach (var (marker, ts, isInThread) in copies)
        {
            // A copy that the ledger does not name is evidence of a post that was given up, or a second copy. A post that a
            // restored ledger does not know is one only if it carries the very delivery that was sent again: everything else
            // that came after the backup stays.
            var post = await context.Ledger.ReadPost(marker.Post, stopping);
            if (post is null && marker.Delivery is { } delivery && delivery == sent.Members[0])
            {
                post = sent;
            }

            if (post is not null && post.Thread == thread && post.SlackTs != ts)
            {
                context.Log.SecondCopy(post.Id, thread);
                // Looking for copies of an announcement one comes across replies whose parent is gone.
                await context.Ledger.Observe(post.Id, ts, post.Kind == PostKind.Root || isInThread ? "read" : "orphan", context.Silo, stopping);
            }
        }

        return Again(await context.Ledger.SettleVerification(sent.Id, DeliveryEngine.AfterVerification(sent, work.Now, context.Rules), stopping));
    }

    private async Task<NextStep> LookUp(ThreadWork work, CancellationToken stopping)
    {
        var ts = SlackTs.Parse(work.Thread.Ts ?? throw new InvalidOperationException("An adopted thread has no ts."));
        switch (await context.Lanes.ForRead(thread, new ReadRank(context.Clock.GetUtcNow())))
        {
            case PermitAnswer.NotBefore later:
                return ToAskAgain(later.At, context.Clock.GetUtcNow());
            case PermitAnswer.Parked parked:
                return ToAskAgain(parked.ProbeAt, context.Clock.GetUtcNow());
        }

        var outcome = await context.Slack.Replies(work.Thread.Channel, ts, null, null, stopping);
        switch (outcome)
        {
            case CallOutcome<MessagePage>.Ok ok when ok.Value.Messages.FirstOrDefault(message => message.Ts == ts) is { IsTombstone: false } found:
                var root = found.ThreadTs is { IsValid: true } parent ? parent : found.Ts;
                var confirmed = await Fenced(fence => context.Ledger.ConfirmParent(fence, thread, root.ToString(), stopping), stopping);
                return confirmed == WriteOutcome.Clash
                    ? Again(await Fenced(fence => context.Ledger.CloseThread(fence, thread, "message_taken", stopping), stopping))
                    : Again(confirmed);
            case CallOutcome<MessagePage>.Ok or CallOutcome<MessagePage>.Refused { Error: "thread_not_found" or "message_not_found" }:
                return Again(await Fenced(fence => context.Ledger.CloseThread(fence, thread, "parent_gone", stopping), stopping));
            case CallOutcome<MessagePage>.Refused { Scope: RefusalScope.Channel } refused:
                return Again(await Fenced(fence => context.Ledger.CloseThread(fence, thread, refused.Error, stopping), stopping));
            case CallOutcome<MessagePage>.Refused { Scope: RefusalScope.Workspace }:
                var pause = context.Rules.Times.UnreadableRetry * Math.Pow(2, Math.Min(5, _refusedLookUps++));
                return Again(await Fenced(fence => context.Ledger.PostponeLookUp(fence, thread, work.Now + pause, stopping), stopping));
            case CallOutcome<MessagePage>.Limited limited:
                await context.Lanes.Throttled(edit: false, limited.RetryAfter);
                break;
        }

        return Again(await Fenced(fence => context.Ledger.PostponeLookUp(fence, thread, work.Now + context.Rules.Times.UnreadableRetry, stopping), stopping));
    }

    private Task<WriteOutcome> Fenced(Func<Fence, Task<WriteOutcome>> write, CancellationToken stopping) =>
        context.Ownership.Write(write, FenceVerdicts.Of, stopping);

    /// <summary>When to ask a lane again that said when.</summary>
    internal static DateTimeOffset ToAskAgain(DateTimeOffset said, DateTimeOffset now) => said > now + AskAgain ? said : now + AskAgain;

    /// <summary>At once, unless the ledger could not take the write: then after a pause.</summary>
    private DateTimeOffset Again(WriteOutcome outcome) => outcome is WriteOutcome.Done or WriteOutcome.NotPossible
        ? context.Clock.GetUtcNow() + (outcome == WriteOutcome.NotPossible ? LedgerRetry : TimeSpan.Zero)
        : context.Clock.GetUtcNow() + LedgerRetry;
}
