using System.Text;

namespace ThreadGrains.Slack.Payloads;

/// <summary>A decoded form body (application/x-www-form-urlencoded). Knows how often each field stood there.</summary>
public sealed class FormBody
{
    // Slack's largest form, a slash command, has some fifteen fields.
    private const int MaxFields = 100;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<(string Name, string Value)> _fields;

    private FormBody(List<(string Name, string Value)> fields) => _fields = fields;

    /// <summary>The names, in order and as often as they stand there.</summary>
    public IEnumerable<string> Names => _fields.Select(pair => pair.Name);

    /// <summary>Decodes a body: <c>+</c> is a space, <c>%XX</c> are bytes of UTF-8, which must be valid.</summary>
    public static PayloadReadResult<FormBody> Parse(ReadOnlySpan<byte> body)
    {
        var fields = new List<(string, string)>();
        foreach (var range in body.Split((byte)'&'))
        {
            var pair = body[range];
            if (pair.IsEmpty)
            {
                continue;
            }

            if (fields.Count == MaxFields)
            {
                return new PayloadReadResult<FormBody>.Malformed("too_many_fields");
            }

            var equals = pair.IndexOf((byte)'=');
            var (name, fault) = Decode(equals < 0 ? pair : pair[..equals]);
            if (name is null)
            {
                return new PayloadReadResult<FormBody>.Malformed(fault);
            }

            (var value, fault) = equals < 0 ? ("", "") : Decode(pair[(equals + 1)..]);
            if (value is null)
            {
                return new PayloadReadResult<FormBody>.Malformed(fault);
            }

            fields.Add((name, value));
        }

        return new PayloadReadResult<FormBody>.Read(new FormBody(fields));
    }

    /// <summary>How often a field stands there.</summary>
    public int Count(string name) => _fields.Count(field => field.Name == name);

    /// <summary>A field's value, if it stands there exactly once.</summary>
    public string? Single(string name) => Count(name) == 1 ? _fields.Find(field => field.Name == name).Value : null;

    /// <summary>A field's value, if it stands there exactly once and is not empty.</summary>
    public string? SingleOrNull(string name) => Single(name) is { Length: > 0 } value ? value : null;

    private static (string? Text, string Fault) Decode(ReadOnlySpan<byte> encoded)
    {
        var bytes = new byte[encoded.Length];
        var length = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            switch (encoded[i])
            {
                case (byte)'+':
                    bytes[length++] = (byte)' ';
                    break;
                case (byte)'%':
                    if (i + 2 >= encoded.Length || !TryHex(encoded[i + 1], out var high) || !TryHex(encoded[i + 2], out var low))
                    {
                        return (null, "bad_form");
                    }

                    bytes[length++] = (byte)((high << 4) | low);
                    i += 2;
                    break;
                case var plain:
                    bytes[length++] = plain;
                    break;
            }
        }

        try
        {
            return (StrictUtf8.GetString(bytes.AsSpan(0, length)), "");
        }
        catch (DecoderFallbackException)
        {
            return (null, "invalid_utf8");
        }
    }

    private static bool TryHex(byte digit, out int value)
    {
        value = char.IsAsciiHexDigit((char)digit) ? Convert.ToInt32(((char)digit).ToString(), 16) : -1;
        return value >= 0;
    }
}
