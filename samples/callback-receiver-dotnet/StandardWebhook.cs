using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ThreadGrains.Samples.CallbackReceiver;

/// <summary>
/// Verifies a signature of Standard Webhooks: HMAC-SHA256 over <c>id.timestamp.body</c>, compared in constant time with each of
/// those in the header, and only within five minutes of the time signed.
/// </summary>
internal sealed class StandardWebhook(string secret, TimeProvider clock)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private readonly byte[] _key = Convert.FromBase64String(secret.StartsWith("whsec_", StringComparison.Ordinal) ? secret["whsec_".Length..] : secret);

    /// <summary>Whether whoever holds the secret said these very bytes, just now.</summary>
    public bool Verifies(string? id, string? timestamp, string? signatures, byte[] body)
    {
        if (id is null || signatures is null || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            || Math.Abs(clock.GetUtcNow().ToUnixTimeSeconds() - seconds) > Tolerance.TotalSeconds)
        {
            return false;
        }

        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        byte[] expected = Encoding.ASCII.GetBytes("v1," + Convert.ToBase64String(HMACSHA256.HashData(_key, signed)));
        return signatures.Split(' ').Any(one => CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(one)));
    }
}
