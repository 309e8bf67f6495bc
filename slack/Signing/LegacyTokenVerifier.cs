using System.Security.Cryptography;
using System.Text;

namespace ThreadGrains.Slack.Signing;

/// <summary>
/// Slack's deprecated verification token, for a deployment that has no signing secret and asked for this mode by name. Never
/// beside a signature check: with "signature or token" the weaker one decides.
/// </summary>
public sealed class LegacyTokenVerifier
{
    private readonly byte[] _digest;

    /// <summary>Takes the configured token.</summary>
    /// <exception cref="ArgumentException">Blank. That never means "skip the check".</exception>
    public LegacyTokenVerifier(string verificationToken)
    {
        if (string.IsNullOrWhiteSpace(verificationToken))
        {
            throw new ArgumentException("Slack's verification token is blank.", nameof(verificationToken));
        }

        _digest = Digest(verificationToken);
    }

    /// <summary>True only for the configured token; compared in constant time. Absent is refused.</summary>
    public bool Verify(string? token) => CryptographicOperations.FixedTimeEquals(Digest(token ?? ""), _digest);

    // Digests have one length, so the comparison does not tell the token's.
    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
