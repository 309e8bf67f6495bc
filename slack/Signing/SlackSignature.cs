using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace ThreadGrains.Slack.Signing;

/// <summary>
/// Slack's request signature, version 0 (Slack, verifying requests): HMAC-SHA256, keyed with the secret as text, over
/// <c>v0:</c>, the timestamp as received, <c>:</c> and the raw body.
/// </summary>
internal static class SlackSignature
{
    public const string Prefix = "v0=";
    public const int HexLength = 64;

    /// <summary>The signature's 32 bytes.</summary>
    public static byte[] Compute(ReadOnlySpan<byte> secret, string timestamp, ReadOnlySequence<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hmac.AppendData("v0:"u8);
        hmac.AppendData(Encoding.ASCII.GetBytes(timestamp));
        hmac.AppendData(":"u8);
        foreach (var part in body)
        {
            hmac.AppendData(part.Span);
        }

        return hmac.GetHashAndReset();
    }
}
