using System.Text.Json;
using System.Text.Json.Nodes;
using ThreadGrains.SlackEmulator.Blocks;
using ThreadGrains.SlackEmulator.Journaling;
using ThreadGrains.SlackEmulator.Messages;

namespace ThreadGrains.SlackEmulator.WebApi;

/// <summary>Reads and checks what a message is to say. An argument that was not sent is null here, an empty list is not: an update tells them apart.</summary>
internal sealed record MessageArguments(
    string? Text, JsonElement? Blocks, JsonElement? Attachments, JsonElement? Metadata, bool MetadataRemoved, string? Username, string? Icon, bool Truncated)
{
    private const int MostAttachments = 100;
    private const int MarkdownLimit = 12_000;

    /// <param name="arguments">The call's.</param>
    /// <param name="idsFrom">What the ids of blocks without one are derived from.</param>
    /// <param name="refusal">The answer when it cannot be stored.</param>
    /// <returns>Null: see <paramref name="refusal"/>.</returns>
    public static MessageArguments? Read(ApiArguments arguments, string idsFrom, out ApiAnswer? refusal)
    {
        refusal = null;
        var text = arguments.TextOrEmpty("text");
        var markdown = arguments.Text("markdown_text");
        if (!arguments.TryJson("blocks", out var blocks) || blocks is { ValueKind: not JsonValueKind.Array })
            return Refuse("invalid_blocks_format", out refusal);
        if (!arguments.TryJson("attachments", out var attachments) || attachments is { ValueKind: not JsonValueKind.Array })
            return Refuse("invalid_attachments", out refusal);
        if (!arguments.TryJson("metadata", out var metadata)) return Refuse("invalid_metadata_format", out refusal);

        if (markdown is not null)
        {
            if (!string.IsNullOrEmpty(text) || blocks is not null) return Refuse("markdown_text_conflict", out refusal);
            if (markdown.Length > MarkdownLimit) return Refuse("msg_too_long", out refusal);
            text = markdown;
            blocks = JsonSerializer.SerializeToElement(new JsonArray(new JsonObject { ["type"] = "markdown", ["text"] = markdown }));
        }
        if (blocks is { } given)
        {
            var errors = BlockValidation.OfMessage(given);
            if (errors.Count > 0)
            {
                refusal = ApiAnswer.Error("invalid_blocks", errors);
                return null;
            }
            if (BlockValidation.TextLength(given) > BlockValidation.MostText) return Refuse("msg_blocks_too_long", out refusal);
        }
        if (attachments is { } list && (list.GetArrayLength() > MostAttachments || list.EnumerateArray().Any(static item => item.ValueKind != JsonValueKind.Object)))
            return Refuse(list.GetArrayLength() > MostAttachments ? "too_many_attachments" : "invalid_attachments", out refusal);

        var removed = metadata is { ValueKind: JsonValueKind.Object } empty && !empty.EnumerateObject().Any();
        if (metadata is { } about && !removed && MessageMetadata.Check(about) is { } trouble) return Refuse(trouble, out refusal);

        var normal = text is null ? null : MessageText.Normalise(text, link: arguments.Text("parse") != "none");
        return new MessageArguments(
            normal is null ? null : MessageText.Cut(normal, MessageText.PostLimit),
            blocks is null ? null : BlockFilling.Fill(blocks.Value, idsFrom),
            attachments is null ? null : Numbered(attachments.Value, idsFrom),
            removed ? null : metadata,
            removed,
            arguments.Text("username"),
            arguments.Text("icon_emoji") ?? arguments.Text("icon_url"),
            normal?.Length > MessageText.PostLimit);
    }

    public bool SaysNothing =>
        string.IsNullOrWhiteSpace(Text) && NotEmpty(Blocks) is null && NotEmpty(Attachments) is null;

    public MessageContent ToContent(bool dropMetadata) => new(
        Text ?? "", NotEmpty(Blocks), NotEmpty(Attachments), dropMetadata ? null : Metadata, Username, Icon);

    /// <summary>Over what stands there: what was not sent stays, what was sent empty goes.</summary>
    public MessageContent Over(StoredMessage before, bool dropMetadata) => new(
        Text ?? before.Text,
        Blocks is null ? before.Blocks : NotEmpty(Blocks),
        Attachments is null ? before.Attachments : NotEmpty(Attachments),
        MetadataRemoved || (dropMetadata && Metadata is not null) ? null : Metadata ?? before.Metadata,
        before.Username,
        before.Icon);

    private static MessageArguments? Refuse(string code, out ApiAnswer? refusal)
    {
        refusal = ApiAnswer.Error(code);
        return null;
    }

    private static JsonElement? NotEmpty(JsonElement? list) => list?.GetArrayLength() > 0 ? list : null;

    private static JsonElement Numbered(JsonElement attachments, string idsFrom)
    {
        var list = JsonArray.Create(attachments)!;
        for (var i = 0; i < list.Count; i++)
        {
            var attachment = list[i]!.AsObject();
            attachment["id"] = i + 1;
            attachment["fallback"] ??= attachment["text"] is JsonValue text ? text.DeepClone() : "[no preview available]";
            if (attachment["blocks"] is JsonArray blocks)
                attachment["blocks"] = JsonNode.Parse(BlockFilling.Fill(JsonSerializer.SerializeToElement(blocks), $"{idsFrom}:{i}").GetRawText());
        }
        return JsonSerializer.SerializeToElement(list);
    }
}
