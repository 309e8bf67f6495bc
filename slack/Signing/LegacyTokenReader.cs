using System.Text;
using System.Text.Json;

namespace ThreadGrains.Slack.Signing;

/// <summary>
/// Finds the deprecated verification token in a request that nobody has vouched for yet: it stands nowhere else than in the body.
/// Nothing else is read of it. The work is bounded whatever the body holds: one pass over its first part, and no object is made but
/// the token.
/// </summary>
public static class LegacyTokenReader
{
    /// <summary>How much of the JSON is looked at, in bytes. Slack writes the token among the first fields.</summary>
    private const int MaxLook = 256 * 1024;

    private const int MaxTokenLength = 200;
    private const int MaxDepth = 32;

    private static ReadOnlySpan<byte> Payload => "payload="u8;

    /// <summary>The token of an interaction: in the JSON of the form's field <c>payload</c>, the first of that name.</summary>
    /// <returns>Null: there is none, or it is not of a token's form.</returns>
    public static string? InForm(ReadOnlySpan<byte> form)
    {
        foreach (var range in form.Split((byte)'&'))
        {
            if (form[range].StartsWith(Payload))
            {
                return InJson(Decoded(form[range][Payload.Length..]));
            }
        }

        return null;
    }

    /// <summary>The token of an event: the first field <c>token</c> of the object itself.</summary>
    /// <returns>Null: there is none, or it is not of a token's form.</returns>
    public static string? InJson(ReadOnlySpan<byte> json)
    {
        var looked = json[..Math.Min(json.Length, MaxLook)];
        var reader = new Utf8JsonReader(looked, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = MaxDepth }));
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isToken = reader.ValueTextEquals("token"u8);
                if (!reader.Read())
                {
                    return null;
                }

                if (isToken)
                {
                    return reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped ? Token(reader.ValueSpan) : null;
                }

                if (!reader.TrySkip())
                {
                    return null;
                }
            }
        }
        catch (JsonException)
        {
            // No JSON, so no token in it.
        }

        return null;
    }

    private static string? Token(ReadOnlySpan<byte> text) =>
        text.Length is > 0 and <= MaxTokenLength && !text.ContainsAnyExceptInRange((byte)'!', (byte)'~') ? Encoding.ASCII.GetString(text) : null;

    /// <summary>The beginning of a form's value; what is wrongly encoded ends it.</summary>
    private static byte[] Decoded(ReadOnlySpan<byte> encoded)
    {
        byte[] bytes = new byte[Math.Min(encoded.Length, MaxLook)];
        int length = 0;
        for (int at = 0; at < encoded.Length && length < bytes.Length; at++)
        {
            byte read = encoded[at];
            if (read == (byte)'%')
            {
                if (at + 2 >= encoded.Length || !char.IsAsciiHexDigit((char)encoded[at + 1]) || !char.IsAsciiHexDigit((char)encoded[at + 2]))
                {
                    break;
                }

                read = (byte)((Digit(encoded[at + 1]) << 4) | Digit(encoded[at + 2]));
                at += 2;
            }

            bytes[length++] = read == (byte)'+' && encoded[at] == (byte)'+' ? (byte)' ' : read;
        }

        return bytes[..length];
    }

    private static int Digit(byte hex) => hex <= (byte)'9' ? hex - '0' : (hex | 0x20) - 'a' + 10;
}
