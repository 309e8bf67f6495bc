using System.Text.Json;
using System.Text.Unicode;

namespace ThreadGrains.Slack.Payloads;

/// <summary>The strict part of reading: what is not this is answered 400, whatever the type.</summary>
internal static class PayloadJson
{
    // Slack's deepest payload, a message with nested rich text, stays under 20.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    /// <returns>The object and its <c>type</c>, or why not.</returns>
    public static (JsonElement Root, string Type, string? Fault) Parse(ReadOnlySpan<byte> bytes)
    {
        // The parser looks at the bytes of a string only when it is asked for.
        if (!Utf8.IsValid(bytes))
        {
            return (default, "", "invalid_utf8");
        }

        if (!TolerantJson.TryParse(bytes, Options, out var root))
        {
            return (default, "", "bad_json");
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            return (default, "", "not_an_object");
        }

        // Two of them: whoever checks one and acts on the other is fooled.
        if (root.EnumerateObject().Count(property => property.NameEquals("type"u8)) > 1)
        {
            return (default, "", "duplicate_type");
        }

        return root.TextOrNull("type") is { } type ? (root, type, null) : (default, "", "no_type");
    }
}
