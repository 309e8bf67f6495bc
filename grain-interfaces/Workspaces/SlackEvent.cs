namespace ThreadGrains.Workspaces;

/// <summary>An event of Slack's Events API that concerns us, as the gateway read it. Nothing in it is proof of more than that Slack said so.</summary>
/// <param name="Id">Slack's <c>event_id</c>: the same event comes again under the same id.</param>
/// <param name="At">When it happened: events come in any order, and an older one undoes no newer one.</param>
/// <param name="Happening">What happened.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.SlackEvent")]
public sealed record SlackEvent([property: Id(0)] string Id, [property: Id(1)] DateTimeOffset At, [property: Id(2)] SlackHappening Happening);

/// <summary>What happened in Slack (Slack, "Events API types").</summary>
[GenerateSerializer, Immutable, Alias("threadgrains.SlackHappening")]
public abstract record SlackHappening
{
    /// <summary>Nothing can be posted into a channel any more: it was archived or deleted.</summary>
    /// <param name="Channel">Slack's channel id.</param>
    /// <param name="Error">The error that a post would meet now, such as <c>is_archived</c>.</param>
    [GenerateSerializer, Immutable, Alias("threadgrains.SlackHappening.ChannelShut")]
    public sealed record ChannelShut([property: Id(0)] string Channel, [property: Id(1)] string Error) : SlackHappening;

    /// <summary>A channel was unarchived.</summary>
    /// <param name="Channel">Slack's channel id.</param>
    [GenerateSerializer, Immutable, Alias("threadgrains.SlackHappening.ChannelOpened")]
    public sealed record ChannelOpened([property: Id(0)] string Channel) : SlackHappening;

    /// <summary>A channel is called otherwise.</summary>
    /// <param name="Channel">Slack's channel id.</param>
    /// <param name="Name">Its new name.</param>
    [GenerateSerializer, Immutable, Alias("threadgrains.SlackHappening.ChannelRenamed")]
    public sealed record ChannelRenamed([property: Id(0)] string Channel, [property: Id(1)] string Name) : SlackHappening;

    /// <summary>A channel has another id, such as one that became shared or private. Its messages stand there, each with the same <c>ts</c>.</summary>
    /// <param name="Old">The id that it had.</param>
    /// <param name="New">The id that it has.</param>
    [GenerateSerializer, Immutable, Alias("threadgrains.SlackHappening.ChannelMoved")]
    public sealed record ChannelMoved([property: Id(0)] string Old, [property: Id(1)] string New) : SlackHappening;

    /// <summary>A member left a channel or was removed. It concerns us if the member is our bot.</summary>
    /// <param name="Channel">Slack's channel id.</param>
    /// <param name="User">The member; null: it is our bot (<c>channel_left</c>).</param>
    [GenerateSerializer, Immutable, Alias("threadgrains.SlackHappening.MemberLeft")]
    public sealed record MemberLeft([property: Id(0)] string Channel, [property: Id(1)] string? User) : SlackHappening;

    /// <summary>A member joined a channel. It concerns us if the member is our bot.</summary>
    /// <param name="Channel">Slack's channel id.</param>
    /// <param name="User">The member.</param>
    [GenerateSerializer, Immutable, Alias("threadgrains.SlackHappening.MemberJoined")]
    public sealed record MemberJoined([property: Id(0)] string Channel, [property: Id(1)] string User) : SlackHappening;

    /// <summary>A message was deleted; one with replies leaves a tombstone.</summary>
    /// <param name="Channel">Slack's channel id.</param>
    /// <param name="Ts">The message.</param>
    [GenerateSerializer, Immutable, Alias("threadgrains.SlackHappening.MessageDeleted")]
    public sealed record MessageDeleted([property: Id(0)] string Channel, [property: Id(1)] string Ts) : SlackHappening;

    /// <summary>A message that bears the marker of a post of ours stands in a channel.</summary>
    /// <param name="Channel">Slack's channel id.</param>
    /// <param name="Ts">The message.</param>
    /// <param name="Post">The post that its marker names.</param>
    /// <param name="User">Who posted it, as Slack says; any app can write a marker.</param>
    /// <param name="AppId">The app that posted it, as Slack says.</param>
    /// <param name="ThreadTs">The thread in which it stands; its own <c>ts</c>: in none; null: the event does not say.</param>
    [GenerateSerializer, Immutable, Alias("threadgrains.SlackHappening.PostSeen")]
    public sealed record PostSeen(
        [property: Id(0)] string Channel, [property: Id(1)] string Ts, [property: Id(2)] Guid Post, [property: Id(3)] string? User,
        [property: Id(4)] string? AppId, [property: Id(5)] string? ThreadTs = null) : SlackHappening;

    /// <summary>Our app was removed from the workspace.</summary>
    [GenerateSerializer, Immutable, Alias("threadgrains.SlackHappening.Uninstalled")]
    public sealed record Uninstalled : SlackHappening;

    /// <summary>Tokens were revoked. It concerns us if one is our bot's.</summary>
    /// <param name="BotUsers">The bot users whose tokens are gone; Slack names users, never tokens.</param>
    [GenerateSerializer, Immutable, Alias("threadgrains.SlackHappening.TokensRevoked")]
    public sealed record TokensRevoked([property: Id(0)] IReadOnlyList<string> BotUsers) : SlackHappening;
}

/// <summary>What became of an event.</summary>
[GenerateSerializer, Alias("threadgrains.SlackEventOutcome")]
public enum SlackEventOutcome
{
    /// <summary>It had its effect.</summary>
    Done = 0,

    /// <summary>It came before.</summary>
    Repeated = 1,

    /// <summary>It is about nothing of ours, or older than what is known.</summary>
    NothingToDo = 2,

    /// <summary>It cannot be taken now; Slack sends it again.</summary>
    Unavailable = 3,
}
