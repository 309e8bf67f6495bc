using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ThreadGrains.Grains.Callbacks;

/// <summary>
/// The secrets by which callbacks are signed, and the signature (Standard Webhooks, specification, "Signature scheme":
/// base64 of HMAC-SHA256 over <c>id.timestamp.body</c>, with <c>v1,</c> before it; several parted by spaces).
/// </summary>
internal sealed class CallbackSecrets
{
    private const string Prefix = "whsec_";
    private const int MaxSecrets = 2;

    private readonly IReadOnlyList<byte[]> _keys;

    private CallbackSecrets(IReadOnlyList<byte[]> keys) => _keys = keys;

    /// <returns>Null: not one or two secrets of that form.</returns>
    public static CallbackSecrets? Parse(string text)
    {
        var keys = new List<byte[]>();
        foreach (string part in text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!part.StartsWith(Prefix, StringComparison.Ordinal) || !TryDecode(part[Prefix.Length..], out var key) || key.Length is < 24 or > 64)
            {
                return null;
            }

            keys.Add(key);
        }

        return keys.Count is >= 1 and <= MaxSecrets ? new CallbackSecrets(keys) : null;
    }

    /// <summary>The value of <c>webhook-signature</c>.</summary>
    public string Sign(string id, long timestamp, byte[] body)
    {
        byte[] head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}."));
        byte[] signed = [.. head, .. body];
        return string.Join(' ', _keys.Select(key => "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed))));
    }

    /// <summary>Never the keys.</summary>
    public override string ToString() => $"{_keys.Count} secrets";

    private static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        var buffer = new byte[text.Length];
        bytes = Convert.TryFromBase64String(text, buffer, out int length) ? buffer[..length] : null;
        return bytes is not null;
    }
}
