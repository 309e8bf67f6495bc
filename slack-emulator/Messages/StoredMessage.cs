using System.Text.Json;
using ThreadGrains.SlackEmulator.Workspaces;

namespace ThreadGrains.SlackEmulator.Messages;

/// <summary>One message that was stored, as it is now. Deleted ones stay, marked: the inspection shows everything that ever was.</summary>
internal sealed class StoredMessage
{
    public required Channel Channel { get; init; }
    public required Ts Ts { get; init; }
    public required DateTimeOffset StoredAt { get; init; }
    public required string User { get; init; }
    public required string Text { get; set; }

    /// <summary>The thread in which the message really is, whatever thread was asked for. Null: in the channel.</summary>
    public StoredMessage? Parent { get; init; }

    /// <summary>Our app's bot; null when a person wrote.</summary>
    public string? BotId { get; init; }

    public string? Username { get; init; }
    public string? Icon { get; init; }
    public bool Broadcast { get; init; }
    public JsonElement? Blocks { get; set; }
    public JsonElement? Attachments { get; set; }
    public JsonElement? Metadata { get; set; }

    /// <summary>Until then Slack's reading methods do not show it (the fault <c>hide_from_history</c>).</summary>
    public DateTimeOffset? HiddenUntil { get; init; }

    public bool Deleted { get; set; }
    public List<Edit> Edits { get; } = [];

    /// <summary>Every reply ever stored in this message's thread, oldest first, deleted ones included.</summary>
    public List<StoredMessage> Replies { get; } = [];

    public IEnumerable<StoredMessage> LiveReplies => Replies.Where(static reply => !reply.Deleted);

    /// <summary>A deleted parent that still has replies: Slack leaves a placeholder, and the thread lives on under it.</summary>
    public bool IsTombstone => Deleted && LiveReplies.Any();

    public bool IsHiddenAt(DateTimeOffset now) => HiddenUntil > now;
}

/// <summary>A change of a message's text.</summary>
/// <param name="At">When it was stored.</param>
/// <param name="Text">The text that the change brought.</param>
internal sealed record Edit(DateTimeOffset At, string Text);

/// <summary>A message that only one person was shown: never part of a channel's history.</summary>
internal sealed record Ephemeral(
    string Team, string Channel, string User, Ts Ts, Ts? ThreadTs, string Text, JsonElement? Blocks, DateTimeOffset At);
