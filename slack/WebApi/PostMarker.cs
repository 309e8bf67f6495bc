using System.Text.Json;

namespace ThreadGrains.Slack.WebApi;

/// <summary>
/// The id of a post, written into the message itself in two places, so that a post whose answer was lost can be recognised
/// when it is read back: message metadata, and the first block's <c>block_id</c>. Any app can write such a marker; whoever
/// trusts one checks that the message is ours as well.
/// </summary>
/// <param name="Post">The post's id in the ledger.</param>
/// <param name="Delivery">
/// The (first) delivery that it carries: a ledger that was restored from a backup does not know the posts made since, but it
/// knows the delivery. Null in messages of versions that did not write it, and where only the <c>block_id</c> is left.
/// </param>
public readonly record struct PostMarker(Guid Post, Guid? Delivery = null)
{
    /// <summary><c>metadata.event_type</c> of every message of ours.</summary>
    public const string EventType = "threadgrains_post";

    private const string BlockPrefix = "tg1:";
    private const int Version = 1;

    /// <summary>The <c>block_id</c> of the first block: <c>tg1:</c> and the post's id.</summary>
    public string BlockId => $"{BlockPrefix}{Post:D}";

    /// <summary>The marker that a <c>block_id</c> holds, if it is one of ours.</summary>
    public static PostMarker? FromBlockId(string? blockId) =>
        blockId is not null && blockId.StartsWith(BlockPrefix, StringComparison.Ordinal) ? FromId(blockId[BlockPrefix.Length..]) : null;

    /// <summary>
    /// The marker of a message as Slack gives it (in an answer, an event or an interaction): from its metadata, else from the
    /// first <c>block_id</c> that is one of ours.
    /// </summary>
    public static PostMarker? FromMessage(JsonElement message) =>
        FromMetadata(message.Child("metadata")) ?? FromBlocks(message);

    internal static PostMarker? FromMetadata(JsonElement? metadata)
    {
        if (metadata is not { } element || element.Text("event_type") != EventType || element.Child("event_payload") is not { } payload)
        {
            return null;
        }

        return payload.Integer("v") == Version && FromId(payload.Text("post")) is { } marker
            ? marker with { Delivery = FromId(payload.Text("delivery"))?.Post }
            : null;
    }

    internal void WriteMetadata(Utf8JsonWriter json)
    {
        json.WriteStartObject("metadata");
        json.WriteString("event_type", EventType);
        json.WriteStartObject("event_payload");
        json.WriteString("post", Post.ToString("D"));
        json.WriteNumber("v", Version);
        if (Delivery is { } delivery)
        {
            json.WriteString("delivery", delivery.ToString("D"));
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static PostMarker? FromBlocks(JsonElement message)
    {
        foreach (var block in message.Items("blocks"))
        {
            if (FromBlockId(block.Text("block_id")) is { } marker)
            {
                return marker;
            }
        }

        return null;
    }

    // Only what we write ourselves: Guid's own parser is more generous (spaces, capitals).
    private static PostMarker? FromId(string? text) =>
        Guid.TryParseExact(text, "D", out var post) && post.ToString("D") == text ? new PostMarker(post) : null;
}
