using ThreadGrains.Chaos.Relays;
using ThreadGrains.Chaos.Sending;

namespace ThreadGrains.Chaos.Running;

/// <summary>A process that posts, and the ways from it that can be cut; a way that no experiment cuts need not be there.</summary>
/// <param name="Process">The process.</param>
/// <param name="Ready">Where it tells whether it is ready.</param>
internal sealed record Member(SupervisedProcess Process, Uri Ready)
{
    /// <summary>Its way to Slack.</summary>
    public IWay? Slack { get; init; }

    /// <summary>Its way to the database.</summary>
    public IWay? DatabaseLink { get; init; }

    /// <summary>The way of the other members to it.</summary>
    public IWay? Inbound { get; init; }
}

/// <summary>What is put to the test: the product or a baseline, with everything that it needs, all of it running.</summary>
internal interface ISubject : IAsyncDisposable
{
    /// <summary>Those who are struck.</summary>
    IReadOnlyList<Member> Members { get; }

    SupervisedProcess Database { get; }

    /// <summary>The database's disk, where an experiment fills it.</summary>
    SmallDisk? Disk { get; }

    IReadOnlyList<GatewayClient> Gateways { get; }

    EmulatorClient Emulator { get; }

    /// <summary>What its processes count; null: it counts nothing.</summary>
    MetricTotals? Metrics { get; }

    /// <summary>Looks at what they count now, beside the look of every second.</summary>
    Task LookAtMetrics();

    /// <summary>Every setting that is not as shipped.</summary>
    IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>How many deliveries have not ended, as it says itself; null: it does not answer. A hint when to look, never a verdict.</summary>
    Task<long?> Unfinished();

    /// <summary>Its own books about a group; null: it keeps none.</summary>
    Task<IReadOnlyList<Judging.DeliveryRow>?> Books(string group);
}
