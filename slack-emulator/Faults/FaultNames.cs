using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace ThreadGrains.SlackEmulator.Faults;

/// <summary>The faults' names on the wire.</summary>
internal static partial class FaultNames
{
    private static readonly FrozenDictionary<Fault, string> Names = Enum.GetValues<Fault>().ToFrozenDictionary(static fault => fault, Spelled);

    public static string Of(Fault fault) => Names[fault];

    // The general rule writes http500 and html200_stored: a status is a word of its own.
    private static string Spelled(Fault fault) => LettersBeforeStatus().Replace(JsonNamingPolicy.SnakeCaseLower.ConvertName(fault.ToString()), "$0_");

    [GeneratedRegex("^[a-z]+(?=[0-9]{3})")]
    private static partial Regex LettersBeforeStatus();

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
