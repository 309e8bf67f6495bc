using System.Globalization;
using System.Text.Json;

namespace ThreadGrains.Slack;

/// <summary>
/// Reads single fields out of Slack's JSON. Slack adds fields at any time, sends null where an object is expected and
/// numbers as strings: whatever a field is not, it reads as absent.
/// </summary>
internal static class TolerantJson
{
    /// <summary>
    /// Parses a whole text. What the parser lets pass and its readers later throw at, a property name with half a surrogate pair,
    /// is no JSON here.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, JsonDocumentOptions options, out JsonElement root)
    {
        root = default;
        try
        {
            if (!NamesAreText(bytes, options.MaxDepth))
            {
                return false;
            }

            root = JsonElement.Parse(bytes, options);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>A string field; null when it is absent, no string, or not valid Unicode.</summary>
    public static string? Text(this JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out var field) || field.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        return StringOrNull(field);
    }

    /// <summary>A string field that is not empty. Slack writes "" where it means nothing.</summary>
    public static string? TextOrNull(this JsonElement element, string name) => element.Text(name) is { Length: > 0 } text ? text : null;

    public static SlackTs? Ts(this JsonElement element, string name) => SlackTs.TryParse(element.Text(name), out var ts) ? ts : null;

    /// <summary>A child object.</summary>
    public static JsonElement? Child(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var child) && child.ValueKind == JsonValueKind.Object
            ? child
            : null;

    /// <summary>The items of an array field; none when it is absent or no array.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array
            ? array.EnumerateArray()
            : [];

    /// <summary>The strings of an array field.</summary>
    public static IEnumerable<string> TextItems(this JsonElement element, string name) =>
        element.Items(name).Where(item => item.ValueKind == JsonValueKind.String).Select(StringOrNull).OfType<string>();

    /// <summary>A boolean, or the string "true" or "false": Slack writes both, also for the same field.</summary>
    public static bool? Flag(this JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out var field))
        {
            return null;
        }

        return field.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String when field.ValueEquals("true"u8) => true,
            JsonValueKind.String when field.ValueEquals("false"u8) => false,
            _ => null,
        };
    }

    /// <summary>An integer, or a string that holds one.</summary>
    public static long? Integer(this JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out var field))
        {
            return null;
        }

        return field.ValueKind switch
        {
            JsonValueKind.Number when field.TryGetInt64(out var number) => number,
            JsonValueKind.String when long.TryParse(element.Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
            _ => null,
        };
    }

    private static string? StringOrNull(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // "\ud800" alone is valid JSON and no valid text
        }
    }

    private static bool NamesAreText(ReadOnlySpan<byte> bytes, int maxDepth)
    {
        if (bytes.IndexOf("\\ud"u8) < 0 && bytes.IndexOf("\\uD"u8) < 0)
        {
            return true;
        }

        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = maxDepth });
        while (reader.Read())
        {
            if (reader is { TokenType: JsonTokenType.PropertyName, ValueIsEscaped: true })
            {
                try
                {
                    reader.GetString();
                }
                catch (InvalidOperationException)
                {
                    return false;
                }
            }
        }

        return true;
    }
}
