using System.Text.Json;

namespace ThreadGrains.Slack.WebApi;

/// <summary>A message as Slack gives it back. Text comes back changed (links, emoji, entities): never compare it byte for byte.</summary>
public sealed record ReadMessage
{
    /// <summary>Its identity in the channel.</summary>
    public required SlackTs Ts { get; init; }

    /// <summary>Its thread: equal to <see cref="Ts"/> for a parent, null outside of threads.</summary>
    public SlackTs? ThreadTs { get; init; }

    /// <summary>Empty where Slack gave none.</summary>
    public string Text { get; init; } = "";

    /// <summary>Who wrote it; also set for an app's bot.</summary>
    public string? User { get; init; }

    /// <summary>The bot that wrote it.</summary>
    public string? BotId { get; init; }

    /// <summary>The app that wrote it.</summary>
    public string? AppId { get; init; }

    /// <summary>Absent for posts of people and of today's apps.</summary>
    public string? Subtype { get; init; }

    /// <summary>The metadata's type; also there when Slack left the payload out.</summary>
    public string? MetadataEventType { get; init; }

    /// <summary>The metadata's payload; null unless it was asked for and is an object.</summary>
    public JsonElement? MetadataPayload { get; init; }

    /// <summary>The ids of its blocks, in their order.</summary>
    public IReadOnlyList<string> BlockIds { get; init; } = [];

    /// <summary>Our marker, if it has one. Whether the message is ours, <see cref="BotId"/> and <see cref="AppId"/> say.</summary>
    public PostMarker? Marker { get; init; }

    /// <summary>What Slack leaves in place of a deleted parent that had replies.</summary>
    public bool IsTombstone => Subtype == "tombstone";

    /// <summary>Which message, never what it says.</summary>
    public override string ToString() => $"{nameof(ReadMessage)} {Ts}";

    /// <summary>Reads one message; null when it has no <c>ts</c>, and so cannot be one that we posted.</summary>
    internal static ReadMessage? Read(JsonElement message)
    {
        if (message.Ts("ts") is not { } ts)
        {
            return null;
        }

        var metadata = message.Child("metadata");
        return new ReadMessage
        {
            Ts = ts,
            ThreadTs = message.Ts("thread_ts"),
            Text = message.Text("text") ?? "",
            User = message.TextOrNull("user"),
            BotId = message.TextOrNull("bot_id"),
            AppId = message.TextOrNull("app_id"),
            Subtype = message.TextOrNull("subtype"),
            MetadataEventType = metadata?.TextOrNull("event_type"),
            MetadataPayload = metadata?.Child("event_payload"),
            BlockIds = [.. message.Items("blocks").Select(block => block.TextOrNull("block_id")).OfType<string>()],
            Marker = PostMarker.FromMessage(message),
        };
    }
}

/// <summary>
/// One page of messages. It may hold fewer than were asked for, even none, and not be the last: only
/// <paramref name="NextCursor"/> says so. <c>HasMore</c> without a cursor means that the read is not complete.
/// </summary>
/// <param name="Messages">Replies: the parent first, then oldest first. History: newest first.</param>
/// <param name="NextCursor">Where the next page begins; null: this was the last.</param>
/// <param name="HasMore">Slack's own word.</param>
public sealed record MessagePage(IReadOnlyList<ReadMessage> Messages, string? NextCursor, bool HasMore)
{
    internal static MessagePage? Read(JsonElement root)
    {
        if (!root.TryGetProperty("messages", out var messages) || messages.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        return new MessagePage(
            [.. messages.EnumerateArray().Select(ReadMessage.Read).OfType<ReadMessage>()],
            root.Child("response_metadata")?.TextOrNull("next_cursor"),
            root.Flag("has_more") ?? false);
    }
}
