using System.Collections.Immutable;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Organizations;

namespace ThreadGrains.Grains.Groups;

/// <summary>What a turn would write, what it would answer, and what the group then is.</summary>
/// <param name="After">The group once the turn is committed.</param>
/// <param name="Answers">One for each request, valid once the turn is committed.</param>
/// <param name="Issue">JSON of the issue's facts; null: unchanged.</param>
/// <param name="Keys">Idempotency keys.</param>
/// <param name="Activities">What is stored.</param>
/// <param name="Threads">New threads.</param>
/// <param name="Deliveries">New deliveries.</param>
/// <param name="WantedRevisions">Threads whose card has changed.</param>
internal sealed record TurnDecision(
    GroupMemory After,
    IReadOnlyList<TurnAnswer> Answers,
    string? Issue,
    IReadOnlyList<TurnKey> Keys,
    IReadOnlyList<ActivityRow> Activities,
    IReadOnlyList<NewThread> Threads,
    IReadOnlyList<NewDelivery> Deliveries,
    IReadOnlyList<Guid> WantedRevisions)
{
    /// <summary>What the tracker is to be told.</summary>
    public IReadOnlyList<NewCallback> Callbacks { get; init; } = [];

    /// <summary>Nothing is to be stored: the answers hold as they are.</summary>
    public bool IsEmpty => Keys.Count == 0 && Threads.Count == 0 && Activities.Count == 0;
}

/// <summary>The values that a turn's decision depends on beside the group itself.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Settings">The organization's settings.</param>
/// <param name="Now">The moment of the turn.</param>
/// <param name="NewId">Source of time-ordered ids.</param>
/// <param name="MaxPendingPerThread">Where a thread takes no more.</param>
/// <param name="CallsBack">The tracker is told what clicks make.</param>
internal sealed record AcceptanceContext(
    GroupKey Group, OrganizationSettings Settings, DateTimeOffset Now, Func<Guid> NewId, int MaxPendingPerThread, bool CallsBack = false);

/// <summary>
/// Decides the requests of one turn, one after the other, each on the state that the former left. Pure: what is known of
/// former ids comes in, what to write goes out.
/// </summary>
internal static class Acceptance
{
    /// <summary>How long an id counts as used (P2).</summary>
    public static readonly TimeSpan KeyLifetime = TimeSpan.FromDays(7);

    /// <summary>When to come back after a thread was full: what a channel can post in that time makes room.</summary>
    private static readonly TimeSpan FullThreadRetry = TimeSpan.FromSeconds(30);

    public static TurnDecision Decide(
        GroupMemory group, IReadOnlyList<TurnRequest> requests, IReadOnlyDictionary<(string Kind, string Id), KnownKey> known,
        AcceptanceContext context)
    {
        var turn = new TurnInTheMaking(group, known, context);
        var answers = new TurnAnswer[requests.Count];
        var stopped = new HashSet<AcceptBatch>();
        for (int i = 0; i < requests.Count; i++)
        {
            turn.Trace = requests[i].Trace;
            answers[i] = requests[i] switch
            {
                TurnRequest.ActivityTold { Batch: { } batch } told when batch.IsStopped || stopped.Contains(batch) =>
                    new TurnAnswer.Accept(turn.NotTried(told.Activity.Id, FullThreadRetry)),
                TurnRequest.ActivityTold told => new TurnAnswer.Accept(Take(turn, told.Activity, told.Hash)),
                TurnRequest.AlertTold told => new TurnAnswer.Accept(Take(turn, told.Alert, told.Hash)),
                TurnRequest.Adoption adoption => new TurnAnswer.Adopted(Take(turn, adoption.Parent)),
                TurnRequest.Clicked clicked => Take(turn, clicked),
                _ => throw new System.Diagnostics.UnreachableException($"No rule for {requests[i].GetType().Name}"),
            };
            if (requests[i] is TurnRequest.ActivityTold { Batch: { } together } && answers[i] is TurnAnswer.Accept { Receipt.Outcome: AcceptOutcome.Busy })
            {
                stopped.Add(together);
            }
        }

        return turn.Finish(answers);
    }

    private static AcceptReceipt Take(TurnInTheMaking turn, Activity activity, byte[] hash)
    {
        if (turn.Former("activity", activity.Id, hash) is { } former)
        {
            return former;
        }

        if (!turn.Group.Exists)
        {
            return turn.Ignored(activity.Id, AcceptReasons.NoGroup);
        }

        if (!ActivityTypes.All.Contains(activity.Type))
        {
            return turn.Ignored(activity.Id, AcceptReasons.UnsupportedType);
        }

        string? silence = WhyNobodyHears(turn, activity);
        var recipients = silence is null ? Recipients(turn.Group) : [];
        ImmutableArray<RememberedThread> threads = [.. recipients.Where(thread => turn.Policy.ModeOf(thread.Address, activity.Type) != PostingMode.Silent)];
        silence ??= recipients.Length == 0 ? AcceptReasons.NoThreads : threads.Length == 0 ? AcceptReasons.Policy : null;
        if (threads.Any(turn.IsFull))
        {
            return turn.Busy(activity.Id, FullThreadRetry);
        }

        return turn.Store(activity, hash, silence, threads, GroupTransition.After(turn.Group, activity, turn.Context.Now));
    }

    private static AcceptReceipt Take(TurnInTheMaking turn, Alert alert, byte[] hash)
    {
        if (turn.Former("alert", alert.Id, hash) is { } former)
        {
            return former;
        }

        var after = GroupTransition.After(turn.Group, alert, turn.Context.Now);
        IReadOnlyList<ChannelAddress> channels = [.. AlertRouting.Of(alert, after.Issue, turn.Context.Settings).Select(routed => routed.Channel)];
        if (channels.Count == 0)
        {
            return turn.Refused(
                alert.Id, AcceptReasons.NoChannel,
                "The alert names no channels, no route matches it, and the organization has no default channel; name them in \"channels\", set routes, or configure ThreadGrains__Slack__Channel.");
        }

        if (channels.FirstOrDefault(channel => !turn.Context.Settings.Workspaces.Contains(channel.Workspace)) is { Workspace: not null } stranger)
        {
            return turn.Refused(alert.Id, AcceptReasons.UnknownWorkspace, UnknownWorkspace(stranger.Workspace));
        }

        return turn.Store(alert, hash, channels, after);
    }

    private static AdoptionReceipt Take(TurnInTheMaking turn, ParentAdoption named)
    {
        var parent = named with { Address = turn.Context.Settings.Moves.Now(named.Address) };
        if (!turn.Context.Settings.Workspaces.Contains(parent.Address.Workspace))
        {
            return new AdoptionReceipt(AdoptionOutcome.Refused, Reason: AcceptReasons.UnknownWorkspace, Detail: UnknownWorkspace(parent.Address.Workspace));
        }

        foreach (var thread in turn.Group.Threads.Where(thread => thread.Address == parent.Address))
        {
            if (thread.Ts == parent.Ts)
            {
                return new AdoptionReceipt(AdoptionOutcome.AlreadyAdopted, thread.Id);
            }

            if (thread.Rule == (parent.Rule ?? "") && thread.OpenPeriod == (parent.OpenPeriod ?? ""))
            {
                return new AdoptionReceipt(AdoptionOutcome.Taken, Reason: "thread_exists", Detail: "The group has another thread in this channel for the same rule and open period; close that one first, or name another rule.");
            }
        }

        return new AdoptionReceipt(AdoptionOutcome.Adopted, turn.Adopt(parent));
    }

    private static TurnAnswer.Clicked Take(TurnInTheMaking turn, TurnRequest.Clicked clicked)
    {
        var group = turn.Group;
        if (turn.Former("activity", clicked.Activity.Id, clicked.Hash) is { } former)
        {
            return new TurnAnswer.Clicked(new ClickReceipt(ClickOutcome.Duplicate, former.Sequence));
        }

        if (IsAlreadySo(group, clicked.Activity))
        {
            return new TurnAnswer.Clicked(new ClickReceipt(ClickOutcome.NothingToDo), ClickWords.AlreadySo(turn.Context.Group, group, clicked.Activity));
        }

        var receipt = Take(turn, clicked.Activity, clicked.Hash);
        if (turn.Context.CallsBack && receipt is { Outcome: AcceptOutcome.Accepted or AcceptOutcome.Ignored, Sequence: { } sequence })
        {
            turn.CallBack(clicked, sequence);
        }

        return receipt.Outcome switch
        {
            AcceptOutcome.Accepted or AcceptOutcome.Ignored when receipt.Sequence is { } made => new TurnAnswer.Clicked(
                new ClickReceipt(ClickOutcome.Changed, made),
                turn.Shows(clicked.Click, made) ? null : ClickWords.DoneUnseen(turn.Context.Group, turn.Group, clicked.Activity)),
            AcceptOutcome.Busy => new TurnAnswer.Clicked(new ClickReceipt(ClickOutcome.Unavailable), ClickWords.Busy),
            _ => new TurnAnswer.Clicked(new ClickReceipt(ClickOutcome.NotOurs), ClickWords.Unknown),
        };
    }

    /// <summary>Whether a click would change nothing.</summary>
    private static bool IsAlreadySo(GroupMemory group, Activity activity) => activity.Type switch
    {
        ActivityTypes.Resolved => group.Status == GroupStatus.Resolved,
        ActivityTypes.Archived => group.Status == GroupStatus.Archived,
        ActivityTypes.Unresolved => group.Status == GroupStatus.Unresolved,
        ActivityTypes.Assigned => group.Assignee is not null && group.Details.AssigneeId == activity.Actor.Id,
        _ => false,
    };

    private static string? WhyNobodyHears(TurnInTheMaking turn, Activity activity)
    {
        if (activity.Actor.Type == ActorTypes.System && !(turn.Policy.PostsSystemActor(activity.Type) ?? turn.Context.Settings.PostSystemActors))
        {
            return AcceptReasons.NoUser;
        }

        return turn.Context.Settings.ThreadsOff ? AcceptReasons.ThreadsOff : null;
    }

    /// <summary>All threads of the group; where it has open periods, those of the current one.</summary>
    private static ImmutableArray<RememberedThread> Recipients(GroupMemory group) => group.Details.OpenPeriod is { } period
        ? [.. group.Threads.Where(thread => thread.OpenPeriod == period)]
        : group.Threads;

    private static string UnknownWorkspace(string workspace) =>
        $"The workspace {workspace} is not connected to this organization; connect it first, or name one that is.";
}
