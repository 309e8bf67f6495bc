using System.Text.Json;
using System.Text.Json.Serialization;
using ThreadGrains.SlackEmulator.Messages;
using ThreadGrains.SlackEmulator.Workspaces;

namespace ThreadGrains.SlackEmulator.Journaling;

/// <summary>
/// One fact of the durable log, one line each. The state is what these facts make of it in order, and nothing else:
/// a running emulator and a restarted one apply the same entries with the same code.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(WorkspaceCreated), "workspace")]
[JsonDerivedType(typeof(ChannelCreated), "channel")]
[JsonDerivedType(typeof(ChannelChanged), "standing")]
[JsonDerivedType(typeof(ChannelIdChanged), "channel_id")]
[JsonDerivedType(typeof(PersonJoined), "person")]
[JsonDerivedType(typeof(MemberMoved), "member")]
[JsonDerivedType(typeof(StrangerMet), "stranger")]
[JsonDerivedType(typeof(Posted), "post")]
[JsonDerivedType(typeof(Edited), "edit")]
[JsonDerivedType(typeof(Deleted), "delete")]
[JsonDerivedType(typeof(EphemeralShown), "ephemeral")]
internal abstract record JournalEntry(string Team)
{
    internal sealed record WorkspaceCreated(string Team) : JournalEntry(Team);

    internal sealed record ChannelCreated(string Team, string Channel, string Name, bool IsMember, DateTimeOffset At, string? DirectWith = null, bool IsShared = false)
        : JournalEntry(Team);

    internal sealed record ChannelChanged(string Team, string Channel, ChannelStanding Standing) : JournalEntry(Team);

    internal sealed record ChannelIdChanged(string Team, string Channel, string NewId) : JournalEntry(Team);

    internal sealed record PersonJoined(string Team, string User, string Name, string RealName) : JournalEntry(Team);

    /// <summary>Somebody of the workspace left a channel or came back to it.</summary>
    internal sealed record MemberMoved(string Team, string Channel, string User, bool IsIn) : JournalEntry(Team);

    /// <summary>Somebody of another company did something in a channel that both share.</summary>
    internal sealed record StrangerMet(string Team, string Channel, string User, string TheirTeam) : JournalEntry(Team);

    /// <param name="Team">The workspace.</param>
    /// <param name="Channel">The channel.</param>
    /// <param name="Ts">The name that the message got.</param>
    /// <param name="ThreadTs">The thread in which it really is.</param>
    /// <param name="At">When it was stored.</param>
    /// <param name="User">Who wrote it.</param>
    /// <param name="BotId">Our app's bot; null for a person.</param>
    /// <param name="Content">What it says.</param>
    /// <param name="Broadcast">A reply that is shown in the channel too.</param>
    /// <param name="HiddenUntil">Absent from read-back until then.</param>
    internal sealed record Posted(
        string Team, string Channel, Ts Ts, Ts? ThreadTs, DateTimeOffset At, string User, string? BotId, MessageContent Content,
        bool Broadcast = false, DateTimeOffset? HiddenUntil = null) : JournalEntry(Team);

    internal sealed record Edited(string Team, string Channel, Ts Ts, DateTimeOffset At, MessageContent Content) : JournalEntry(Team);

    internal sealed record Deleted(string Team, string Channel, Ts Ts, DateTimeOffset At, string By) : JournalEntry(Team);

    internal sealed record EphemeralShown(
        string Team, string Channel, string User, Ts Ts, Ts? ThreadTs, DateTimeOffset At, MessageContent Content) : JournalEntry(Team);
}

/// <summary>What a message says, whole: an edit brings all of it, so that the log needs no merging.</summary>
internal sealed record MessageContent(
    string Text, JsonElement? Blocks = null, JsonElement? Attachments = null, JsonElement? Metadata = null, string? Username = null, string? Icon = null);
