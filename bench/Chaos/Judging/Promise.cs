namespace ThreadGrains.Chaos.Judging;

/// <summary>What the sender was told about one alert or activity, from its receipts alone.</summary>
/// <param name="Word">What stands in Slack for it.</param>
/// <param name="Group">Its group.</param>
/// <param name="Order">Its place among everything that was sent: within a group each was sent after the former was accepted.</param>
/// <param name="IsAlert">An alert makes the threads of its group; an activity is told in each of them.</param>
/// <param name="Channels">Where it must stand: one thread of the group in each.</param>
/// <param name="AcceptedAt">When the first receipt came; null: none came, so that it may stand there or not.</param>
internal sealed record Promise(string Word, string Group, int Order, bool IsAlert, IReadOnlyList<string> Channels, DateTimeOffset? AcceptedAt)
{
    /// <summary>When it was sent for the first time.</summary>
    public DateTimeOffset SentAt { get; init; }
}

/// <summary>A message of ours as the emulator stored it.</summary>
/// <param name="Channel">Its channel.</param>
/// <param name="Ts">Its place there.</param>
/// <param name="ThreadTs">The message under which it stands; null, or its own <paramref name="Ts"/>: none.</param>
/// <param name="Text">What it says.</param>
/// <param name="Deleted">It has been taken away since.</param>
/// <param name="StoredAt">When it came.</param>
internal sealed record StoredMessage(string Channel, string Ts, string? ThreadTs, string Text, bool Deleted, DateTimeOffset StoredAt)
{
    public bool IsRoot => ThreadTs is null || ThreadTs == Ts;
}
