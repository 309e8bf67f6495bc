using ThreadGrains.Grains.Channels;
using ThreadGrains.Grains.Groups;
using ThreadGrains.Grains.Rendering;
using ThreadGrains.Ledger;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Delivery;

/// <summary>
/// Keeps one parent showing the group's present state. The card is desired state, not a queue: whatever was missed, the
/// newest revision is sent. It has a budget and a pace of its own, so that it never delays a reply.
/// </summary>
/// <param name="thread">The thread.</param>
/// <param name="context">What drivers share.</param>
/// <param name="parentGone">Told once the ledger knows that the parent is gone.</param>
internal sealed class ParentEditor(Guid thread, DriverContext context, Action? parentGone = null) : IWorker
{
    /// <summary>After the deadline of an edit whose outcome nobody knows: its bytes are dead by then.</summary>
    private static readonly TimeSpan AfterDeadline = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    private bool _permitted;

    /// <summary>Slack refused the whole card for its content: the same revision goes once more, as a plain line.</summary>
    private bool _shortened;

    /// <summary>The last edit was refused with an error of the channel.</summary>
    private bool _refused;

    /// <inheritdoc/>
    public async Task<NextStep> Step(CancellationToken stopping)
    {
        var now = context.Clock.GetUtcNow();
        if (await context.Ledger.ReadThread(thread, members: 0, stopping) is not { } work || !IsWanted(work.Thread))
        {
            return NextStep.None;
        }

        if (work.Thread.EditDueAt is { } due && due > work.Now)
        {
            return new NextStep(now + (due - work.Now), NewWorkWaits: true);
        }

        if (!_permitted)
        {
            switch (await context.Lanes.ForEdit(thread))
            {
                case PermitAnswer.Granted:
                    _permitted = true;
                    break;
                case PermitAnswer.NotBefore later:
                    return new NextStep(ThreadDriver.ToAskAgain(later.At, now), NewWorkWaits: true);
                case PermitAnswer.Parked:
                    return now + TimeSpan.FromSeconds(60);
            }
        }

        _permitted = false;
        stopping.ThrowIfCancellationRequested();
        var window = context.Slack.OpenWindow();
        var token = context.NewId();
        var claim = await context.Ownership.Write(
            fence => context.Ledger.ClaimEdit(fence, thread, token, context.Rules.Times.Window, CancellationToken.None), FenceVerdicts.Of, CancellationToken.None);
        if (claim is not EditClaimOutcome.Claimed claimed)
        {
            return claim is EditClaimOutcome.Not { Outcome: WriteOutcome.NotPossible } ? now + Retry : now + TimeSpan.FromSeconds(1);
        }

        var update = RenderingFallback.Render(
            _shortened ? Fullness.Short : Fullness.Whole,
            fullness => context.Renderer.Card(work with { State = claimed.State, Issue = claimed.Issue }, claimed.Ts, fullness),
            (fullness, error) => context.Log.ParentUnrenderable(thread, fullness, error));
        var outcome = update is null
            ? new CallOutcome<UpdatedMessage>.Refused(RefusalScope.Message, "unrenderable")
            : await context.Slack.Update(update, window, CancellationToken.None);
        context.Log.Edited(thread, claimed.Revision, outcome);
        var result = After(outcome, claimed, work.Now + window.Elapsed, _shortened);
        _shortened = result is EditResult.TryAgain && (_shortened || IsForItsContent(outcome));
        await Settle(token, result is EditResult.ParentGone ? new EditResult.ParentGone(context.NewRepost()) : result);
        if (result is EditResult.ParentGone)
        {
            parentGone?.Invoke();
        }

        switch (outcome)
        {
            case CallOutcome<UpdatedMessage>.Limited limited:
                await context.Lanes.Throttled(edit: true, limited.RetryAfter);
                break;
            case CallOutcome<UpdatedMessage>.Refused { Scope: RefusalScope.Channel } refused:
                _refused = true;
                await context.Lanes.ChannelSaid(refused.Error);
                break;
            case CallOutcome<UpdatedMessage>.Ok when _refused:
                _refused = false;
                await context.Lanes.ChannelSaid(null);
                break;
        }

        return context.Clock.GetUtcNow();
    }

    /// <summary>What an edit came to. After an unknown outcome the newest revision is sent again, also if it equals the one that was tried.</summary>
    /// <param name="outcome">What the call came to.</param>
    /// <param name="claimed">The edit.</param>
    /// <param name="now">The moment of the outcome.</param>
    /// <param name="shortened">It was the plain line that goes after a refusal of the whole card.</param>
    internal static EditResult After(CallOutcome<UpdatedMessage> outcome, EditClaimOutcome.Claimed claimed, DateTimeOffset now, bool shortened = false) => outcome switch
    {
        CallOutcome<UpdatedMessage>.Refused when !shortened && IsForItsContent(outcome) => new EditResult.TryAgain(now),
        CallOutcome<UpdatedMessage>.Ok => new EditResult.Shown(claimed.Revision),
        CallOutcome<UpdatedMessage>.Limited limited => new EditResult.TryAgain(now + LimitedPause.After(limited.RetryAfter, 1)),
        CallOutcome<UpdatedMessage>.RetryLater => new EditResult.TryAgain(now + Retry),
        CallOutcome<UpdatedMessage>.Unknown => new EditResult.TryAgain(claimed.NotAfter + AfterDeadline),
        // A proxy may have passed it on: the newest card is sent once its bytes are dead, and not at once, since it is no answer of Slack's.
        CallOutcome<UpdatedMessage>.NotSlack => new EditResult.TryAgain(Later(claimed.NotAfter + AfterDeadline, now + TimeSpan.FromMinutes(1))),
        CallOutcome<UpdatedMessage>.Refused { Error: "message_not_found" } => new EditResult.ParentGone(),
        CallOutcome<UpdatedMessage>.Refused { Scope: RefusalScope.Channel or RefusalScope.Workspace } => new EditResult.TryAgain(now + TimeSpan.FromMinutes(5)),
        CallOutcome<UpdatedMessage>.Refused => new EditResult.Off(),
        _ => throw new System.Diagnostics.UnreachableException($"No rule for {outcome.GetType().Name}"),
    };

    private static bool IsForItsContent(CallOutcome<UpdatedMessage> outcome) =>
        outcome is CallOutcome<UpdatedMessage>.Refused { Scope: RefusalScope.Message } refused && DeliveryEngine.IsForItsContent(refused.Error);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static bool IsWanted(ThreadRow thread) =>
        thread is { State: ThreadState.Open, Adopted: false, EditsOff: false, Ts: not null } && thread.RevisionWanted > thread.RevisionShown;

    private async Task Settle(Guid token, EditResult result)
    {
        for (int round = 1; await context.Ledger.SettleEdit(token, result, CancellationToken.None) is WriteOutcome.Unavailable or WriteOutcome.Unknown; round++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500) * Math.Min(10, round), context.Clock, CancellationToken.None);
        }
    }
}
