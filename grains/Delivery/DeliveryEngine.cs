using System.Diagnostics;
using ThreadGrains.Ledger;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Delivery;

/// <summary>The rules that a thread's next step depends on, as values.</summary>
/// <param name="Times">The times of a delivery's life.</param>
/// <param name="Unreadable">What happens with a doubt that cannot be read.</param>
/// <param name="Parked">How long a delivery waits for a parked channel.</param>
internal sealed record DeliveryRules(DeliveryOptions Times, UnreadablePolicy Unreadable, TimeSpan Parked)
{
    /// <summary>Whether a thread far behind gets what waits as digests.</summary>
    public bool Digests { get; init; } = true;
}

/// <summary>
/// The life of a delivery (docs/semantics.md) as pure functions: the ledger's view of a thread, a post's outcome or a
/// look's evidence come in as values, the next step goes out, and the caller executes what it returns. Clock and chance
/// are values too.
/// </summary>
internal static class DeliveryEngine
{
    private static readonly TimeSpan LongestUntilNextLook = TimeSpan.FromMinutes(10);

    /// <summary>What a delivery's reason begins with after Slack refused it for its content: it goes once more, shortened.</summary>
    internal const string Shortened = "shortened:";

    /// <summary>Whether a delivery is to be sent as a short plain line.</summary>
    public static bool IsShortened(DeliveryRow delivery) => delivery.Reason?.StartsWith(Shortened, StringComparison.Ordinal) == true;

    /// <summary>Whether Slack's error says that a message's text or blocks are too long or not well formed, so that a plainer one may pass.</summary>
    public static bool IsForItsContent(string error) => error is "msg_too_long" or "msg_blocks_too_long" or "invalid_blocks" or "invalid_blocks_format";

    /// <summary>What to do next for a thread, most urgent first. The order is a decision: evidence before everything, verification last.</summary>
    /// <param name="work">What the ledger holds.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="measure">What the choice of a digest needs besides; null: nothing was waited for.</param>
    public static DeliveryStep Next(ThreadWork work, DeliveryRules rules, DigestMeasure? measure = null)
    {
        var now = work.Now;
        var inFlight = work.InFlight;

        // Evidence of the very post in flight settles it; evidence of an earlier attempt waits until nothing is in flight.
        if (work.Observations.FirstOrDefault(seen => inFlight is null || seen.Post == inFlight.Id) is { } observation)
        {
            return new DeliveryStep.EndObservation(observation.Id);
        }

        if (work.Cleanups.FirstOrDefault(cleanup => cleanup.DueAt <= now) is { } cleanUp)
        {
            return new DeliveryStep.CleanUp(cleanUp);
        }

        var later = Earliest(work.Cleanups.Select(cleanup => (DateTimeOffset?)cleanup.DueAt));
        if (inFlight is not null)
        {
            return NextOf(inFlight, now, rules.Times) is DeliveryStep.Wait wait ? new DeliveryStep.Wait(Earliest([wait.Until, later])) : NextOf(inFlight, now, rules.Times);
        }

        var (head, headDue) = NextOfHead(work, now, rules, measure ?? DigestMeasure.None);
        if (head is not null)
        {
            return head;
        }

        if (work.Verify is { VerifyAt: { } verifyAt } sent)
        {
            if (verifyAt <= now)
            {
                return new DeliveryStep.Verify(sent);
            }

            later = Earliest([later, verifyAt]);
        }

        return new DeliveryStep.Wait(Earliest([later, headDue]));
    }

    /// <summary>What a post's outcome means for the deliveries that it carries, whose attempts include this one.</summary>
    public static PostDecision After(ThreadRow thread, IReadOnlyList<DeliveryRow> members, PostOutcome outcome, DateTimeOffset now, double jitter, DeliveryRules rules)
    {
        var decision = After(thread, members[0], outcome, now, jitter, rules);
        return decision with { Result = DigestChoice.Apart(members, decision.Result, now) };
    }

    /// <summary>What a post's outcome means for its deliveries.</summary>
    /// <param name="thread">The thread as it was when the post was claimed.</param>
    /// <param name="head">The first delivery that the post carries; its attempts include this one.</param>
    /// <param name="outcome">What the call came to.</param>
    /// <param name="now">The moment of the outcome.</param>
    /// <param name="jitter">0 to 1.</param>
    /// <param name="rules">The rules.</param>
    public static PostDecision After(ThreadRow thread, DeliveryRow head, PostOutcome outcome, DateTimeOffset now, double jitter, DeliveryRules rules)
    {
        bool isRoot = head.Kind == DeliveryKind.Root;
        return outcome switch
        {
            PostOutcome.Posted p when isRoot || (p.HasMessage && p.ThreadTs?.ToString() == thread.Ts) =>
                new(new PostResult.Sent(p.Ts.ToString(), head.Doubted ? now + rules.Times.FirstVerification : null), new LaneReport.Went()),
            // Slack un-threads a reply whose parent is gone and still says ok: the landing is what counts.
            PostOutcome.Posted { HasMessage: true } p => new(new PostResult.Orphaned(p.Ts.ToString()), new LaneReport.Went()),
            PostOutcome.Posted => new(new PostResult.Doubt("answer_without_message", KnownEnd: true, now), new LaneReport.Went()),
            PostOutcome.NotSent { Reason: "window_closed" or "cancelled" } n => new(new PostResult.TryAgain(now, n.Reason, UsesAttempt: false), new LaneReport.Ended()),
            PostOutcome.NotSent n => new(Retry(head, n.Reason, now, jitter, rules), new LaneReport.Ended()),
            PostOutcome.Limited l => new(new PostResult.TryAgain(now, l.Error, UsesAttempt: false), new LaneReport.Throttled(l.RetryAfter, l.IsWorkspaceWide)),
            PostOutcome.RetryLater { WorkspaceWide: true } r => new(new PostResult.TryAgain(now, r.Error, UsesAttempt: false), new LaneReport.Throttled(null, WorkspaceWide: true)),
            PostOutcome.RetryLater r => new(Retry(head, r.Error, now, jitter, rules), new LaneReport.Ended()),
            PostOutcome.Refused r => AfterRefusal(isRoot, head, r, now, jitter, rules),
            PostOutcome.Unknown { IsNotFromSlack: true } u => new(new PostResult.Doubt(u.Evidence, KnownEnd: true, now + rules.Times.KnownEndFirstRead), new LaneReport.NotSlack("200")),
            PostOutcome.Unknown u => new(new PostResult.Doubt(u.Evidence, KnownEnd: true, now + rules.Times.KnownEndFirstRead), new LaneReport.Unanswered()),
            // The bytes had left: a proxy may have passed them on and lost Slack's answer.
            PostOutcome.NotSlack n => new(new PostResult.Doubt($"not_slack:{n.Status}", KnownEnd: true, now + rules.Times.KnownEndFirstRead), new LaneReport.NotSlack(n.Status)),
            _ => throw new UnreachableException($"No rule for {outcome.GetType().Name}"),
        };
    }

    /// <summary>What a look for a post in doubt means.</summary>
    public static ReadDecision AfterRead(PostRow post, ReadEvidence evidence, DateTimeOffset now, DeliveryRules rules) => evidence switch
    {
        // The ledger knows whether it had been sent again, and lets it be verified then.
        ReadEvidence.Found f => new ReadDecision.Result(new PostResult.Sent(f.Ts), f.FurtherCopies),
        ReadEvidence.FoundOutside f => new ReadDecision.Result(new PostResult.Orphaned(f.Ts), []),
        ReadEvidence.Absent when post.AbsentReads == 0 => new ReadDecision.Step(new DoubtStep.AbsentOnce(
            now + (post.KnownEnd ? rules.Times.KnownEndReadGap : rules.Times.UnknownEndReadGap))),
        ReadEvidence.Absent { ParentGone: true } when post.Kind != PostKind.Root => new ReadDecision.Step(new DoubtStep.ParentGone()),
        ReadEvidence.Absent => new ReadDecision.Step(new DoubtStep.Absent()),
        ReadEvidence.Unreadable u when now - (post.DoubtSince ?? post.NotAfter) < rules.Times.UnreadablePatience || rules.Unreadable == UnreadablePolicy.Hold =>
            new ReadDecision.Step(new DoubtStep.ReadLater(now + (u.RetryAfter ?? UntilNextLook(u.IsRefused, now - (post.DoubtSince ?? post.NotAfter), rules.Times)), u.Reason)),
        ReadEvidence.Unreadable when rules.Unreadable == UnreadablePolicy.Resend => new ReadDecision.Step(new DoubtStep.Resend()),
        ReadEvidence.Unreadable => new ReadDecision.Step(new DoubtStep.GiveUp("in_doubt")),
        _ => throw new UnreachableException($"No rule for {evidence.GetType().Name}"),
    };

    /// <summary>How long to wait after a look that Slack did not let be made.</summary>
    /// <param name="refused">Slack refuses to show the conversation: the wait grows with the age of what is looked for.</param>
    /// <param name="age">Since when it is looked for.</param>
    /// <param name="times">The times.</param>
    public static TimeSpan UntilNextLook(bool refused, TimeSpan age, DeliveryOptions times)
    {
        if (!refused)
        {
            return times.UnreadableRetry;
        }

        // The policy for what cannot be read decides at a look, which must not come late for that.
        var growing = age < times.UnreadablePatience ? Shorter(age / 2, times.UnreadablePatience - age) : Shorter(age / 2, LongestUntilNextLook);
        return growing > times.UnreadableRetry ? growing : times.UnreadableRetry;
    }

    /// <summary>When the next verification of a post is due after one was made: the second, or none.</summary>
    public static DateTimeOffset? AfterVerification(PostRow sent, DateTimeOffset now, DeliveryRules rules)
    {
        var second = sent.ClaimedAt + rules.Times.FirstVerification + rules.Times.SecondVerification;
        return sent.VerifyAt < second ? second > now ? second : now : null;
    }

    private static DeliveryStep NextOf(PostRow inFlight, DateTimeOffset now, DeliveryOptions times) => inFlight.State switch
    {
        // Bytes may be written until the deadline; only after it does the absence of an answer mean anything.
        PostState.Sending when now < inFlight.NotAfter => new DeliveryStep.Wait(inFlight.NotAfter),
        PostState.Sending => new DeliveryStep.BeginDoubt(inFlight, inFlight.NotAfter + times.UnknownEndFirstRead),
        PostState.InDoubt when inFlight.ReadAt is { } readAt && now < readAt => new DeliveryStep.Wait(readAt),
        PostState.InDoubt => new DeliveryStep.Read(inFlight),
        _ => throw new UnreachableException($"A post that is {inFlight.State} is not in flight"),
    };

    private static (DeliveryStep? Step, DateTimeOffset? Due) NextOfHead(ThreadWork work, DateTimeOffset now, DeliveryRules rules, DigestMeasure measure)
    {
        var thread = work.Thread;
        if (thread.State == ThreadState.Closed)
        {
            return (null, null);
        }

        if (!thread.LookedUp)
        {
            return thread.LookUpDueAt is { } lookUp && now < lookUp ? (null, lookUp) : (new DeliveryStep.LookUp(), null);
        }

        if (work.Pending is not [var head, ..])
        {
            return (null, null);
        }

        if (head.DoubtPost is { } doubtful)
        {
            return (new DeliveryStep.Reopen(doubtful, now), null);
        }

        if (thread.Parked is not null && head.Activity.AcceptedAt + rules.Parked <= now)
        {
            return (new DeliveryStep.Expire(now - rules.Parked), null);
        }

        if (now < head.DueAt)
        {
            return (null, head.DueAt);
        }

        if (work.Recap is { Waits: true })
        {
            // What is in flight in the former thread is told here, or stands there: that has to be known first.
            return (null, now + rules.Times.RecapPoll);
        }

        return (DigestChoice.Of(work, rules, measure), null);
    }

    private static PostDecision AfterRefusal(bool isRoot, DeliveryRow head, PostOutcome.Refused refused, DateTimeOffset now, double jitter, DeliveryRules rules) => refused.Scope switch
    {
        // Slack's own limits are not all known. What is refused for its content goes once more as a short plain line.
        RefusalScope.Message when IsForItsContent(refused.Error) && !IsShortened(head) =>
            new(new PostResult.TryAgain(now, Shortened + refused.Error, UsesAttempt: false), new LaneReport.Ended()),
        RefusalScope.Message => new(new PostResult.Dead(refused.Error), new LaneReport.Ended()),
        // The driver sends it again without; the block id still carries the marker.
        RefusalScope.Metadata => new(new PostResult.TryAgain(now, refused.Error, UsesAttempt: true), new LaneReport.Ended()),
        RefusalScope.Thread => new(isRoot ? new PostResult.Dead(refused.Error) : new PostResult.ThreadGone(refused.Error), new LaneReport.Ended()),
        RefusalScope.Channel => new(new PostResult.TryAgain(now, $"parked:{refused.Error}", UsesAttempt: false), new LaneReport.ChannelTrouble(refused.Error)),
        RefusalScope.Workspace => new(new PostResult.TryAgain(now, $"parked:{refused.Error}", UsesAttempt: false), new LaneReport.WorkspaceTrouble(refused.Error) { Missing = refused.Missing }),
        RefusalScope.Request => new(new PostResult.Dead(refused.Error), new LaneReport.BadRequest(head.Id, refused.Error)),
        // Slack says of its own lists that they are not complete: a code nobody knows gets three tries.
        RefusalScope.Unknown => new(head.Attempts >= 3 ? new PostResult.Dead(refused.Error) : Retry(head, refused.Error, now, jitter, rules), new LaneReport.Ended()),
        _ => throw new UnreachableException($"No rule for {refused.Scope}"),
    };

    private static PostResult Retry(DeliveryRow head, string reason, DateTimeOffset now, double jitter, DeliveryRules rules) =>
        head.Attempts >= rules.Times.MaxAttempts
            ? new PostResult.Dead($"gave_up:{reason}")
            : new PostResult.TryAgain(RetrySchedule.Due(head.Attempts, now, jitter), reason, UsesAttempt: true);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static DateTimeOffset? Earliest(IEnumerable<DateTimeOffset?> moments) => moments.Min();
}
