using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ThreadGrains.Grains;
using ThreadGrains.Grains.Callbacks;
using ThreadGrains.Grains.Delivery;
using ThreadGrains.Grains.Groups;
using ThreadGrains.Grains.Rendering;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Organizations;
using ThreadGrains.Simulation.Checks;
using ThreadGrains.Simulation.Scheduling;
using ThreadGrains.Simulation.Slack;

namespace ThreadGrains.Simulation.World;

/// <summary>What all silos of a run share.</summary>
internal sealed record Surroundings(
    Simulator Simulator, Trouble Trouble, ILedger Ledger, FakeSlack Slack, Lanes Lanes, Books Books, PostingCheck Posting,
    DeliveryOptions Times, OrganizationSettings Settings)
{
    /// <summary>The policy: whether a thread whose parent is gone is announced anew.</summary>
    public bool Reposts { get; init; }

    /// <summary>What the product tells its log stands in the history; a driver that fails without a reason fails the run.</summary>
    public DeliveryLog Log { get; } = new(new ProductLog(Simulator));

    public static readonly DeliveryMetrics Metrics = new(new NoMeters());

    /// <summary>Nobody is told of clicks: nobody clicks.</summary>
    public static CallbackContext Callbacks(ILedger ledger, TimeProvider clock)
    {
        var options = Options.Create(new CallbackOptions());
        return new CallbackContext(ledger, NoSender, options, clock, new IdSource(clock), new CallbackLog(NullLogger<CallbackLog>.Instance), NoCallbacks);
    }

    private static readonly CallbackSender NoSender = new(Options.Create(new CallbackOptions()), TimeProvider.System);
    private static readonly CallbackMetrics NoCallbacks = new(new NoMeters());
}

/// <summary>One life of one silo: its process, its wire to the ledger, and the activations on it.</summary>
internal sealed class Silo
{
    private readonly Surroundings _world;

    public Silo(Surroundings world, string name)
    {
        _world = world;
        Node = new Node(world.Simulator, name);
        Ledger = new SimulatedLedger(world.Ledger, world.Simulator, Node, world.Trouble, world.Books);
        TakeOvers = new TakeOvers(Node.Clock, world.Simulator.Chance.NextDouble);
        Services = new ActivationScheduler(world.Simulator, Node);
    }

    public Node Node { get; }

    public ILedger Ledger { get; }

    public TakeOvers TakeOvers { get; }

    /// <summary>Where what belongs to no activation runs.</summary>
    public ActivationScheduler Services { get; }

    /// <summary>What the others believe of it.</summary>
    public bool IsDeclaredDead { get; set; }

    /// <summary>Makes an activation of a group here.</summary>
    public Activation Activate(GroupKey group, Action<Activation> lost) => new(this, _world, group, lost);
}

/// <summary>A group on a silo: the product's owner and operations, as the grain holds them.</summary>
internal sealed class Activation
{
    private readonly Surroundings _world;
    private readonly Silo _silo;

    public Activation(Silo silo, Surroundings world, GroupKey group, Action<Activation> lost)
    {
        _silo = silo;
        _world = world;
        Scheduler = new ActivationScheduler(world.Simulator, silo.Node);
        Owner = new GroupOwner(new OwnerContext(
            group, silo.Ledger, silo.Node.Name, () => world.Settings, Drivers, world.Times, silo.Node.Clock, world.Simulator.NewId, world.Log,
            () => lost(this), Surroundings.Callbacks(silo.Ledger, silo.Node.Clock))
        {
            TakeOvers = silo.TakeOvers,
        });
        Operations = new GroupOperations(group, Owner, silo.Ledger, silo.Node.Name, world.Simulator.NewId, () => world.Reposts);
    }

    public Silo Silo => _silo;

    public ActivationScheduler Scheduler { get; }

    public GroupOwner Owner { get; }

    public GroupOperations Operations { get; }

    private DriverContext Drivers(ChannelAddress address, GroupOwnership ownership) => new(
        _silo.Ledger, ownership,
        new SlackWire(address.Workspace, _world.Slack, _world.Simulator, _silo.Node, _world.Trouble, _world.Posting, _world.Times),
        _world.Lanes.Of(address, _silo.Node, _world.Trouble), new MessageRenderer(() => _world.Settings),
        new DeliveryRules(_world.Times, UnreadablePolicy.Hold, TimeSpan.FromDays(7)),
        _silo.Node.Clock, _world.Simulator.NewId, _world.Simulator.Chance.NextDouble, _world.Log, Surroundings.Metrics, _silo.Node.Name)
    {
        Reposts = () => _world.Reposts,
    };
}
