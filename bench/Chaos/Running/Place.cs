using System.Diagnostics;
using System.Net;
using ThreadGrains.Chaos.Relays;

namespace ThreadGrains.Chaos.Running;

/// <summary>Where a member runs: its addresses, and its ways to others as far as they can be cut.</summary>
/// <param name="Http">Where its health is asked for.</param>
/// <param name="Silo">Where the other silos reach it.</param>
/// <param name="Gateway">Where clients reach it.</param>
/// <param name="Metrics">Where it is counted.</param>
/// <param name="Database">Where it reaches the database.</param>
/// <param name="Slack">Where it reaches Slack.</param>
internal sealed record Place(IPEndPoint Http, IPEndPoint Silo, IPEndPoint Gateway, IPEndPoint Metrics, IPEndPoint Database, IPEndPoint Slack)
{
    /// <summary>Where it listens for other silos; null: where they reach it.</summary>
    public IPEndPoint? Behind { get; init; }

    /// <summary>Its way to the database.</summary>
    public IWay? DatabaseWay { get; init; }

    /// <summary>Its way to Slack.</summary>
    public IWay? SlackWay { get; init; }

    /// <summary>The way of the other silos to it.</summary>
    public IWay? Inbound { get; init; }

    /// <summary>Makes a program one that is started there.</summary>
    public Func<ProcessStartInfo, ProcessStartInfo> There { get; init; } = start => start;
}
