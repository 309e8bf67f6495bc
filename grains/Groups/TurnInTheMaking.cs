using System.Text.Json;
using ThreadGrains.Grains.Callbacks;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Organizations;

namespace ThreadGrains.Grains.Groups;

/// <summary>Gathers what the requests of one turn write, while the group's state moves on from one to the next.</summary>
internal sealed class TurnInTheMaking(
    GroupMemory group, IReadOnlyDictionary<(string Kind, string Id), KnownKey> known, AcceptanceContext context)
{
    private readonly GroupMemory _before = group;
    private readonly List<TurnKey> _keys = [];
    private readonly Dictionary<(string Kind, string Id), TurnKey> _ownKeys = [];
    private readonly List<ActivityRow> _activities = [];
    private readonly List<NewThread> _threads = [];
    private readonly List<NewDelivery> _deliveries = [];
    private readonly List<NewCallback> _callbacks = [];
    private readonly Dictionary<Guid, int> _made = [];
    private readonly HashSet<Guid> _wantedRevisions = [];

    public GroupMemory Group { get; private set; } = group;

    public AcceptanceContext Context { get; } = context;

    public PostingPolicy Policy { get; } = context.Settings.Policy ?? PostingPolicy.Default;

    /// <summary>W3C <c>traceparent</c> of the request that is being decided.</summary>
    public string? Trace { get; set; }

    /// <summary>The receipt of an id that was used before, in the ledger or earlier in this turn; null: it is new.</summary>
    public AcceptReceipt? Former(string kind, string id, byte[] hash)
    {
        (byte[] Hash, string Receipt)? former = known.TryGetValue((kind, id), out var there) ? (there.Hash, there.Receipt)
            : _ownKeys.TryGetValue((kind, id), out var here) ? (here.Hash, here.Receipt)
            : null;
        if (former is not { } found)
        {
            return null;
        }

        if (!found.Hash.AsSpan().SequenceEqual(hash))
        {
            return new AcceptReceipt(id, Context.Group.Group, AcceptOutcome.Conflict, AcceptReasons.IdReused, Detail: "This id came before with other content; send each event under an id of its own.");
        }

        var first = StoredReceipt.Parse(found.Receipt);
        return new AcceptReceipt(id, Context.Group.Group, AcceptOutcome.Duplicate, first.Reason, first.Sequence, first.Threads);
    }

    public AcceptReceipt Ignored(string id, string reason) => new(id, Context.Group.Group, AcceptOutcome.Ignored, reason);

    public AcceptReceipt Refused(string id, string reason, string detail) => new(id, Context.Group.Group, AcceptOutcome.Refused, reason, Detail: detail);

    public AcceptReceipt Busy(string id, TimeSpan retryAfter) =>
        new(id, Context.Group.Group, AcceptOutcome.Busy, RetryAfter: retryAfter, Detail: "Too much is waiting for a thread of this group.");

    public AcceptReceipt NotTried(string id, TimeSpan retryAfter) =>
        new(id, Context.Group.Group, AcceptOutcome.Busy, RetryAfter: retryAfter, Detail: "An earlier activity of the same batch was put off; this one would overtake it.");

    public bool IsFull(RememberedThread thread) =>
        thread.Pending + _made.GetValueOrDefault(thread.Id) >= Context.MaxPendingPerThread;

    public AcceptReceipt Store(Activity activity, byte[] hash, string? silence, IReadOnlyCollection<RememberedThread> threads, GroupMemory after)
    {
        long sequence = Group.NextSequence;
        Advance(after, activity.Type);
        foreach (var thread in threads)
        {
            Deliver(thread.Id, sequence, DeliveryKind.Reply, Policy.ModeOf(thread.Address, activity.Type) == PostingMode.Broadcast);
        }

        _activities.Add(new ActivityRow(
            sequence, "activity", activity.Id, activity.Type, JsonSerializer.Serialize(activity.Actor, GroupJson.Default.Actor),
            activity.Data, threads.Count, Context.Now, activity.OccurredAt) { Trace = Trace });
        var outcome = silence is null ? AcceptOutcome.Accepted : AcceptOutcome.Ignored;
        return Remember("activity", activity.Id, hash, new StoredReceipt(outcome, silence, sequence, threads.Count));
    }

    public AcceptReceipt Store(Alert alert, byte[] hash, IReadOnlyList<ChannelAddress> channels, GroupMemory after)
    {
        long sequence = Group.NextSequence;
        int made = 0;
        Advance(after, PostingPolicy.Repeat);
        foreach (var channel in channels)
        {
            var standing = Group.Threads.FirstOrDefault(thread =>
                thread.Address == channel && thread.Rule == (alert.Rule ?? "") && thread.OpenPeriod == (alert.OpenPeriod ?? ""));
            if (standing is null)
            {
                var id = Register(channel, alert.Rule, alert.OpenPeriod, adoptedTs: null, sequence);
                Deliver(id, sequence, DeliveryKind.Root, broadcast: false);
                made++;
            }
            else if (Policy.ModeOf(channel, PostingPolicy.Repeat) is var mode && mode != PostingMode.Silent)
            {
                Deliver(standing.Id, sequence, DeliveryKind.Repeat, mode == PostingMode.Broadcast);
                made++;
            }
        }

        _activities.Add(new ActivityRow(sequence, "alert", alert.Id, "alert", null, null, made, Context.Now, alert.OccurredAt) { Trace = Trace });
        return Remember("alert", alert.Id, hash, made == 0
            ? new StoredReceipt(AcceptOutcome.Ignored, AcceptReasons.Policy, sequence, 0)
            : new StoredReceipt(AcceptOutcome.Accepted, null, sequence, made));
    }

    /// <summary>The tracker is to be told what this click made.</summary>
    public void CallBack(TurnRequest.Clicked clicked, long sequence) => _callbacks.Add(new NewCallback(
        Context.NewId(), sequence, clicked.Activity.Id,
        CallbackBody.Of(Context.Group, clicked.Click, clicked.Activity, sequence, Context.Now)));

    /// <summary>Whether whoever looks at a clicked announcement sees what the click made: a reply under it, or its card.</summary>
    public bool Shows(Click click, long sequence) => Group.Threads
        .Where(thread => thread.Address == click.Address && (thread.Ts is null || thread.Ts == click.MessageTs))
        .Any(thread => _wantedRevisions.Contains(thread.Id) || _deliveries.Any(delivery => delivery.Thread == thread.Id && delivery.Sequence == sequence));

    public Guid Adopt(ParentAdoption parent)
    {
        long registered = Group.NextSequence - 1;
        if (parent.Issue is { } issue)
        {
            Group = GroupTransition.After(Group, new Alert("adoption", issue, OpenPeriod: parent.OpenPeriod), Context.Now);
        }

        Group = Group with { Exists = true };
        return Register(parent.Address, parent.Rule, parent.OpenPeriod, parent.Ts, registered);
    }

    public TurnDecision Finish(IReadOnlyList<TurnAnswer> answers)
    {
        string issue = Group.IssueJson();
        bool issueChanged = !_before.Exists || issue != _before.IssueJson();
        var threads = Group.Threads
            .Select(thread => thread with { Pending = thread.Pending + _made.GetValueOrDefault(thread.Id) }).ToList();
        return new TurnDecision(
            Group with { Threads = [.. threads] }, answers, issueChanged ? issue : null, _keys, _activities, _threads, _deliveries,
            [.. _wantedRevisions])
        {
            Callbacks = _callbacks,
        };
    }

    private void Advance(GroupMemory after, string kind)
    {
        if (CardChanged(Group, after))
        {
            // Threads that are made in this turn render the newest state anyway.
            _wantedRevisions.UnionWith(_before.Threads.Where(thread => !thread.Adopted && Policy.EditsParent(thread.Address, kind)).Select(thread => thread.Id));
        }

        Group = after with { NextSequence = Group.NextSequence + 1 };
    }

    /// <summary>Whether a parent would look different: the revision rises only then, since an edit costs Slack's budget.</summary>
    private static bool CardChanged(GroupMemory before, GroupMemory after) =>
        before.Status != after.Status || before.Assignee != after.Assignee
        || before.Details.StatusBy != after.Details.StatusBy || before.Details.StatusAt != after.Details.StatusAt
        || before.Details.StatusNote != after.Details.StatusNote || before.IssueJson() != after.IssueJson();

    private void Deliver(Guid thread, long sequence, DeliveryKind kind, bool broadcast)
    {
        _deliveries.Add(new NewDelivery(Context.NewId(), thread, sequence, kind, broadcast));
        _made[thread] = _made.GetValueOrDefault(thread) + 1;
    }

    private Guid Register(ChannelAddress address, string? rule, string? openPeriod, string? adoptedTs, long sequence)
    {
        var id = Context.NewId();
        _threads.Add(new NewThread(id, address.Workspace, address.Channel, rule ?? "", openPeriod ?? "", adoptedTs, sequence));
        Group = Group with
        {
            Threads = Group.Threads.Add(new RememberedThread(id, address, rule ?? "", openPeriod ?? "", adoptedTs, adoptedTs is not null, 0)),
        };
        return id;
    }

    private AcceptReceipt Remember(string kind, string id, byte[] hash, StoredReceipt receipt)
    {
        var key = new TurnKey(kind, id, hash, receipt.ToJson(), Context.Now + Acceptance.KeyLifetime);
        _keys.Add(key);
        _ownKeys[(kind, id)] = key;
        return new AcceptReceipt(id, Context.Group.Group, receipt.Outcome, receipt.Reason, receipt.Sequence, receipt.Threads);
    }
}
