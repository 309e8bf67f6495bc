using ThreadGrains.Groups;

namespace ThreadGrains.Organizations;

/// <summary>What is posted where. Decided when an activity is accepted, and never changed for it afterwards.</summary>
/// <param name="Rules">The first that matches a destination and a kind of activity decides; none: into the thread, parent edited.</param>
/// <param name="SystemActors">By activity type, what becomes of activities of system actors: true posts them; the type <c>*</c> stands for all others. Null: as configured.</param>
/// <param name="ParentGone">What becomes of a thread whose announcement is gone. Unlike the rest it counts at the moment at which that is found.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.PostingPolicy")]
public sealed record PostingPolicy(
    [property: Id(0)] IReadOnlyList<PostingRule> Rules,
    [property: Id(1)] IReadOnlyDictionary<string, bool>? SystemActors = null,
    [property: Id(2)] ParentGonePolicy ParentGone = ParentGonePolicy.Close)
{
    /// <summary>The kind of an alert that is repeated in its thread; all other kinds are activity types.</summary>
    public const string Repeat = "repeat";

    /// <summary>Stands for every activity type that is not named.</summary>
    public const string AnyType = "*";

    /// <summary>Everything into the threads, parents edited.</summary>
    public static PostingPolicy Default { get; } = new([]);

    /// <summary>How an activity of a kind is posted in a channel.</summary>
    public PostingMode ModeOf(ChannelAddress channel, string kind) => RuleOf(channel, kind)?.Post ?? PostingMode.Thread;

    /// <summary>Whether an activity of a kind edits the parent in a channel.</summary>
    public bool EditsParent(ChannelAddress channel, string kind) => RuleOf(channel, kind)?.EditParent ?? true;

    /// <summary>Whether activities of system actors of that type are posted; null: as configured.</summary>
    public bool? PostsSystemActor(string type) =>
        SystemActors is null ? null : SystemActors.TryGetValue(type, out bool posts) || SystemActors.TryGetValue(AnyType, out posts) ? posts : null;

    private PostingRule? RuleOf(ChannelAddress channel, string kind) => Rules.FirstOrDefault(rule =>
        (rule.Workspace is null || rule.Workspace == channel.Workspace)
        && (rule.Channel is null || rule.Channel == channel.Channel)
        && (rule.Kinds is null || rule.Kinds.Contains(kind)));
}

/// <summary>What becomes of a thread whose announcement was deleted.</summary>
[GenerateSerializer, Alias("threadgrains.ParentGonePolicy")]
public enum ParentGonePolicy
{
    /// <summary>It is closed: a person who deletes an announcement wants it gone.</summary>
    Close = 0,

    /// <summary>The group is announced anew, with one recap of what was not posted yet; at most once in 24 h for a group and channel.</summary>
    Repost = 1,
}

/// <summary>One rule; what is null matches everything.</summary>
/// <param name="Post">How it is posted.</param>
/// <param name="EditParent">Whether the parent is edited when it changes the group.</param>
/// <param name="Workspace">Slack's team id.</param>
/// <param name="Channel">Slack's channel id; only together with its workspace.</param>
/// <param name="Kinds">Activity types, and <see cref="PostingPolicy.Repeat"/>.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.PostingRule")]
public sealed record PostingRule(
    [property: Id(0)] PostingMode Post,
    [property: Id(1)] bool EditParent = true,
    [property: Id(2)] string? Workspace = null,
    [property: Id(3)] string? Channel = null,
    [property: Id(4)] IReadOnlyList<string>? Kinds = null);

/// <summary>How an activity is posted.</summary>
[GenerateSerializer, Alias("threadgrains.PostingMode")]
public enum PostingMode
{
    /// <summary>As a reply in the thread.</summary>
    Thread = 0,

    /// <summary>Not at all; it is stored and changes the group.</summary>
    Silent = 1,

    /// <summary>As a reply that is shown in the channel too.</summary>
    Broadcast = 2,
}
