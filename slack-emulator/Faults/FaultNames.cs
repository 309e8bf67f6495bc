using System.Text.Json;
using System.Text.Json.Serialization;

namespace ThreadGrains.SlackEmulator.Faults;

/// <summary>The faults' names on the wire.</summary>
internal static class FaultNames
{
    public static string Of(Fault fault) => fault switch
    {
        // The general rule would write http500.
        Fault.Http500 => "http_500",
        Fault.Http502 => "http_502",
        Fault.Http503 => "http_503",
        Fault.Html200 => "html_200",
        _ => JsonNamingPolicy.SnakeCaseLower.ConvertName(fault.ToString()),
    };

    internal sealed class Converter : JsonConverter<Fault>
    {
        public override Fault Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var name = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            foreach (var fault in Enum.GetValues<Fault>())
            {
                if (Of(fault) == name) return fault;
            }
            throw new JsonException($"'{name}' is not a fault; faults are {string.Join(", ", Enum.GetValues<Fault>().Select(Of))}");
        }

        public override void Write(Utf8JsonWriter writer, Fault value, JsonSerializerOptions options) => writer.WriteStringValue(Of(value));
    }
}
