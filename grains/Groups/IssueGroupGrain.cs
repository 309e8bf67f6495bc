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

namespace ThreadGrains.Grains.Groups;

[GrainType("issue-group")]
internal sealed class IssueGroupGrain(
    ILedger ledger, ILocalSiloDetails silo, SlackClient slack, WorkspaceTokens tokens, SlackIdentities identities, OrganizationSettingsCache settings,
    IOptions<DeliveryOptions> delivery, IOptions<InDoubtOptions> inDoubt, IOptions<PacingOptions> pacing, CallbackContext callbacks, IdSource ids,
    DeliveryLog log, DeliveryMetrics metrics, AcceptMetrics accepts, TakeOvers takeOvers, TimeProvider clock) : Grain, IIssueGroupGrain
{
    /// <summary>How often a group that is busy says so.</summary>
    private static readonly TimeSpan StayingAwake = TimeSpan.FromSeconds(30);

    private readonly UnansweredClicks _clicks = new(ledger, clock);
    private GroupOwner? _owner;

    private GroupKey Key => GroupKey.Parse(this.GetPrimaryKeyString());

    private GroupOwner Owner => _owner ?? throw new InvalidOperationException("The group has not been activated.");

    private GroupOperations Operations => new(Key, Owner, ledger, silo.SiloAddress.ToParsableString(), ids.Next, () => Reposts);

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
            if (Wrong(RequestRules.Check(activities[i])) is { } violation)
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
        if (Wrong(RequestRules.Check(alert)) is { } violation)
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
        if (Wrong(RequestRules.Check(adoption)) is { } violation)
        {
            return new AdoptionReceipt(AdoptionOutcome.Refused, Reason: AcceptReasons.Invalid, Detail: $"{violation.Field} {violation.Detail}");
        }

        return ((TurnAnswer.Adopted)(await Owner.Take([new TurnRequest.Adoption(adoption)]))[0]).Receipt;
    }

    public async Task<ClickReceipt> Click(Click click)
    {
        string id = ClickActivity.IdOf(click);
        if (!_clicks.Begin(id))
        {
            // Whoever clicked was told that nothing was changed.
            return new ClickReceipt(ClickOutcome.Unavailable);
        }

        try
        {
            var (receipt, words) = await Take(click);
            accepts.Clicked(receipt.Outcome);
            if (words is not null)
            {
                // Not waited for: the click has ended, whether or not somebody can be told.
                Workspace(click).TellPerson(id, click.Address.Channel, click.User, words).Ignore();
            }
            else if (receipt.Outcome == ClickOutcome.Changed)
            {
                _ = TellIfUnseen(click, id);
            }

            return receipt;
        }
        finally
        {
            _clicks.End(id);
        }
    }

    public Task FollowClick(Click click)
    {
        _ = Follow(click);
        return Task.CompletedTask;
    }

    public Task<OperatorReceipt> CloseThread(Guid thread) => Operations.CloseThread(thread);

    public Task<OperatorReceipt> ReopenThread(Guid thread) => Operations.ReopenThread(thread);

    public Task<OperatorReceipt> ParentDeleted(ChannelAddress address, string ts) => Operations.ParentDeleted(address, ts);

    public async Task<OperatorReceipt> ChannelMoved(ChannelAddress former, string channel)
    {
        await settings.Hasten(Key.Organization);
        var receipt = await Operations.ChannelMoved(former, channel);
        if (receipt.Outcome != OperatorOutcome.NotPossible)
        {
            // Its drivers speak to the lanes of the old id. Whatever is under way ends first.
            DeactivateOnIdle();
            GrainFactory.GetGrain<IIssueGroupGrain>(this.GetPrimaryKeyString()).Nudge().Ignore();
        }

        return receipt;
    }

    public Task<OperatorReceipt> PostSeen(Guid post, string ts) => Operations.PostSeen(post, ts, null);

    public Task<OperatorReceipt> ReplySeen(Guid post, string ts, string threadTs) => Operations.PostSeen(post, ts, threadTs);

    public Task<IReadOnlyList<OperatorReceipt>> Replay(IReadOnlyList<Guid> deliveries) => Operations.Replay(deliveries);

    public Task<OperatorReceipt> ResolveDoubt(Guid delivery, DoubtVerdict verdict, string? slackTs) => Operations.ResolveDoubt(delivery, verdict, slackTs);

    public Task Nudge() => Owner.WakeAll(CancellationToken.None);

    private IWorkspaceLaneGrain Workspace(Click click) => GrainFactory.GetGrain<IWorkspaceLaneGrain>(click.Address.Workspace);

    /// <summary>What a click came to, and what the person is told.</summary>
    private async Task<(ClickReceipt Receipt, string? Words)> Take(Click click)
    {
        var person = await Person(click);
        if (person.Standing != PersonStanding.Member)
        {
            return (new ClickReceipt(ClickOutcome.Stranger), person.Standing == PersonStanding.Stranger ? ClickWords.Stranger : ClickWords.Unclear);
        }

        if (ClickActivity.Of(click, person.Name ?? click.UserName ?? click.User) is not { } activity || !await IsRootOfOurs(click))
        {
            return (new ClickReceipt(ClickOutcome.NotOurs), null);
        }

        var request = new TurnRequest.Clicked(click, activity, ContentHash.Of(Key.Group, activity));
        var answer = (TurnAnswer.Clicked)(await Owner.Take([request]))[0];
        return (answer.Receipt, answer.Whisper);
    }

    private async Task<SlackPerson> Person(Click click)
    {
        try
        {
            return await Workspace(click).PersonOf(click.User, click.UserTeam);
        }
        catch (Exception silence) when (silence is not OutOfMemoryException)
        {
            // The workspace's silo is going away, or is of a version that does not know the question. A name only makes a text better.
            return new SlackPerson(SlackPerson.StandingOf(click.Address.Workspace, click.UserTeam, null, null));
        }
    }

    /// <summary>
    /// The announcement may be gone without our knowing it: the reply to it finds that out, and goes again. Whoever clicked would hear
    /// nothing then.
    /// </summary>
    private async Task TellIfUnseen(Click click, string id)
    {
        try
        {
            if (ClickActivity.Of(click, "") is { } activity
                && Owner.Memory.Threads.FirstOrDefault(thread => thread.Address == click.Address && thread.Ts == click.MessageTs) is { } clicked
                && await _clicks.LostItsPlace(clicked.Id))
            {
                Workspace(click).TellPerson(id, click.Address.Channel, click.User, ClickWords.DoneUnseen(Key, Owner.Memory, activity)).Ignore();
            }
        }
        catch (LedgerUnavailableException)
        {
            // The edge of a task that nobody waits for: the click is stored, and its reply goes on by itself.
        }
    }

    /// <summary>Tells whoever clicked what became of a click that Slack was told could not be taken.</summary>
    private async Task Follow(Click click)
    {
        string id = ClickActivity.IdOf(click);
        if (ClickActivity.Of(click, "") is not { } activity)
        {
            return;
        }

        string words = await _clicks.Learn(Key.Organization, id) switch
        {
            true => ClickWords.DoneLate(Key, Owner.Memory, activity.Type),
            false => ClickWords.NotDone(Key, Owner.Memory),
            null => ClickWords.InDoubt(Key, Owner.Memory),
        };
        Workspace(click).TellPerson(id, click.Address.Channel, click.User, words).Ignore();
    }

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

    /// <summary>What is wrong with a request, beginning with the group that the caller named by our key.</summary>
    private Violation? Wrong(IReadOnlyList<Violation> found) => RequestRules.CheckGroup(Key.Group) ?? (found is [var first, ..] ? first : null);

    private AcceptReceipt Invalid(string id, Violation violation) =>
        new(id, Key.Group, AcceptOutcome.Refused, AcceptReasons.Invalid, Detail: $"{violation.Field} {violation.Detail}");
}
