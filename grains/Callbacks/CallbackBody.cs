using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ThreadGrains.Groups;

namespace ThreadGrains.Grains.Callbacks;

/// <summary>
/// What the tracker is told (docs/callback.schema.json). <c>id</c>, <c>group</c>, <c>type</c>, <c>actor</c> and <c>data</c> stand as
/// POST /v1/activities takes them: a tracker that sends just these back tells us what we know, and gets <c>duplicate</c>. Pure.
/// </summary>
internal static class CallbackBody
{
    // Read by machines from a body of its own type: what is no danger there stays readable.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(GroupKey group, Click click, Activity activity, long sequence, DateTimeOffset acceptedAt)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("type", "activity");
            json.WriteString("timestamp", acceptedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteStartObject("data");
            json.WriteString("id", activity.Id);
            json.WriteString("organization", group.Organization);
            json.WriteString("group", group.Group);
            json.WriteString("type", activity.Type);
            json.WriteStartObject("actor");
            json.WriteString("type", activity.Actor.Type);
            json.WriteString("id", activity.Actor.Id);
            json.WriteString("name", activity.Actor.Name);
            json.WriteEndObject();
            if (activity.Data is { } data)
            {
                json.WritePropertyName("data");
                json.WriteRawValue(data);
            }

            json.WriteNumber("sequence", sequence);
            json.WriteStartObject("slack");
            json.WriteString("workspace", click.Address.Workspace);
            json.WriteString("channel", click.Address.Channel);
            json.WriteString("messageTs", click.MessageTs);
            json.WriteString("user", click.User);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
