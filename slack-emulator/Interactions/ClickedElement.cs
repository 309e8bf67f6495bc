using System.Text.Json;
using System.Text.Json.Nodes;
using ThreadGrains.SlackEmulator.Messages;

namespace ThreadGrains.SlackEmulator.Interactions;

/// <summary>The element of a message that somebody used.</summary>
/// <param name="BlockId">The block that holds it.</param>
/// <param name="Element">The element itself.</param>
/// <param name="Value">The value given with the click: of a button what it sends, of a menu what was chosen.</param>
/// <param name="Attachment">The id of the attachment around the block; null for the message's own blocks.</param>
internal sealed record ClickedElement(string BlockId, JsonElement Element, string? Value, int? Attachment)
{
    public string Type => Element.GetProperty("type").GetString()!;

    /// <param name="message">Where to look.</param>
    /// <param name="actionId">Which element.</param>
    /// <param name="value">Its value, where several have that id; or the value to send.</param>
    /// <param name="wrong">Why there is none.</param>
    public static ClickedElement? Find(StoredMessage message, string actionId, string? value, out string? wrong)
    {
        wrong = null;
        var there = In(message).Where(element => Text(element.Element, "action_id") == actionId).ToList();
        if (there.Count == 0)
        {
            var known = In(message).Select(static element => Text(element.Element, "action_id")).OfType<string>().ToList();
            wrong = $"the message has no element with action_id '{actionId}'; it has {(known.Count == 0 ? "none" : string.Join(", ", known))}";
            return null;
        }
        var element = there.FirstOrDefault(element => Text(element.Element, "value") == value) ?? there[0];
        if (Options(element.Element) is { } options && options.All(option => Text(option, "value") != value))
        {
            wrong = $"'{value}' is not an option of '{actionId}'; options are {string.Join(", ", options.Select(static option => Text(option, "value")))}";
            return null;
        }
        return element with { Value = value };
    }

    /// <summary>The action as it stands in a payload's <c>actions</c>: the fields differ by the kind of element.</summary>
    public JsonObject ToAction(string actionTs)
    {
        var action = new JsonObject { ["action_id"] = Text(Element, "action_id"), ["block_id"] = BlockId };
        switch (Type)
        {
            case "button":
                action["text"] = JsonObject.Create(Element.GetProperty("text"));
                if ((Value ?? Text(Element, "value")) is { } value) action["value"] = value;
                if (Text(Element, "style") is { } style) action["style"] = style;
                if (Text(Element, "url") is { } url) action["url"] = url;
                break;
            case "static_select" or "overflow" or "radio_buttons":
                action["selected_option"] = Chosen();
                break;
            case "multi_static_select" or "checkboxes":
                action["selected_options"] = new JsonArray(Chosen());
                break;
            case "users_select":
                action["selected_user"] = Value;
                break;
            case "channels_select":
                action["selected_channel"] = Value;
                break;
            case "conversations_select":
                action["selected_conversation"] = Value;
                break;
            case "datepicker":
                action["selected_date"] = Value;
                break;
            case "timepicker":
                action["selected_time"] = Value;
                break;
            default:
                action["value"] = Value;
                break;
        }
        action["type"] = Type;
        action["action_ts"] = actionTs;
        return action;
    }

    private JsonObject? Chosen() =>
        Options(Element)?.Where(option => Text(option, "value") == Value).Select(static option => JsonObject.Create(option)).FirstOrDefault();

    private static IEnumerable<ClickedElement> In(StoredMessage message)
    {
        var own = message.Blocks is { } blocks ? In(blocks, attachment: null) : [];
        var attached = message.Attachments is { } attachments
            ? attachments.EnumerateArray().SelectMany(static attachment => attachment.TryGetProperty("blocks", out var inside) && inside.ValueKind == JsonValueKind.Array
                ? In(inside, attachment.GetProperty("id").GetInt32())
                : [])
            : [];
        return own.Concat(attached);
    }

    private static IEnumerable<ClickedElement> In(JsonElement blocks, int? attachment)
    {
        foreach (var block in blocks.EnumerateArray())
        {
            var id = Text(block, "block_id")!;
            if (block.TryGetProperty("accessory", out var accessory)) yield return new ClickedElement(id, accessory, null, attachment);
            if (block.TryGetProperty("element", out var input)) yield return new ClickedElement(id, input, null, attachment);
            if (Text(block, "type") is not ("actions" or "context_actions")) continue;
            foreach (var element in block.GetProperty("elements").EnumerateArray()) yield return new ClickedElement(id, element, null, attachment);
        }
    }

    private static List<JsonElement>? Options(JsonElement element)
    {
        if (element.TryGetProperty("options", out var options)) return [.. options.EnumerateArray()];
        return element.TryGetProperty("option_groups", out var groups)
            ? [.. groups.EnumerateArray().SelectMany(static group => group.GetProperty("options").EnumerateArray())]
            : null;
    }

    private static string? Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
