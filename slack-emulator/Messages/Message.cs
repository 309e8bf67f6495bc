using System.Text.Json.Nodes;

namespace ThreadGrains.SlackEmulator.Messages;

/// <summary>One earlier text of a message.</summary>
internal sealed record Edit(DateTimeOffset At, string Text);

/// <summary>A message as it is stored; the truth, whatever faults hide.</summary>
internal sealed class Message
{
    public required string Team { get; init; }

    public required string Channel { get; init; }

    public required string Ts { get; init; }

    /// <summary>The parent; null for a message in the channel itself.</summary>
    public string? ThreadTs { get; init; }

    public string? User { get; init; }

    public string? BotId { get; init; }

    public string Text { get; set; } = "";

    public JsonArray? Blocks { get; set; }

    public JsonObject? Metadata { get; set; }

    public bool Broadcast { get; init; }

    public DateTimeOffset StoredAt { get; init; }

    public bool Deleted { get; set; }

    public List<Edit> Edits { get; } = [];

    /// <summary>Absent from read-back until then: Slack is not read-your-writes.</summary>
    public DateTimeOffset HiddenUntil { get; set; }

    /// <summary>Replies that are not deleted, in order.</summary>
    public List<Message> Replies { get; } = [];

    public bool IsReply => ThreadTs is not null;

    /// <summary>What Slack leaves in place of a deleted parent that has replies.</summary>
    public bool IsTombstone => Deleted && Replies.Count > 0;
}

/// <summary>An ephemeral message: nobody else sees it, and it cannot be read back.</summary>
internal sealed record Ephemeral(string Team, string Channel, string User, string? ThreadTs, string Text, JsonArray? Blocks, DateTimeOffset At);

/// <summary>A person or bot.</summary>
internal sealed record Person(string Id, string Name, string RealName);

/// <summary>A channel and its messages.</summary>
internal sealed class Channel
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public bool IsArchived { get; set; }

    public bool IsMember { get; set; }

    public List<Message> Messages { get; } = [];

    public Dictionary<string, Message> ByTs { get; } = [];

    public long LastMicros { get; set; }
}

/// <summary>A workspace.</summary>
internal sealed class Workspace
{
    public required string Team { get; init; }

    public required string Name { get; init; }

    public required string BotToken { get; init; }

    public required string BotUser { get; init; }

    public required string BotId { get; init; }

    public Dictionary<string, Channel> Channels { get; } = [];

    public List<Person> People { get; } = [];
}
