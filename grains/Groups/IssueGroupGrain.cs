using Microsoft.Extensions.Options;
using ThreadGrains.Grains.Callbacks;
using ThreadGrains.Grains.Channels;
using ThreadGrains.Grains.Delivery;
using ThreadGrains.Grains.Organizations;
using ThreadGrains.Grains.Rendering;
using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Organizations;
using ThreadGrains.Slack.WebApi;
using ThreadGrains.Workspaces;

namespace ThreadGrains.Grains.Groups;

[GrainType("issue-group")]
internal sealed class IssueGroupGrain(
    ILedger ledger, ILocalSiloDetails silo, SlackClient slack, WorkspaceTokens tokens, SlackIdentities identities, OrganizationSettingsCache settings,
    IOptions<DeliveryOptions> delivery, IOptions<InDoubtOptions> inDoubt, IOptions<PacingOptions> pacing, CallbackContext callbacks, IdSource ids,
    DeliveryLog log, DeliveryMetrics metrics, AcceptMetrics accepts, TakeOvers takeOvers, TimeProvider clock) : Grain, IIssueGroupGrain
{
    /// <summary>How often a group that is busy says so.</summary>
    private static readonly TimeSpan StayingAwake = TimeSpan.FromSeconds(30);

    private GroupOwner? _owner;

    private GroupKey Key => GroupKey.Parse(this.GetPrimaryKeyString());

    private GroupOwner Owner => _owner ?? throw new InvalidOperationException("The group has not been activated.");

    private OrganizationSettings Settings => settings.Current(Key.Organization);

    private bool Reposts => Settings.Policy?.ParentGone == ParentGonePolicy.Repost;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await settings.Get(Key.Organization);
        _owner = new GroupOwner(new OwnerContext(
            Key, ledger, silo.SiloAddress.ToParsableString(), () => Settings, Drivers, delivery.Value, clock, ids.Next, log, DeactivateOnIdle, callbacks)
        {
            TakeOvers = takeOvers,
            Fenced = metrics.Fenced,
        });
        await _owner.Load(cancellationToken);
        await _owner.WakeAll(cancellationToken);
        this.RegisterGrainTimer(StayAwake, new GrainTimerCreationOptions(StayingAwake, StayingAwake) { Interleave = true });
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_owner is null)
        {
            return;
        }

        bool isBusy = _owner.IsBusy;
        await _owner.Stop();
        _owner.Dispose();
        // Orleans also ends activations of silos that live: those whose place in its directory was on a silo that died. The ledger
        // names a living owner then, and recovery would leave the group alone for a minute. Not where another owner has taken over
        // (then we asked for this end ourselves), nor where the silo ends: its groups are found at once.
        if (isBusy && reason.ReasonCode is not (DeactivationReasonCode.ApplicationRequested or DeactivationReasonCode.ShuttingDown))
        {
            GrainFactory.GetGrain<IIssueGroupGrain>(this.GetPrimaryKeyString()).Nudge().Ignore();
        }
    }

    public async Task<AcceptReceipt> Accept(Activity activity) => (await AcceptMany([activity]))[0];

    public async Task<IReadOnlyList<AcceptReceipt>> AcceptMany(IReadOnlyList<Activity> activities)
    {
        // Not every caller comes through the gateway: the form is checked here too, by the same rules.
        var receipts = new AcceptReceipt?[activities.Count];
        var good = new List<(int Place, TurnRequest Request)>();
        var batch = activities.Count > 1 ? new AcceptBatch() : null;
        for (int i = 0; i < activities.Count; i++)
        {
            if (RequestRules.Check(activities[i]) is [var violation, ..])
            {
                receipts[i] = Invalid(activities[i].Id, violation);
            }
            else
            {
                good.Add((i, new TurnRequest.ActivityTold(activities[i], ContentHash.Of(Key.Group, activities[i]), batch)));
            }
        }

        var answers = await Owner.Take([.. good.Select(item => item.Request)]);
        for (int i = 0; i < good.Count; i++)
        {
            receipts[good[i].Place] = ((TurnAnswer.Accept)answers[i]).Receipt;
        }

        foreach (var receipt in receipts.OfType<AcceptReceipt>())
        {
            accepts.Answered("activity", receipt);
        }

        return [.. receipts.OfType<AcceptReceipt>()];
    }

    public async Task<AcceptReceipt> Announce(Alert alert)
    {
        if (RequestRules.Check(alert) is [var violation, ..])
        {
            var invalid = Invalid(alert.Id, violation);
            accepts.Answered("alert", invalid);
            return invalid;
        }

        var answers = await Owner.Take([new TurnRequest.AlertTold(alert, ContentHash.Of(Key.Group, alert))]);
        var receipt = ((TurnAnswer.Accept)answers[0]).Receipt;
        accepts.Answered("alert", receipt);
        return receipt;
    }

    public async Task<AdoptionReceipt> Adopt(ParentAdoption adoption)
    {
        if (RequestRules.Check(adoption) is [var violation, ..])
        {
            return new AdoptionReceipt(AdoptionOutcome.Refused, Reason: AcceptReasons.Invalid, Detail: $"{violation.Field} {violation.Detail}");
        }

        return ((TurnAnswer.Adopted)(await Owner.Take([new TurnRequest.Adoption(adoption)]))[0]).Receipt;
    }

    public async Task<ClickReceipt> Click(Click click)
    {
        var workspace = GrainFactory.GetGrain<ISlackWorkspaceGrain>(click.Address.Workspace);
        string name = await GrainFactory.GetGrain<IWorkspaceLaneGrain>(click.Address.Workspace).NameOf(click.User) ?? click.UserName ?? click.User;
        if (ClickActivity.Of(click, name) is not { } activity || !await IsRootOfOurs(click))
        {
            accepts.Clicked(ClickOutcome.NotOurs);
            return new ClickReceipt(ClickOutcome.NotOurs);
        }

        var request = new TurnRequest.Clicked(click, activity, ContentHash.Of(Key.Group, activity));
        var answer = (TurnAnswer.Clicked)(await Owner.Take([request]))[0];
        accepts.Clicked(answer.Receipt.Outcome);
        if (answer.Whisper is { } words)
        {
            await workspace.Whisper(click.Address.Channel, click.User, null, words);
        }

        return answer.Receipt;
    }

    public async Task<OperatorReceipt> CloseThread(Guid thread)
    {
        if (await ledger.ReadThread(thread, 0, CancellationToken.None) is not { } work || work.Thread.Group != Owner.Memory.Id)
        {
            return new OperatorReceipt(OperatorOutcome.NotFound);
        }

        if (work.Thread.State == ThreadState.Closed)
        {
            return new OperatorReceipt(OperatorOutcome.NotPossible, "already_closed", "The thread is closed already.");
        }

        var outcome = await Owner.Ownership.Write(
            fence => ledger.CloseThread(fence, thread, "closed_by_operator", CancellationToken.None), FenceVerdicts.Of, CancellationToken.None);
        await Owner.Wake(thread, CancellationToken.None);
        return Receipt(outcome, "already_closed");
    }

    public async Task<OperatorReceipt> ReopenThread(Guid thread)
    {
        if (await ledger.ReadThread(thread, 0, CancellationToken.None) is not { } work || work.Thread.Group != Owner.Memory.Id)
        {
            return new OperatorReceipt(OperatorOutcome.NotFound);
        }

        var outcome = await Owner.Ownership.Write(
            fence => ledger.ReopenThread(fence, thread, CancellationToken.None), FenceVerdicts.Of, CancellationToken.None);
        switch (outcome)
        {
            case WriteOutcome.Done:
                await Owner.Reopened(thread, CancellationToken.None);
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

        var outcome = await Owner.Ownership.Write(
            fence => ledger.CloseThread(fence, thread, "parent_gone", Reposts ? new Repost(ids.Next(), ids.Next(), ids.Next()) : null, CancellationToken.None), FenceVerdicts.Of, CancellationToken.None);
        await Owner.Wake(thread, CancellationToken.None);
        return Receipt(outcome, "already_closed");
    }

    public Task<OperatorReceipt> PostSeen(Guid post, string ts) => Seen(post, ts, null);

    public Task<OperatorReceipt> ReplySeen(Guid post, string ts, string threadTs) => Seen(post, ts, threadTs);

    private async Task<OperatorReceipt> Seen(Guid post, string ts, string? threadTs)
    {
        if (await ledger.FindPostInFlight(post, CancellationToken.None) is not { } place || place.Group != new GroupName(Key.Organization, Key.Group))
        {
            return new OperatorReceipt(OperatorOutcome.NotFound);
        }

        if (place.Kind != PostKind.Root)
        {
            // Unless Slack says in which thread it stands it takes a look: one whose parent is gone stands in none.
            await Owner.Hasten(place.Thread, post, ts, threadTs, CancellationToken.None);
            return new OperatorReceipt(OperatorOutcome.Done);
        }

        var outcome = await ledger.Observe(post, ts, "event", silo.SiloAddress.ToParsableString(), CancellationToken.None);
        await Owner.Wake(place.Thread, CancellationToken.None);
        return Receipt(outcome, "not_in_flight");
    }

    public async Task<IReadOnlyList<OperatorReceipt>> Replay(IReadOnlyList<Guid> deliveries)
    {
        var outcomes = await Owner.Ownership.Write(
            fence => ledger.Replay(fence, deliveries, CancellationToken.None), FenceVerdicts.Of, CancellationToken.None);
        await Owner.WakeAll(CancellationToken.None);
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
        var found = await ledger.ReportDeliveries(new DeliveryQuery(Key.Organization, Key.Group, delivery), CancellationToken.None);
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
        await Owner.WakeAll(CancellationToken.None);
        return Receipt(outcome, "not_in_doubt");
    }

    public Task Nudge() => Owner.WakeAll(CancellationToken.None);

    private Task<WriteOutcome> Step(Guid post, DoubtStep step) =>
        Owner.Ownership.Write(fence => ledger.StepDoubt(fence, post, step, CancellationToken.None), FenceVerdicts.Of, CancellationToken.None);

    /// <summary>
    /// Whether the clicked message is a root of this group. A root whose outcome is not known yet is proven by the click:
    /// its marker names the post, and Slack signed that it stands there.
    /// </summary>
    private async Task<bool> IsRootOfOurs(Click click)
    {
        if (Owner.Memory.Threads.Any(thread => thread.Address == click.Address && thread.Ts == click.MessageTs))
        {
            return true;
        }

        var name = new GroupName(Key.Organization, Key.Group);
        if (await ledger.FindGroupOfMessage(click.Address.Workspace, click.Address.Channel, click.MessageTs, null, CancellationToken.None) == name)
        {
            return true;
        }

        if (click.MarkerPost is not { } post
            || await ledger.FindGroupOfMessage(click.Address.Workspace, click.Address.Channel, click.MessageTs, post, CancellationToken.None) != name)
        {
            return false;
        }

        if (await ledger.Settle(post, new PostResult.Sent(click.MessageTs), CancellationToken.None) is not (SettleOutcome.Settled or SettleOutcome.Observed))
        {
            return false;
        }

        await Owner.WakeAll(CancellationToken.None);
        return true;
    }

    /// <summary>The open thread under a message. Its <c>ts</c> may have been written a moment ago, by whoever knew it: then only the ledger has it.</summary>
    private async Task<Guid?> ThreadUnder(ChannelAddress address, string ts) =>
        Owner.Memory.Threads.FirstOrDefault(thread => thread.Address == address && thread.Ts == ts)?.Id
        ?? (await ledger.LoadGroup(Key.Organization, Key.Group, CancellationToken.None))?.Threads
            .FirstOrDefault(thread => thread.Workspace == address.Workspace && thread.Channel == address.Channel && thread.Ts == ts)?.Id;

    private Task StayAwake(CancellationToken cancellation)
    {
        if (Owner.IsBusy)
        {
            // Orleans counts calls, not background work.
            DelayDeactivation(StayingAwake * 4);
        }

        return Task.CompletedTask;
    }

    private DriverContext Drivers(ChannelAddress address, GroupOwnership ownership) => new(
        ledger, ownership,
        new SlackPoster(Key.Organization, address.Workspace, slack, tokens, identities, delivery.Value.Window, pacing.Value.MessagesPerRead, clock),
        new GrainLanes(GrainFactory, Key.Organization, address, tokens), new MessageRenderer(() => Settings),
        new DeliveryRules(slack.GoesThroughProxy ? delivery.Value.ThroughProxy() : delivery.Value, inDoubt.Value.Unreadable, TimeSpan.FromDays(pacing.Value.ParkedDays))
        {
            Digests = pacing.Value.Digests,
        },
        clock, ids.Next, ids.Chance, log, metrics, silo.SiloAddress.ToParsableString())
    {
        Reposts = () => Reposts,
    };

    private AcceptReceipt Invalid(string id, Violation violation) =>
        new(id, Key.Group, AcceptOutcome.Refused, AcceptReasons.Invalid, Detail: $"{violation.Field} {violation.Detail}");

    private static OperatorReceipt Receipt(WriteOutcome outcome, string notPossible) => outcome switch
    {
        WriteOutcome.Done => new OperatorReceipt(OperatorOutcome.Done),
        WriteOutcome.NotPossible or WriteOutcome.Clash => new OperatorReceipt(OperatorOutcome.NotPossible, notPossible),
        _ => new OperatorReceipt(OperatorOutcome.Unavailable),
    };
}
