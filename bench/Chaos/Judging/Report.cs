namespace ThreadGrains.Chaos.Judging;

/// <summary>What can be wrong with a thread.</summary>
internal enum Wrong
{
    /// <summary>Accepted, and it does not stand in its thread.</summary>
    Lost,

    /// <summary>A copy beside the first one stood there at some time, whether or not it was taken away again.</summary>
    DoubledEver,

    /// <summary>A copy beside the first one stands there now.</summary>
    DoubledLeft,

    /// <summary>It stands behind one that was accepted after it.</summary>
    OutOfOrder,

    /// <summary>A message that nobody was promised, or in a place where it does not belong.</summary>
    Phantom,
}

/// <summary>One thing that is wrong, where, and with which word.</summary>
internal sealed record Finding(Wrong Wrong, string Thread, string Word);

/// <summary>What the oracle found.</summary>
/// <param name="Accepted">Alerts and activities with a receipt.</param>
/// <param name="Threads">Threads in which they must stand.</param>
/// <param name="Posts">Messages that were ever stored.</param>
/// <param name="Findings">Everything that is wrong.</param>
/// <param name="FirstStood">When each word first stood in its thread.</param>
internal sealed record Report(
    int Accepted, int Threads, int Posts, IReadOnlyList<Finding> Findings,
    IReadOnlyDictionary<(string Thread, string Word), DateTimeOffset> FirstStood)
{
    public int Count(Wrong wrong) => Findings.Count(finding => finding.Wrong == wrong);

    public bool IsClean => Findings.Count == 0;

    /// <summary>How a thread is named: by what was asked for, not by what Slack or we made of it.</summary>
    public static string ThreadOf(string group, string channel) => $"{group}@{channel}";
}
