using System.Text.Json;
using System.Text.Unicode;
using ThreadGrains.Groups;

namespace ThreadGrains.WebhookGateway.Requests;

/// <summary>
/// The one JSON parser of the API. What two readers could understand differently, or what no database stores as text, is
/// refused with the path of the place and how to mend it: duplicate properties, comments, trailing data, more than 32
/// levels, invalid UTF-8, U+0000, unpaired surrogates.
/// </summary>
internal static class StrictJson
{
    /// <summary>Deepest nesting that is read; the API's own shapes need four, the rest is for <c>data</c>.</summary>
    public const int MaxDepth = 32;

    private const string WholeBody = "";

    /// <returns>The value, or the one violation that ended the reading.</returns>
    public static (JsonElement Root, Violation? Violation) Parse(ReadOnlySpan<byte> json)
    {
        if (OtherEncoding(json) is { } other)
        {
            return (default, other);
        }

        json = ByteOrderMark.Skip(json);
        if (json.IsEmpty)
        {
            return (default, new Violation(WholeBody, "is empty; send a JSON object"));
        }

        if (!Utf8.IsValid(json))
        {
            return (default, new Violation(WholeBody, "is not valid UTF-8; encode the text as UTF-8"));
        }

        return Check(json) is { } violation ? (default, violation) : (JsonElement.Parse(json), null);
    }

    /// <summary>What is wrong with a text that says itself that it is no UTF-8; null: it does not.</summary>
    public static Violation? OtherEncoding(ReadOnlySpan<byte> text) => ByteOrderMark.OtherEncoding(text) is { } encoding
        ? new Violation(WholeBody, $"begins with the byte order mark of {encoding}; encode the text as UTF-8")
        : null;

    private static Violation? Check(ReadOnlySpan<byte> json)
    {
        // The reader's own limit is above ours, so that too deep is told apart from not JSON.
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth * 2, CommentHandling = JsonCommentHandling.Disallow });
        var path = new JsonPath();
        try
        {
            while (reader.Read())
            {
                if (Complaint(ref reader, path) is { } violation)
                {
                    return violation;
                }
            }

            return null;
        }
        catch (JsonException broken)
        {
            return new Violation(path.ToString(), $"is not JSON at line {broken.LineNumber + 1}, byte {broken.BytePositionInLine + 1}");
        }
    }

    private static Violation? Complaint(ref Utf8JsonReader reader, JsonPath path)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                if (reader.CurrentDepth >= MaxDepth)
                {
                    return new Violation(path.ToString(), $"is nested deeper than {MaxDepth} levels; flatten it");
                }

                path.Enter(isObject: reader.TokenType == JsonTokenType.StartObject);
                return null;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                path.Leave();
                return null;
            case JsonTokenType.PropertyName:
                if (TextOf(ref reader) is not { } name)
                {
                    return new Violation(path.ToString(), "has a property whose name holds U+0000 or an unpaired surrogate, which no database stores as text; remove it");
                }

                return path.Name(name) ? null : new Violation(path.ToString(), "stands there twice; send it once");
            case JsonTokenType.String when TextOf(ref reader) is null:
                return new Violation(path.Value(), "holds U+0000 or an unpaired surrogate, which no database stores as text; remove it");
            default:
                path.Value();
                return null;
        }
    }

    /// <returns>Null: not storable as text.</returns>
    private static string? TextOf(ref Utf8JsonReader reader)
    {
        try
        {
            // The reader throws for escapes of unpaired surrogates; raw ones are no UTF-8 in the first place.
            return reader.GetString() is { } text && !text.Contains('\0', StringComparison.Ordinal) ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
