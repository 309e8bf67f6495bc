namespace ThreadGrains.Groups;

/// <summary>The event that announces a group in Slack.</summary>
/// <param name="Id">The sender's id; alerts and activities have separate id spaces.</param>
/// <param name="Issue">What the issue is. Absent fields keep the value that a former alert brought.</param>
/// <param name="Rule">Why it was sent. Another rule makes a further parent notification.</param>
/// <param name="OpenPeriod">Which time the issue is open. Activities go to the threads of the current one.</param>
/// <param name="Channels">Where to announce; null: the organization's default channel.</param>
/// <param name="OccurredAt">When it happened by the sender's clock; shown only.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.Alert")]
public sealed record Alert(
    [property: Id(0)] string Id,
    [property: Id(1)] IssueFacts Issue,
    [property: Id(2)] string? Rule = null,
    [property: Id(3)] string? OpenPeriod = null,
    [property: Id(4)] IReadOnlyList<ChannelAddress>? Channels = null,
    [property: Id(5)] DateTimeOffset? OccurredAt = null);

/// <summary>A Slack channel in its workspace.</summary>
/// <param name="Workspace">Slack's team id, <c>T…</c>.</param>
/// <param name="Channel">Slack's channel id, <c>C…</c> or <c>G…</c>.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.ChannelAddress")]
public readonly record struct ChannelAddress([property: Id(0)] string Workspace, [property: Id(1)] string Channel)
{
    /// <summary>The channel's grain key, <c>team/channel</c>.</summary>
    public override string ToString() => $"{Workspace}/{Channel}";

    /// <summary>Reads a channel's grain key.</summary>
    /// <exception cref="FormatException">The text is not <c>team/channel</c>.</exception>
    public static ChannelAddress Parse(string grainKey) => grainKey.Split('/') is [{ Length: > 0 } team, { Length: > 0 } channel]
        ? new ChannelAddress(team, channel)
        : throw new FormatException("A channel's grain key reads 'team/channel'.");
}

/// <summary>What an alert says about its issue.</summary>
/// <param name="Title">One line; required in an alert.</param>
/// <param name="Url">Where the issue is seen; http or https.</param>
/// <param name="Project">The project it belongs to.</param>
/// <param name="Level">fatal, error, warning, info, debug, or the tracker's own word.</param>
/// <param name="Culprit">Where it happened.</param>
/// <param name="Type">The tracker's kind of issue.</param>
/// <param name="Tags">Names and values shown on the card.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.IssueFacts")]
public sealed record IssueFacts(
    [property: Id(0)] string? Title = null,
    [property: Id(1)] string? Url = null,
    [property: Id(2)] string? Project = null,
    [property: Id(3)] string? Level = null,
    [property: Id(4)] string? Culprit = null,
    [property: Id(5)] string? Type = null,
    [property: Id(6)] IReadOnlyDictionary<string, string>? Tags = null);
