using System.Text.Json;
using ThreadGrains.Groups;

namespace ThreadGrains.WebhookGateway.Requests;

/// <summary>
/// Reads the fields of one JSON object by name and remembers what was wrong with each. Null counts as absent, as it does for
/// the content hash. What nobody asked for is unknown, and said to be so by <see cref="NoOthers"/>.
/// </summary>
internal sealed class JsonFields
{
    // A body can hold thousands of unknown fields; a person mends them a few at a time.
    private const int MaxViolations = 20;

    private readonly JsonElement _object;
    private readonly string _path;
    private readonly List<Violation> _violations;
    private readonly List<string> _asked = [];

    private JsonFields(JsonElement value, string path, List<Violation> violations)
    {
        _object = value;
        _path = path;
        _violations = violations;
    }

    /// <summary>Everything wrong so far, of inner objects too.</summary>
    public IReadOnlyList<Violation> Violations => _violations;

    /// <summary>The fields of a whole text; a violation when it is not a JSON object in strict form.</summary>
    public static (JsonFields Fields, Violation? Violation) Parse(ReadOnlySpan<byte> json)
    {
        var (root, violation) = StrictJson.Parse(json);
        if (violation is null && root.ValueKind != JsonValueKind.Object)
        {
            violation = new Violation("", $"is {Kind(root)}; send a JSON object");
        }

        return (new JsonFields(violation is null ? root : default, "", []), violation);
    }

    public void Add(Violation violation)
    {
        if (_violations.Count < MaxViolations)
        {
            _violations.Add(violation);
        }
    }

    /// <summary>A text that may be absent.</summary>
    public string? Text(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString();
        }

        Add(new Violation(PathOf(name), $"is {Kind(value)}; it must be text"));
        return null;
    }

    /// <summary>A text that must be there. The empty text stands in for a missing one, which is a violation already.</summary>
    public string RequiredText(string name)
    {
        Require(name);
        return Text(name) ?? "";
    }

    /// <summary>One of the words given, which must be there.</summary>
    public string RequiredWord(string name, IReadOnlyList<string> words)
    {
        string text = RequiredText(name);
        if (text.Length > 0 && !words.Contains(text, StringComparer.Ordinal))
        {
            Add(new Violation(PathOf(name), $"must be one of {string.Join(", ", words)}"));
        }

        return text;
    }

    /// <summary>True or false, and may be absent.</summary>
    public bool? Flag(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Add(new Violation(PathOf(name), $"is {Kind(value)}; it must be true or false"));
        return null;
    }

    /// <summary>An array of texts that may be absent.</summary>
    public IReadOnlyList<string>? TextList(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            Add(new Violation(PathOf(name), $"is {Kind(value)}; it must be an array of texts"));
            return null;
        }

        var texts = new List<string>();
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String)
            {
                Add(new Violation($"{PathOf(name)}[{texts.Count}]", $"is {Kind(item)}; it must be text"));
            }

            texts.Add(item.ValueKind == JsonValueKind.String ? item.GetString()! : "");
        }

        return texts;
    }

    /// <summary>A time that may be absent.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (Rfc3339.TryParse(text, out var time))
        {
            return time;
        }

        Add(new Violation(PathOf(name), "is not a time of RFC 3339, such as \"2026-11-23T09:30:00Z\""));
        return null;
    }

    /// <summary>A whole number that must be there and lie between the limits.</summary>
    public int RequiredNumber(string name, int least, int most)
    {
        Require(name);
        if (Find(name) is not { } value)
        {
            return least;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least && number <= most)
        {
            return number;
        }

        Add(new Violation(PathOf(name), $"must be a whole number from {least} to {most}"));
        return least;
    }

    /// <summary>An object that may be absent. The caller reads it and ends with <see cref="NoOthers"/>.</summary>
    public JsonFields? Object(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            return new JsonFields(value, PathOf(name), _violations);
        }

        Add(new Violation(PathOf(name), $"is {Kind(value)}; it must be an object"));
        return null;
    }

    /// <summary>An object that must be there.</summary>
    public JsonFields? RequiredObject(string name)
    {
        Require(name);
        return Object(name);
    }

    /// <summary>An object whose fields are the sender's business, and that may be absent.</summary>
    public JsonElement? AnyObject(string name) => Object(name)?._object;

    /// <summary>An array of objects that may be absent.</summary>
    public IReadOnlyList<JsonFields>? Objects(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            Add(new Violation(PathOf(name), $"is {Kind(value)}; it must be an array"));
            return null;
        }

        var items = new List<JsonFields>();
        foreach (var item in value.EnumerateArray())
        {
            string path = $"{PathOf(name)}[{items.Count}]";
            if (item.ValueKind != JsonValueKind.Object)
            {
                Add(new Violation(path, $"is {Kind(item)}; it must be an object"));
            }

            items.Add(new JsonFields(item.ValueKind == JsonValueKind.Object ? item : default, path, _violations));
        }

        return items;
    }

    /// <summary>An array of objects that must be there; it may be empty.</summary>
    public IReadOnlyList<JsonFields>? RequiredObjects(string name)
    {
        Require(name);
        return Objects(name);
    }

    /// <summary>An object of texts that may be absent.</summary>
    public IReadOnlyDictionary<string, string>? Texts(string name)
    {
        if (Object(name) is not { } inner)
        {
            return null;
        }

        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in inner._object.EnumerateObject())
        {
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.String:
                    texts[property.Name] = property.Value.GetString()!;
                    break;
                case JsonValueKind.Null:
                    break;
                default:
                    Add(new Violation(inner.PathOf(property.Name), $"is {Kind(property.Value)}; it must be text"));
                    break;
            }
        }

        return texts;
    }

    /// <summary>Says of every field that was not asked for that it is unknown.</summary>
    public void NoOthers()
    {
        if (_object.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var property in _object.EnumerateObject())
        {
            if (!_asked.Contains(property.Name, StringComparer.Ordinal))
            {
                Add(new Violation(PathOf(property.Name), $"is not known here; remove it. Known: {string.Join(", ", _asked)}"));
            }
        }
    }

    private string PathOf(string name) => JsonPath.Join(_path, name);

    private void Require(string name)
    {
        if (Find(name) is null)
        {
            Add(new Violation(PathOf(name), "is missing"));
        }
    }

    private JsonElement? Find(string name)
    {
        if (!_asked.Contains(name, StringComparer.Ordinal))
        {
            _asked.Add(name);
        }

        return _object.ValueKind == JsonValueKind.Object && _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    };
}
