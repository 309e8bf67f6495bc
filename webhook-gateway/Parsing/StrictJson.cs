using System.Globalization;
using System.Text.Json;
using ThreadGrains.Groups;

namespace ThreadGrains.WebhookGateway.Parsing;

/// <summary>
/// Reads one JSON object strictly: no unknown fields, no field twice, no comments, nothing behind it; every complaint names
/// the field's path. Complaints are gathered, so that one answer names all that is wrong.
/// </summary>
internal sealed class StrictJson
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    private readonly JsonElement _object;
    private readonly string _path;
    private readonly List<Violation> _violations;

    private StrictJson(JsonElement element, string path, List<Violation> violations)
    {
        _object = element;
        _path = path;
        _violations = violations;
    }

    /// <summary>What was found wrong so far, here and in nested objects.</summary>
    public IReadOnlyList<Violation> Violations => _violations;

    /// <summary>Parses a body. The second value says why it is not one JSON object.</summary>
    public static (StrictJson? Json, string? Complaint) Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = 32 });
            while (reader.Read())
            {
                // Checks well-formedness to the very end, UTF-8 included, before anything is believed.
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.HasValueSequence is false && !IsUtf8(reader.ValueSpan))
                {
                    return (null, "The body is not valid UTF-8.");
                }
            }

            using var document = JsonDocument.Parse(body, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? (new StrictJson(document.RootElement.Clone(), "", []), null)
                : (null, $"A JSON object is needed; this is {Word(document.RootElement.ValueKind)}.");
        }
        catch (JsonException error)
        {
            string where = error.LineNumber is { } line ? $" (line {line + 1}, byte {error.BytePositionInLine + 1})" : "";
            return (null, error.Message.Contains("duplicate", StringComparison.OrdinalIgnoreCase)
                ? "A field stands twice in one object."
                : $"It cannot be read as JSON{where}; at most 32 levels deep, no comments, nothing behind it.");
        }
    }

    /// <summary>Complains about every field that is not in the list.</summary>
    public StrictJson Only(params ReadOnlySpan<string> known)
    {
        foreach (var property in _object.EnumerateObject())
        {
            if (!known.Contains(property.Name))
            {
                Complain(property.Name, $"is not a field of this object; known are {string.Join(", ", known.ToArray())}");
            }
        }

        return this;
    }

    public string Required(string name)
    {
        if (Text(name) is { } text)
        {
            return text;
        }

        if (!Has(name))
        {
            Complain(name, "is missing");
        }

        return "";
    }

    public string? Text(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        var value = _object.GetProperty(name);
        if (value.ValueKind != JsonValueKind.String)
        {
            Complain(name, $"must be text; this is {Word(value.ValueKind)}");
            return null;
        }

        return Readable(name, value);
    }

    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        // RFC 3339: a date, a T, a time with seconds, and an offset. Nothing else that .NET would guess at.
        if (text.Length is >= 20 and <= 40 && text[10] is 'T' or 't' && (text[^1] is 'Z' or 'z' || text[^6] is '+' or '-')
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            return time;
        }

        Complain(name, "must be an RFC 3339 time, such as 2026-11-23T12:00:00Z");
        return null;
    }

    public int? Number(string name, int min, int max)
    {
        if (!Has(name))
        {
            return null;
        }

        var value = _object.GetProperty(name);
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= min && number <= max)
        {
            return number;
        }

        Complain(name, $"must be a whole number from {min} to {max}");
        return null;
    }

    public StrictJson? Object(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        var value = _object.GetProperty(name);
        if (value.ValueKind == JsonValueKind.Object)
        {
            return new StrictJson(value, Path(name), _violations);
        }

        Complain(name, $"must be an object; this is {Word(value.ValueKind)}");
        return null;
    }

    public IReadOnlyList<StrictJson>? Objects(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        var value = _object.GetProperty(name);
        if (value.ValueKind != JsonValueKind.Array)
        {
            Complain(name, $"must be a list of objects; this is {Word(value.ValueKind)}");
            return null;
        }

        var items = new List<StrictJson>();
        int i = 0;
        foreach (var item in value.EnumerateArray())
        {
            string at = $"{name}[{i++}]";
            if (item.ValueKind == JsonValueKind.Object)
            {
                items.Add(new StrictJson(item, Path(at), _violations));
            }
            else
            {
                Complain(at, $"must be an object; this is {Word(item.ValueKind)}");
            }
        }

        return items;
    }

    /// <summary>An object of texts, such as tags.</summary>
    public IReadOnlyDictionary<string, string>? Texts(string name)
    {
        if (Object(name) is not { } nested)
        {
            return null;
        }

        var texts = new Dictionary<string, string>();
        foreach (var property in nested._object.EnumerateObject())
        {
            if (nested.Text(property.Name) is { } text)
            {
                texts[property.Name] = text;
            }
        }

        return texts;
    }

    /// <summary>An object kept as its JSON text.</summary>
    public string? Raw(string name) => Object(name) is { } nested ? nested._object.GetRawText() : null;

    private bool Has(string name) => _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>System.Text.Json throws for escapes of unpaired surrogates instead of returning them.</summary>
    private string? Readable(string name, JsonElement value)
    {
        try
        {
            string text = value.GetString()!;
            if (!text.Contains('\0', StringComparison.Ordinal))
            {
                return text;
            }
        }
        catch (InvalidOperationException)
        {
            // Told below.
        }

        Complain(name, "holds U+0000 or an unpaired surrogate, which no database stores as text; remove it");
        return null;
    }

    private void Complain(string name, string detail) => _violations.Add(new Violation(Path(name), detail));

    private string Path(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    private static bool IsUtf8(ReadOnlySpan<byte> bytes) => System.Text.Unicode.Utf8.IsValid(bytes);

    private static string Word(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    };
}
