using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace ThreadGrains.Groups;

/// <summary>
/// Tells whether two requests with the same id say the same: SHA-256 over kind, group, type, actor, data, issue and
/// channels as parsed, keys sorted and absent equal to null, without <c>occurredAt</c>. One function for HTTP and .NET.
/// </summary>
public static class ContentHash
{
    /// <summary>The hash of an activity's content, 32 bytes.</summary>
    public static byte[] Of(string group, Activity activity) => Hash(json =>
    {
        json.WriteString("kind", "activity");
        json.WriteString("group", group);
        json.WriteString("type", activity.Type);
        json.WriteStartObject("actor");
        Text(json, "email", activity.Actor.Email);
        Text(json, "id", activity.Actor.Id);
        Text(json, "name", activity.Actor.Name);
        Text(json, "type", activity.Actor.Type);
        json.WriteEndObject();
        if (activity.Data is not null)
        {
            using var data = JsonDocument.Parse(activity.Data);
            json.WritePropertyName("data");
            Sorted(json, data.RootElement);
        }
    });

    /// <summary>The hash of an alert's content, 32 bytes.</summary>
    public static byte[] Of(string group, Alert alert) => Hash(json =>
    {
        json.WriteString("kind", "alert");
        json.WriteString("group", group);
        Text(json, "rule", alert.Rule);
        Text(json, "openPeriod", alert.OpenPeriod);
        json.WriteStartObject("issue");
        Text(json, "culprit", alert.Issue.Culprit);
        Text(json, "level", alert.Issue.Level);
        Text(json, "project", alert.Issue.Project);
        Text(json, "title", alert.Issue.Title);
        Text(json, "type", alert.Issue.Type);
        Text(json, "url", alert.Issue.Url);
        if (alert.Issue.Tags is { } tags)
        {
            json.WriteStartObject("tags");
            foreach (var (name, value) in tags.OrderBy(tag => tag.Key, StringComparer.Ordinal))
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        if (alert.Channels is { } channels)
        {
            json.WriteStartArray("channels");
            foreach (var address in channels)
            {
                json.WriteStringValue(address.ToString());
            }

            json.WriteEndArray();
        }
    });

    private static byte[] Hash(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return SHA256.HashData(buffer.WrittenSpan);
    }

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void Sorted(Utf8JsonWriter json, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var property in value.EnumerateObject()
                    .Where(p => p.Value.ValueKind != JsonValueKind.Null).OrderBy(p => p.Name, StringComparer.Ordinal))
                {
                    json.WritePropertyName(property.Name);
                    Sorted(json, property.Value);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Sorted(json, item);
                }

                json.WriteEndArray();
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }
}
