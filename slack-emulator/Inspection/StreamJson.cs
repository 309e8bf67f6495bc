using System.Text.Encodings.Web;
using System.Text.Json;

namespace ThreadGrains.SlackEmulator.Inspection;

/// <summary>A happening as the live stream tells it.</summary>
internal static class StreamJson
{
    public static JsonWriterOptions Format { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Of(Happening happening)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Format))
        {
            json.WriteStartObject();
            switch (happening)
            {
                case Happening.ToMessage(var kind, var message):
                    Head(json, kind, message.Channel.Workspace.Team, message.Channel.Id);
                    json.WriteString("ts", message.Ts.ToString());
                    json.WritePropertyName("message");
                    MessageTruth.Write(json, message);
                    break;
                case Happening.ToPerson(var ephemeral):
                    Head(json, "ephemeral", ephemeral.Team, ephemeral.Channel);
                    json.WriteString("ts", ephemeral.Ts.ToString());
                    json.WritePropertyName("message");
                    MessageTruth.Write(json, ephemeral);
                    break;
                case Happening.ToChannel(var team, var channel):
                    Head(json, "channel", team, channel);
                    break;
            }
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    private static void Head(Utf8JsonWriter json, string kind, string team, string channel)
    {
        json.WriteString("kind", kind);
        json.WriteString("team", team);
        json.WriteString("channel", channel);
    }
}
