using System.Buffers.Text;
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
    /// <summary>
    /// Deliveries beside the first that a marker can name. Their ids are shortened, so that fifty of them stay well under the
    /// kilobyte that metadata should not exceed (Slack has a limit and does not say which).
    /// </summary>
    public const int MaxCompany = 49;

    /// <summary><c>metadata.event_type</c> of every message of ours.</summary>
    public const string EventType = "threadgrains_post";

    private const string BlockPrefix = "tg1:";
    private const int Version = 1;
    private const int ShortLength = 11;

    /// <summary>
    /// Of a post of several: the further deliveries in order, eleven characters each (the last eight bytes of the id, which are
    /// random in a UUID v7, as base64url). Null: it carries one, or only the <c>block_id</c> is left.
    /// </summary>
    public string? Company { get; init; }

    /// <summary>The marker of a post that carries these deliveries.</summary>
    /// <exception cref="ArgumentException">None, or more than a marker can name.</exception>
    public static PostMarker Of(Guid post, IReadOnlyList<Guid> deliveries) => deliveries.Count is >= 1 and <= MaxCompany + 1
        ? new PostMarker(post, deliveries[0]) { Company = deliveries.Count == 1 ? null : string.Concat(deliveries.Skip(1).Select(Short)) }
        : throw new ArgumentException($"A marker names 1 to {MaxCompany + 1} deliveries, not {deliveries.Count}.", nameof(deliveries));

    /// <summary>Whether the message carries this delivery, as far as the marker tells.</summary>
    public bool Carries(Guid delivery)
    {
        if (Delivery == delivery || Company is null)
        {
            return Delivery == delivery;
        }

        string wanted = Short(delivery);
        for (int at = 0; at < Company.Length; at += ShortLength)
        {
            if (string.CompareOrdinal(Company, at, wanted, 0, ShortLength) == 0)
            {
                return true;
            }
        }

        return false;
    }

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
            ? marker with { Delivery = FromId(payload.Text("delivery"))?.Post, Company = IsCompany(payload.Text("company")) }
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

        if (Company is not null)
        {
            json.WriteString("company", Company);
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

    private static string? IsCompany(string? text) =>
        text is { Length: > 0 and <= ShortLength * MaxCompany } && text.Length % ShortLength == 0 ? text : null;

    private static string Short(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes[8..]);
    }

    // Only what we write ourselves: Guid's own parser is more generous (spaces, capitals).
    private static PostMarker? FromId(string? text) =>
        Guid.TryParseExact(text, "D", out var post) && post.ToString("D") == text ? new PostMarker(post) : null;
}
