using System.Security.Cryptography;
using System.Text;

namespace ThreadGrains.SlackEmulator.Interactions;

/// <summary>Slack's request signature, version v0 (Slack, "Verifying requests from Slack").</summary>
internal static class SlackSignature
{
    /// <param name="secret">The signing secret, used as text.</param>
    /// <param name="timestamp">Unix time in whole seconds, as in the header.</param>
    /// <param name="body">The body's bytes as they are sent.</param>
    public static string Of(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hash.AppendData(Encoding.ASCII.GetBytes($"v0:{timestamp}:"));
        hash.AppendData(body);
        return "v0=" + Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
