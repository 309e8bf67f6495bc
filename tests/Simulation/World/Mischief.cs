using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Checks;
using ThreadGrains.Simulation.Scheduling;
using ThreadGrains.Simulation.Slack;

namespace ThreadGrains.Simulation.World;

/// <summary>What happens to silos, and what people in Slack and operators do, at moments of chance.</summary>
internal sealed class Mischief(Surroundings world, Cluster cluster, RowCheck rows, string organization)
{
    private readonly Simulator _simulator = world.Simulator;
    private readonly HashSet<ChannelAddress> _archived = [];
    private bool _isOver;

    /// <summary>Slack's events that are on their way.</summary>
    public int EventsUnderWay { get; private set; }

    public void Begin()
    {
        world.Slack.Stored += TellOfPost;
        Again(world.Trouble.Weather.Silos, OneSilo);
        Again(world.Trouble.Weather.People, OnePerson);
    }

    /// <summary>From now on nothing happens, and what was closed for posts is open again.</summary>
    public void End()
    {
        _isOver = true;
        foreach (var channel in _archived.ToList())
        {
            Open(channel);
        }
    }

    private void Again(double? every, Action happens)
    {
        if (every is { } seconds && !_isOver)
        {
            _simulator.After(TimeSpan.FromSeconds(-seconds * Math.Log(1 - _simulator.Chance.NextDouble())), "mischief", () =>
            {
                if (!_isOver)
                {
                    happens();
                    Again(every, happens);
                }
            });
        }
    }

    private void OneSilo()
    {
        if (cluster.Silos.Where(silo => silo.Node.Runs).ToList() is not { Count: > 0 } running)
        {
            return;
        }

        var silo = running[_simulator.Chance.Next(running.Count)];
        switch (_simulator.Chance.Next(10))
        {
            case < 4:
                cluster.Kill(silo);
                break;
            case < 7:
                silo.Node.Freeze();
                GoOnLater(silo.Node, TimeSpan.Zero);
                break;
            case < 8:
                silo.Node.Pause();
                // Whoever sets the machine's clock may set it back.
                GoOnLater(silo.Node, _simulator.Happens(0.2) ? _simulator.Between(0, 120_000) : TimeSpan.Zero);
                break;
            case < 9:
                silo.Node.SetClock(_simulator.Between(-600_000, 600_000));
                break;
            default:
                if (Groups() is { Count: > 0 } groups)
                {
                    cluster.Deactivate(groups[_simulator.Chance.Next(groups.Count)]);
                }

                break;
        }
    }

    private void GoOnLater(Node node, TimeSpan setBack)
    {
        var length = _simulator.Chance.Next(4) switch
        {
            0 => _simulator.Between(10, 5_000),
            1 => _simulator.Between(5_000, 30_000),
            2 => _simulator.Between(30_000, 200_000),
            _ => _simulator.Between(10_000, 1_500_000),
        };
        _simulator.After(length, $"{node.Name} goes on", () =>
        {
            if (setBack > TimeSpan.Zero)
            {
                node.SetClock(-setBack);
            }

            node.GoOn(timersFirst: _simulator.Happens(0.5));
        });
    }

    private void OnePerson()
    {
        var group = Groups() is { Count: > 0 } groups ? groups[_simulator.Chance.Next(groups.Count)] : default;
        if (group.Group is null)
        {
            return;
        }

        var mine = rows.Rows.Values.Where(row => row.Group == group.Group).OrderBy(row => row.Id).ToList();
        switch (_simulator.Chance.Next(8))
        {
            case 0 when Pick(mine.Where(row => row is { Kind: DeliveryKind.Root, SlackTs: not null })) is { } root:
                DeleteParent(group, new ChannelAddress(root.Workspace!, root.Channel!), root.SlackTs!);
                break;
            case 1 when Pick(mine) is { } any:
                var channel = new ChannelAddress(any.Workspace!, any.Channel!);
                _archived.Add(channel);
                world.Slack.Archive(channel, archived: true);
                _simulator.After(_simulator.Between(5_000, 120_000), "a person opens the channel again", () => Open(channel));
                break;
            case 2 when Pick(world.Books.Threads.Values.Where(thread => mine.Any(row => world.Books.Deliveries[row.Id].Thread == thread)).OrderBy(thread => thread.Id)) is { } thread:
                bool reopens = _simulator.Happens(0.5);
                Ask(group, reopens ? "reopen" : "close", activation => reopens ? activation.Operations.ReopenThread(thread.Id) : activation.Operations.CloseThread(thread.Id));
                break;
            case 3 or 4 when mine.Where(row => row.State == DeliveryState.Dead).Select(row => row.Id).ToList() is { Count: > 0 } dead:
                cluster.Call(group, "replay", activation => activation.Operations.Replay(dead), _ => { });
                break;
            case >= 5 when Pick(mine.Where(row => row.State == DeliveryState.InDoubt)) is { } doubtful:
                Resolve(group, doubtful);
                break;
        }
    }

    /// <summary>An operator who looks into Slack, or does not and gives up, or sends again.</summary>
    private void Resolve(GroupKey group, DeliveryReport doubtful)
    {
        var stands = world.Posting.CopiesOf(doubtful.Id).FirstOrDefault(copy => !copy.IsDeleted && copy.ThreadTs == (doubtful.Kind == DeliveryKind.Root ? null : doubtful.ThreadTs) && copy.Post == doubtful.Post);
        var verdict = stands is not null ? DoubtVerdict.Sent : _simulator.Happens(0.6) ? DoubtVerdict.Skip : DoubtVerdict.Resend;
        Ask(group, $"resolve as {verdict}", activation => activation.Operations.ResolveDoubt(doubtful.Id, verdict, stands?.Ts.ToString()));
    }

    /// <summary>A person deletes an announcement; Slack tells of it, unless the event is lost.</summary>
    public void DeleteParent(GroupKey group, ChannelAddress channel, string ts)
    {
        world.Slack.Delete(channel, ts, byPerson: true);
        if (!_simulator.Happens(world.Trouble.Weather.EventLost))
        {
            Tell(() => Ask(group, "event: parent deleted", activation => activation.Operations.ParentDeleted(channel, ts)));
        }
    }

    private void Open(ChannelAddress channel)
    {
        _archived.Remove(channel);
        world.Slack.Archive(channel, archived: false);
        if (!_simulator.Happens(world.Trouble.Weather.EventLost))
        {
            Tell(() => world.Lanes.Recovered(channel));
        }
    }

    /// <summary>Slack tells of each message that has our metadata, unless the event is lost.</summary>
    private void TellOfPost(StoredMessage message)
    {
        if (_simulator.Happens(world.Trouble.Weather.Hidden))
        {
            message.HiddenUntil = _simulator.Now + _simulator.Between(1_000, 90_000);
        }

        if (_simulator.Happens(world.Trouble.Weather.EventLost))
        {
            return;
        }

        // Of the two events that a post makes one names the thread.
        string? thread = _simulator.Happens(0.5) ? message.ThreadTs ?? message.Ts.ToString() : null;
        Tell(() =>
        {
            var group = new GroupKey(organization, rows.Rows[world.Books.Posts[message.Post].Members[0].Id].Group);
            cluster.Call(group, "event: post seen", activation => activation.Operations.PostSeen(message.Post, message.Ts.ToString(), thread), receipt =>
                // Of a post in doubt an event makes the product look: what reads do not show yet it does not find.
                message.WasTold |= receipt.Outcome == OperatorOutcome.Done && message.HiddenUntil < _simulator.Now.AddSeconds(-45));
        });
    }

    private void Tell(Action happens)
    {
        EventsUnderWay++;
        _simulator.After(_simulator.Happens(0.8) ? _simulator.Between(100, 3_000) : _simulator.Between(3_000, 60_000), "Slack's event comes", () =>
        {
            EventsUnderWay--;
            happens();
        });
    }

    private void Ask(GroupKey group, string what, Func<Activation, Task<OperatorReceipt>> work) => cluster.Call(group, what, work, _ => { });

    private List<GroupKey> Groups() => [.. rows.Rows.Values.Select(row => row.Group).Distinct().Order(StringComparer.Ordinal).Select(name => new GroupKey(organization, name))];

    private T? Pick<T>(IEnumerable<T> among)
        where T : class => among.ToList() is { Count: > 0 } list ? list[_simulator.Chance.Next(list.Count)] : null;
}
