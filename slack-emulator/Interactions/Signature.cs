using System.Security.Cryptography;
using System.Text;

namespace ThreadGrains.SlackEmulator.Interactions;

/// <summary>Slack's request signature v0 (contract section 1), from the sender's side.</summary>
internal static class Signature
{
    public static string Of(string secret, long timestamp, byte[] body)
    {
        byte[] signed = [.. Encoding.ASCII.GetBytes($"v0:{timestamp}:"), .. body];
        return "v0=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
    }
}
