namespace ThreadGrains.Chaos.Nemesis;

/// <summary>What is done to the system.</summary>
internal enum Blow
{
    /// <summary>kill -9 of one member; its supervisor starts it again.</summary>
    Kill,

    /// <summary>SIGSTOP of one member, and SIGCONT when the time is over.</summary>
    Freeze,

    /// <summary>As <see cref="Freeze"/>, with what the member has just sent to Slack swallowed on its way: it wakes with calls in hand that never arrived.</summary>
    FreezeMidCall,

    /// <summary>As <see cref="Freeze"/>, with what the member has just sent to the database swallowed: it wakes with results in hand that are not written.</summary>
    FreezeMidWrite,

    /// <summary>The database is asked to stop at once (SIGINT), and started again.</summary>
    RestartDatabase,

    /// <summary>The database is killed with all its children, and started again.</summary>
    KillDatabase,

    /// <summary>The database's disk is full, until the time is over.</summary>
    FillDisk,

    /// <summary>Between one member and all others nothing passes, both ways.</summary>
    CutMembers,

    /// <summary>Between one member and the others nothing passes on connections that it opened; those opened to it stand.</summary>
    CutMembersOneWay,

    /// <summary>Between one member and the database nothing passes.</summary>
    CutDatabase,

    /// <summary>Between one member and Slack nothing passes.</summary>
    CutSlack,

    /// <summary>Connections of one member to Slack are reset, and no new ones are taken.</summary>
    RefuseSlack,

    /// <summary>What one member sends to Slack is held back, and arrives when the time is over, if it was not given up.</summary>
    HoldSlack,

    /// <summary>One member is asked to stop (SIGTERM), and started again: how a new version comes in.</summary>
    Restart,
}

/// <summary>One blow, when and on whom.</summary>
/// <param name="At">Since the load began.</param>
/// <param name="Blow">What is done.</param>
/// <param name="Member">The number of the member, from 0; of no meaning for the database.</param>
/// <param name="Length">How long it lasts, where it lasts.</param>
internal sealed record Strike(TimeSpan At, Blow Blow, int Member, TimeSpan Length);

/// <summary>How often something happens.</summary>
/// <param name="Blow">What.</param>
/// <param name="Every">The time from one to the next.</param>
/// <param name="Length">How long each lasts, at most.</param>
internal sealed record Rhythm(Blow Blow, TimeSpan Every, TimeSpan Length)
{
    /// <summary>When the first comes; by default after half of <see cref="Every"/>.</summary>
    public TimeSpan First { get; init; } = Every / 2;

    /// <summary>How many there are at most.</summary>
    public int Times { get; init; } = int.MaxValue;
}
