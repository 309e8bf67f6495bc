using System.Text.Json;

namespace ThreadGrains.SlackEmulator.Blocks;

/// <summary>
/// The limits of Block Kit (Slack, "Block Kit reference"; figures per block and element). Each breach is one line in Slack's own form,
/// <c>[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]</c>. Lengths are UTF-16 units.
/// </summary>
internal sealed class BlockValidation
{
    private const int MostInMessage = 50;
    private const int MostInView = 100;
    private const int IdLimit = 255;
    private const int MarkdownLimit = 12_000;

    /// <summary>The texts of all blocks of a message.</summary>
    public const int MostText = 12_000;

    private readonly List<string> _errors = [];
    private readonly HashSet<string> _blockIds = new(StringComparer.Ordinal);
    private readonly HashSet<string> _actionIds = new(StringComparer.Ordinal);
    private int _markdown;

    public static IReadOnlyList<string> OfMessage(JsonElement blocks) => Of(blocks, MostInMessage);

    /// <summary>
    /// All texts of a message's blocks together, in UTF-16 units. Slack's reference names no limit; its users report
    /// <c>msg_blocks_too_long</c> from <see cref="MostText"/> on.
    /// </summary>
    public static int TextLength(JsonElement blocks) => blocks.ValueKind switch
    {
        JsonValueKind.Array => blocks.EnumerateArray().Sum(TextLength),
        JsonValueKind.Object => blocks.EnumerateObject().Sum(static property => property switch
        {
            { Name: "text", Value.ValueKind: JsonValueKind.String } => property.Value.GetString()!.Length,
            _ => TextLength(property.Value),
        }),
        _ => 0,
    };

    public static IReadOnlyList<string> OfView(JsonElement blocks) => Of(blocks, MostInView);

    private static List<string> Of(JsonElement blocks, int most)
    {
        var validation = new BlockValidation();
        validation.Most(blocks, most, "/blocks");
        var i = 0;
        foreach (var block in blocks.EnumerateArray()) validation.Block(block, $"/blocks/{i++}");
        return validation._errors;
    }

    private void Block(JsonElement block, string at)
    {
        if (block.ValueKind != JsonValueKind.Object)
        {
            Error("must be an object", at);
            return;
        }
        if (Text(block, "type") is not { } type || !BlockKinds.Blocks.Contains(type))
        {
            Error(Text(block, "type") is { } unknown ? $"unsupported type: {unknown}" : "missing required field: type", at);
            return;
        }
        if (Optional(block, "block_id", IdLimit, at) is { } id && !_blockIds.Add(id)) Error("block_id already exists: " + id, at + "/block_id");

        _actionIds.Clear();     // an action_id is unique within its block: another block may have the same button again
        switch (type)
        {
            case "section":
                Section(block, at);
                break;
            case "header":
                TextObject(block, "text", 150, at, required: true, plainOnly: true);
                break;
            case "image":
                Image(block, at);
                TextObject(block, "title", 2_000, at, required: false, plainOnly: true);
                break;
            case "actions":
                Elements(block, 25, at);
                break;
            case "context":
                Context(block, at);
                break;
            case "context_actions":
                Elements(block, 5, at);
                break;
            case "input":
                Input(block, at);
                break;
            case "markdown":
                Markdown(block, at);
                break;
            case "rich_text":
                Array(block, "elements", at);
                break;
            case "table":
                Array(block, "rows", at);
                break;
        }
    }

    private void Section(JsonElement block, string at)
    {
        TextObject(block, "text", 3_000, at, required: !block.TryGetProperty("fields", out var fields), plainOnly: false);
        if (fields.ValueKind == JsonValueKind.Array)
        {
            Most(fields, 10, at + "/fields");
            if (fields.GetArrayLength() == 0) Error("must have at least 1 item", at + "/fields");
            var i = 0;
            foreach (var field in fields.EnumerateArray()) TextObject(field, 2_000, $"{at}/fields/{i++}", plainOnly: false);
        }
        else if (fields.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
        {
            Error("must be an array", at + "/fields");
        }
        if (block.TryGetProperty("accessory", out var accessory) && accessory.ValueKind != JsonValueKind.Null)
            Element(accessory, at + "/accessory", inInput: false);
    }

    private void Context(JsonElement block, string at)
    {
        if (Array(block, "elements", at) is not { } elements) return;
        Most(elements, 10, at + "/elements");
        var i = 0;
        foreach (var element in elements.EnumerateArray())
        {
            var here = $"{at}/elements/{i++}";
            if (Text(element, "type") == "image") Image(element, here);
            else TextObject(element, 3_000, here, plainOnly: false);
        }
    }

    private void Input(JsonElement block, string at)
    {
        TextObject(block, "label", 2_000, at, required: true, plainOnly: true);
        TextObject(block, "hint", 2_000, at, required: false, plainOnly: true);
        if (block.TryGetProperty("element", out var element)) Element(element, at + "/element", inInput: true);
        else Error("missing required field: element", at);
    }

    private void Markdown(JsonElement block, string at)
    {
        if (Text(block, "text") is not { Length: > 0 } text)
        {
            Error("missing required field: text", at);
            return;
        }
        _markdown += text.Length;
        if (_markdown > MarkdownLimit) Error($"must be less than {MarkdownLimit + 1} characters", at + "/text");
    }

    private void Image(JsonElement image, string at)
    {
        if (!image.TryGetProperty("slack_file", out _)) Required(image, "image_url", 3_000, at);
        Required(image, "alt_text", 2_000, at);
    }

    private void Elements(JsonElement block, int most, string at)
    {
        if (Array(block, "elements", at) is not { } elements) return;
        Most(elements, most, at + "/elements");
        var i = 0;
        foreach (var element in elements.EnumerateArray()) Element(element, $"{at}/elements/{i++}", inInput: false);
    }

    private void Element(JsonElement element, string at, bool inInput)
    {
        if (element.ValueKind != JsonValueKind.Object || Text(element, "type") is not { } type)
        {
            Error("missing required field: type", at);
            return;
        }
        if (type == "image")
        {
            Image(element, at);
            return;
        }
        if (!BlockKinds.Interactive.Contains(type) || (!inInput && BlockKinds.InputOnly.Contains(type)))
        {
            Error("unsupported type: " + type, at);
            return;
        }
        if (Optional(element, "action_id", IdLimit, at) is { } id && !_actionIds.Add(id)) Error("action_id already exists: " + id, at + "/action_id");
        TextObject(element, "placeholder", 150, at, required: false, plainOnly: true);
        if (element.TryGetProperty("confirm", out var confirm) && confirm.ValueKind == JsonValueKind.Object) Confirmation(confirm, at + "/confirm");

        switch (type)
        {
            case "button":
                TextObject(element, "text", 75, at, required: true, plainOnly: true);
                Optional(element, "value", 2_000, at);
                Optional(element, "url", 3_000, at);
                Optional(element, "accessibility_label", 75, at);
                if (Text(element, "style") is { } style and not ("primary" or "danger")) Error("must be one of: primary, danger; not " + style, at + "/style");
                break;
            case "overflow":
                Options(element, 5, at);
                break;
            case "radio_buttons" or "checkboxes":
                Options(element, 10, at);
                break;
            case "static_select" or "multi_static_select" when element.TryGetProperty("option_groups", out var groups):
                Groups(groups, at + "/option_groups");
                break;
            case "static_select" or "multi_static_select":
                Options(element, 100, at);
                break;
        }
    }

    private void Groups(JsonElement groups, string at)
    {
        if (groups.ValueKind != JsonValueKind.Array)
        {
            Error("must be an array", at);
            return;
        }
        Most(groups, 100, at);
        var i = 0;
        foreach (var group in groups.EnumerateArray())
        {
            TextObject(group, "label", 75, $"{at}/{i}", required: true, plainOnly: true);
            Options(group, 100, $"{at}/{i++}");
        }
    }

    private void Options(JsonElement element, int most, string at)
    {
        if (Array(element, "options", at) is not { } options) return;
        Most(options, most, at + "/options");
        var i = 0;
        foreach (var option in options.EnumerateArray())
        {
            var here = $"{at}/options/{i++}";
            TextObject(option, "text", 75, here, required: true, plainOnly: false);
            TextObject(option, "description", 75, here, required: false, plainOnly: false);
            Required(option, "value", 150, here);
        }
    }

    private void Confirmation(JsonElement confirm, string at)
    {
        TextObject(confirm, "title", 100, at, required: true, plainOnly: true);
        TextObject(confirm, "text", 300, at, required: true, plainOnly: false);
        TextObject(confirm, "confirm", 30, at, required: true, plainOnly: true);
        TextObject(confirm, "deny", 30, at, required: true, plainOnly: true);
    }

    private void TextObject(JsonElement owner, string name, int limit, string at, bool required, bool plainOnly)
    {
        if (owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var text) && text.ValueKind != JsonValueKind.Null)
            TextObject(text, limit, $"{at}/{name}", plainOnly);
        else if (required) Error("missing required field: " + name, at);
    }

    private void TextObject(JsonElement text, int limit, string at, bool plainOnly)
    {
        if (text.ValueKind != JsonValueKind.Object)
        {
            Error("must be an object", at);
            return;
        }
        var type = Text(text, "type");
        if (type is not ("plain_text" or "mrkdwn") || (plainOnly && type != "plain_text"))
        {
            Error("unsupported type: " + (type ?? "none"), at + "/type");
            return;
        }
        Required(text, "text", limit, at);
    }

    private void Required(JsonElement owner, string name, int limit, string at)
    {
        if (Text(owner, name) is not { } text) Error("missing required field: " + name, at);
        else if (text.Length == 0) Error("must be more than 0 characters", $"{at}/{name}");
        else if (text.Length > limit) Error($"must be less than {limit + 1} characters", $"{at}/{name}");
    }

    private string? Optional(JsonElement owner, string name, int limit, string at)
    {
        if (!owner.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind != JsonValueKind.String) Error("must be a string", $"{at}/{name}");
        else if (value.GetString()!.Length > limit) Error($"must be less than {limit + 1} characters", $"{at}/{name}");
        return Text(owner, name);
    }

    private JsonElement? Array(JsonElement owner, string name, string at)
    {
        if (owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array)
        {
            if (list.GetArrayLength() == 0) Error("must have at least 1 item", $"{at}/{name}");
            return list;
        }
        Error("missing required field: " + name, at);
        return null;
    }

    private void Most(JsonElement list, int most, string at)
    {
        if (list.GetArrayLength() > most) Error($"no more than {most} items allowed", at);
    }

    private void Error(string what, string at) => _errors.Add($"[ERROR] {what} [json-pointer:{at}]");

    private static string? Text(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
