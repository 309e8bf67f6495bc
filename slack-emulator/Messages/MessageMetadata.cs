using System.Text.Json;
using System.Text.RegularExpressions;

namespace ThreadGrains.SlackEmulator.Messages;

/// <summary>The rules for a message's metadata (Slack, "Using metadata in messages").</summary>
internal static partial class MessageMetadata
{
    /// <summary>Slack names an error for too large metadata and no figure; this is generous.</summary>
    private const int LargestBytes = 16_000;

    /// <returns>Slack's error code, or null when it can be stored.</returns>
    public static string? Check(JsonElement metadata)
    {
        if (metadata.ValueKind != JsonValueKind.Object
            || !metadata.TryGetProperty("event_type", out var type) || type.ValueKind != JsonValueKind.String
            || !metadata.TryGetProperty("event_payload", out var payload) || payload.ValueKind != JsonValueKind.Object)
            return "invalid_metadata_format";
        if (!Name.IsMatch(type.GetString()!)) return "invalid_metadata_format";
        foreach (var property in payload.EnumerateObject())
        {
            if (!Name.IsMatch(property.Name) || !Fits(property.Value)) return "invalid_metadata_schema";
        }
        return metadata.GetRawText().Length > LargestBytes ? "metadata_too_large" : null;
    }

    private static bool Fits(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => true,
        JsonValueKind.Array => value.EnumerateArray().All(static item =>
            item.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False),
        _ => false,
    };

    [GeneratedRegex("^[a-z][a-z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Name { get; }
}
