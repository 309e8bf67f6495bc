using System.Buffers;
using System.Globalization;
using System.Text;

namespace ThreadGrains.Slack.Signing;

/// <summary>
/// Signs a request as Slack does. Nobody but Slack should: this is for trying one's own address with the secret that one
/// has oneself.
/// </summary>
public static class SlackRequestSigner
{
    /// <summary>The two headers for a body that is sent now.</summary>
    /// <param name="secret">The signing secret, as text.</param>
    /// <param name="now">The moment of sending.</param>
    /// <param name="body">The raw body.</param>
    public static (string Timestamp, string Signature) Sign(string secret, DateTimeOffset now, ReadOnlyMemory<byte> body)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(secret);
        string timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] digest = SlackSignature.Compute(Encoding.UTF8.GetBytes(secret), timestamp, new ReadOnlySequence<byte>(body));
        return (timestamp, SlackSignature.Prefix + Convert.ToHexStringLower(digest));
    }
}
