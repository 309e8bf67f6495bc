using ThreadGrains.Grains.Groups;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Checks;
using ThreadGrains.Simulation.Scheduling;
using ThreadGrains.Simulation.Slack;

namespace ThreadGrains.Simulation.World;

/// <summary>Something that happens when the history tells a line for the n-th time.</summary>
/// <param name="When">What happened, as the history words it: <c>claim Claimed</c>.</param>
/// <param name="Nth">The first is 1.</param>
/// <param name="Happens">What happens then, at that very moment.</param>
internal sealed record Cue(string When, int Nth, Action<Stage> Happens);

/// <summary>What a cue can make happen, in a run of one group with one thread.</summary>
internal sealed class Stage(
    Simulator simulator, Cluster cluster, Mischief mischief, RowCheck rows, Books books, FakeSlack slack, GroupKey group, IReadOnlyList<Cue> cues)
{
    private readonly Dictionary<string, int> _told = [];
    private string? _actor;

    /// <summary>From now on the history gives the cues.</summary>
    public void Begin() => simulator.History.Heard = Heard;

    /// <summary>How often each line was told.</summary>
    public IReadOnlyDictionary<string, int> Told => _told;

    /// <summary>The process that the line is about is frozen.</summary>
    public void Freeze(double seconds)
    {
        if (Actor is { Node: { IsHeld: false } node })
        {
            node.Freeze();
            GoOn(node, seconds);
        }
    }

    /// <summary>Its machine is paused.</summary>
    public void Pause(double seconds)
    {
        if (Actor is { Node: { IsHeld: false } node })
        {
            node.Pause();
            GoOn(node, seconds);
        }
    }

    /// <summary>Its wall clock is set.</summary>
    public void SetClock(double seconds) => Actor?.Node.SetClock(TimeSpan.FromSeconds(seconds));

    /// <summary>It is killed.</summary>
    public void Kill()
    {
        if (Actor is { } silo)
        {
            cluster.Kill(silo);
        }
    }

    /// <summary>The group is placed anew although its owner lives and goes on.</summary>
    public void SecondOwner() => cluster.Forget(group);

    /// <summary>A person deletes the announcement.</summary>
    public void DeleteParent()
    {
        if (Of(row => row is { Kind: DeliveryKind.Root, SlackTs: not null }) is [var root, ..])
        {
            mischief.DeleteParent(group, new ChannelAddress(root.Workspace!, root.Channel!), root.SlackTs!);
        }
    }

    /// <summary>Reads do not show what was stored last for so long.</summary>
    public void Hide(double seconds)
    {
        if (slack.Messages.MaxBy(message => message.Ts) is { } last)
        {
            last.HiddenUntil = simulator.Now.AddSeconds(seconds);
        }
    }

    /// <summary>A tracker tells who has the issue now: the announcement has to show it.</summary>
    public void Assign(string assignee) => cluster.Call(
        group, "accept", activation => activation.Owner.Take([Sender.Activity(group, assignee, ActivityTypes.Assigned, 0)]), _ => { });

    /// <summary>Somebody adopts the message that Slack stores next, as the parent of another group.</summary>
    public void AdoptNext()
    {
        var before = slack.Stored;
        slack.Stored = message =>
        {
            before?.Invoke(message);
            slack.Stored = before;
            Adopt(message);
        };
    }

    /// <summary>Somebody adopts the copy of the announcement that came last.</summary>
    public void AdoptSecondCopy()
    {
        if (slack.Messages.Where(message => message is { AskedFor: null, IsDeleted: false }).MaxBy(message => message.Ts) is { } copy)
        {
            Adopt(copy);
        }
    }

    /// <summary>An operator closes the thread.</summary>
    public void Close()
    {
        var thread = books.Threads.Keys.Single();
        cluster.Call(group, "close", activation => activation.Operations.CloseThread(thread), _ => { });
    }

    /// <summary>An operator gives up what is in doubt.</summary>
    public void GiveUp()
    {
        foreach (var doubtful in Of(row => row.State == DeliveryState.InDoubt))
        {
            cluster.Call(group, "give up", activation => activation.Operations.ResolveDoubt(doubtful.Id, DoubtVerdict.Skip, null), _ => { });
        }
    }

    /// <summary>An operator replays what is dead.</summary>
    public void Replay()
    {
        if (Of(row => row.State == DeliveryState.Dead) is { Count: > 0 } dead)
        {
            cluster.Call(group, "replay", activation => activation.Operations.Replay([.. dead.Select(row => row.Id)]), _ => { });
        }
    }

    /// <summary>What happens only after a while.</summary>
    public void Later(double seconds, Action happens) => simulator.After(TimeSpan.FromSeconds(seconds), "as the trace has it", happens);

    private void Adopt(StoredMessage message)
    {
        var other = new GroupKey(group.Organization, $"{group.Group}-other");
        var adoption = new TurnRequest.Adoption(new ParentAdoption(message.Place, message.Ts.ToString()));
        cluster.Call(other, "adopt", activation => activation.Owner.Take([adoption]), answers =>
            simulator.History.Happened(simulator.Now, "somebody", "adopt", $"{((TurnAnswer.Adopted)answers[0]).Receipt.Outcome}"));
    }

    private Silo? Actor => cluster.Silos.FirstOrDefault(silo => silo.Node.Name == _actor && !silo.Node.IsDead);

    private List<DeliveryReport> Of(Func<DeliveryReport, bool> which) => [.. rows.Rows.Values.Where(which).OrderBy(row => row.Id)];

    private void GoOn(Node node, double seconds) =>
        simulator.After(TimeSpan.FromSeconds(seconds), $"{node.Name} goes on", () => node.GoOn(timersFirst: simulator.Happens(0.5)));

    private void Heard(string? who, string what, string? detail)
    {
        string line = detail is null ? what : $"{what} {detail}";
        int times = _told[line] = _told.GetValueOrDefault(line) + 1;
        foreach (var cue in cues)
        {
            if (cue.Nth == times && cue.When == line)
            {
                _actor = who;
                cue.Happens(this);
            }
        }
    }
}
