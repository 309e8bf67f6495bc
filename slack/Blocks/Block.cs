using System.Text.Json;

namespace ThreadGrains.Slack.Blocks;

/// <summary>One block of a message. The limits are Slack's (Block Kit reference), checked when a block is built.</summary>
public abstract class Block
{
    private const int MaxId = 255;
    private readonly string? _blockId;

    private protected Block()
    {
    }

    /// <summary>
    /// 1 to 255 characters, unique in the message; null: Slack makes one up. The first block of a posted message has none of
    /// its own: the post's marker goes there.
    /// </summary>
    public string? BlockId
    {
        get => _blockId;
        init => _blockId = Limits.OptionalText(value, MaxId, "block_id");
    }

    internal virtual IEnumerable<string> ActionIds => [];

    /// <summary>What its texts add to those of the whole message, in UTF-16 units.</summary>
    internal virtual int TextLength => 0;

    private protected abstract string Type { get; }

    internal void Write(Utf8JsonWriter json, string? blockId)
    {
        json.WriteStartObject();
        json.WriteString("type", Type);
        if (blockId is not null)
        {
            json.WriteString("block_id", blockId);
        }

        WriteFields(json);
        json.WriteEndObject();
    }

    private protected abstract void WriteFields(Utf8JsonWriter json);

    private protected static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<TextObject> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            text.Write(json);
        }

        json.WriteEndArray();
    }
}

/// <summary>A paragraph, with at most one button beside it. Up to 3,000 characters.</summary>
public sealed class Section(TextObject text, Button? accessory = null) : Block
{
    private const int MaxText = 3000;

    private readonly TextObject _text = Check(text);

    internal override IEnumerable<string> ActionIds => accessory is null ? [] : [accessory.ActionId];

    internal override int TextLength => _text.Text.Length + (accessory?.Text.Length ?? 0);

    private protected override string Type => "section";

    private protected override void WriteFields(Utf8JsonWriter json)
    {
        json.WritePropertyName("text");
        _text.Write(json);
        if (accessory is not null)
        {
            json.WritePropertyName("accessory");
            accessory.Write(json);
        }
    }

    private static TextObject Check(TextObject text)
    {
        Limits.Text(text.Text, MaxText, "section text");
        return text;
    }
}

/// <summary>Short texts in two columns: 1 to 10, each up to 2,000 characters. For Slack a section without text.</summary>
public sealed class Fields(IEnumerable<TextObject> fields) : Block
{
    /// <summary>Slack's limit of fields in one block.</summary>
    public const int MaxCount = 10;

    /// <summary>Slack's limit of one field's text.</summary>
    public const int MaxText = 2000;

    private readonly IReadOnlyList<TextObject> _fields = Check(fields);

    internal override int TextLength => _fields.Sum(one => one.Text.Length);

    private protected override string Type => "section";

    private protected override void WriteFields(Utf8JsonWriter json) => WriteTexts(json, "fields", _fields);

    private static IReadOnlyList<TextObject> Check(IEnumerable<TextObject> fields)
    {
        var checkedFields = Limits.Items(fields, MaxCount, "fields");
        foreach (var field in checkedFields)
        {
            Limits.Text(field.Text, MaxText, "field text");
        }

        return checkedFields;
    }
}

/// <summary>A title. Plain text of up to 150 characters.</summary>
public sealed class Header(PlainText text) : Block
{
    /// <summary>Slack's limit.</summary>
    public const int MaxText = 150;

    private readonly PlainText _text = Check(text);

    internal override int TextLength => _text.Text.Length;

    private protected override string Type => "header";

    private protected override void WriteFields(Utf8JsonWriter json)
    {
        json.WritePropertyName("text");
        _text.Write(json);
    }

    private static PlainText Check(PlainText text)
    {
        Limits.Text(text.Text, MaxText, "header text");
        return text;
    }
}

/// <summary>Small print: 1 to 10 texts.</summary>
public sealed class Context(IEnumerable<TextObject> elements) : Block
{
    /// <summary>Slack's limit of elements.</summary>
    public const int MaxCount = 10;

    private readonly IReadOnlyList<TextObject> _elements = Limits.Items(elements, MaxCount, "context elements");

    internal override int TextLength => _elements.Sum(element => element.Text.Length);

    private protected override string Type => "context";

    private protected override void WriteFields(Utf8JsonWriter json) => WriteTexts(json, "elements", _elements);
}

/// <summary>A row of 1 to 25 buttons.</summary>
public sealed class Actions(IEnumerable<Button> buttons) : Block
{
    /// <summary>Slack's limit of elements.</summary>
    public const int MaxCount = 25;

    private readonly IReadOnlyList<Button> _buttons = Limits.Items(buttons, MaxCount, "actions elements");

    internal override IEnumerable<string> ActionIds => _buttons.Select(button => button.ActionId);

    internal override int TextLength => _buttons.Sum(button => button.Text.Length);

    private protected override string Type => "actions";

    private protected override void WriteFields(Utf8JsonWriter json)
    {
        json.WriteStartArray("elements");
        foreach (var button in _buttons)
        {
            button.Write(json);
        }

        json.WriteEndArray();
    }
}

/// <summary>A line across.</summary>
public sealed class Divider : Block
{
    private protected override string Type => "divider";

    private protected override void WriteFields(Utf8JsonWriter json)
    {
    }
}
