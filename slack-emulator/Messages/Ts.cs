using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ThreadGrains.SlackEmulator.Messages;

/// <summary>
/// Slack's name of a message within its channel: seconds and six decimals, kept as whole microseconds.
/// A floating point number would lose digits, and two messages would become one.
/// </summary>
[JsonConverter(typeof(TsConverter))]
internal readonly record struct Ts(long Micros) : IComparable<Ts>
{
    private const long MicrosPerSecond = 1_000_000;

    /// <summary>Reads the exact form, for example <c>1503435956.000247</c>.</summary>
    public static bool TryParse(string? text, out Ts ts)
    {
        ts = default;
        if (text is null || text.Length is < 8 or > 19 || text[^7] != '.') return false;
        if (!Digits(text.AsSpan(0, text.Length - 7), out var seconds) || !Digits(text.AsSpan(text.Length - 6), out var micros)) return false;
        ts = new Ts(seconds * MicrosPerSecond + micros);
        return true;
    }

    /// <summary>Reads a bound of a read (<c>oldest</c>, <c>latest</c>), which may have fewer decimals or none.</summary>
    public static bool TryParseBound(string text, out Ts ts)
    {
        ts = default;
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? text : text[..point];
        var decimals = point < 0 ? "" : text[(point + 1)..];
        if (whole.Length is 0 or > 12 || decimals.Length > 6) return false;
        if (!Digits(whole, out var seconds) || !Digits(decimals.PadRight(6, '0'), out var micros)) return false;
        ts = new Ts(seconds * MicrosPerSecond + micros);
        return true;
    }

    public static Ts At(DateTimeOffset moment) => new((moment - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    public int CompareTo(Ts other) => Micros.CompareTo(other.Micros);

    public static bool operator <(Ts left, Ts right) => left.Micros < right.Micros;
    public static bool operator >(Ts left, Ts right) => left.Micros > right.Micros;
    public static bool operator <=(Ts left, Ts right) => left.Micros <= right.Micros;
    public static bool operator >=(Ts left, Ts right) => left.Micros >= right.Micros;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Micros / MicrosPerSecond}.{Micros % MicrosPerSecond:D6}");

    private static bool Digits(ReadOnlySpan<char> text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private sealed class TsConverter : JsonConverter<Ts>
    {
        public override Ts Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out var ts) ? ts : throw new JsonException("not a ts");

        public override void Write(Utf8JsonWriter writer, Ts value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
