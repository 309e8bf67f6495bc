using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ThreadGrains.Slack.Signing;

/// <summary>
/// Decides whether a request is Slack's, over the raw bytes and before anything is parsed. The strict intersection of what
/// Slack's own SDKs do: one header of each kind, a timestamp of digits only, 300 s to either side, exactly "v0=" and 64
/// lower-case hexadecimal digits, compared in constant time.
/// </summary>
public sealed class SlackSignatureVerifier
{
    /// <summary>The header with the time of signing.</summary>
    public const string TimestampHeader = "X-Slack-Request-Timestamp";

    /// <summary>The header with the signature.</summary>
    public const string SignatureHeader = "X-Slack-Signature";

    private const int MaxTimestampDigits = 12;
    private const long WindowSeconds = 300;

    // 12 digits of seconds are more than a TimeSpan holds, and a log needs no more than "centuries".
    private const long MaxSkewSeconds = 1000L * 365 * 24 * 60 * 60;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    private readonly byte[][] _secrets;
    private readonly TimeProvider _clock;

    /// <summary>Takes the active secrets: several while one is being rotated.</summary>
    /// <exception cref="ArgumentException">None, or a blank one. Blank never means "skip the check".</exception>
    public SlackSignatureVerifier(IReadOnlyList<string> signingSecrets, TimeProvider clock)
    {
        if (signingSecrets.Count == 0)
        {
            throw new ArgumentException("Slack's signing secret is not configured.", nameof(signingSecrets));
        }

        if (signingSecrets.Any(string.IsNullOrWhiteSpace))
        {
            throw new ArgumentException("A Slack signing secret is blank.", nameof(signingSecrets));
        }

        // The secret looks like hexadecimal, and its text is the key all the same.
        _secrets = [.. signingSecrets.Select(Encoding.UTF8.GetBytes)];
        _clock = clock;
    }

    /// <inheritdoc cref="Verify(ReadOnlySequence{byte}, IReadOnlyList{string}, IReadOnlyList{string})"/>
    public SignatureVerdict Verify(
        ReadOnlySpan<byte> body, IReadOnlyList<string?> timestampHeaderValues, IReadOnlyList<string?> signatureHeaderValues) =>
        Verify(new ReadOnlySequence<byte>(body.ToArray()), timestampHeaderValues, signatureHeaderValues);

    /// <summary>Judges one request. Needs no valid UTF-8: an authentic body may still be malformed.</summary>
    /// <param name="body">The body as received, before any decoding.</param>
    /// <param name="timestampHeaderValues">Every value of <see cref="TimestampHeader"/>, one a header line, not joined.</param>
    /// <param name="signatureHeaderValues">Every value of <see cref="SignatureHeader"/>, likewise.</param>
    public SignatureVerdict Verify(
        ReadOnlySequence<byte> body, IReadOnlyList<string?> timestampHeaderValues, IReadOnlyList<string?> signatureHeaderValues)
    {
        if (timestampHeaderValues.Count == 0 || signatureHeaderValues.Count == 0)
        {
            return Refuse(SignatureRefusal.MissingHeader);
        }

        if (timestampHeaderValues.Count > 1 || signatureHeaderValues.Count > 1)
        {
            return Refuse(SignatureRefusal.DuplicateHeader);
        }

        var timestamp = timestampHeaderValues[0] ?? "";
        if (!IsTimestamp(timestamp))
        {
            return Refuse(SignatureRefusal.BadTimestamp);
        }

        var age = _clock.GetUtcNow().ToUnixTimeSeconds() - long.Parse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture);
        var skew = TimeSpan.FromSeconds(Math.Clamp(age, -MaxSkewSeconds, MaxSkewSeconds));
        if (age > WindowSeconds)
        {
            return new SignatureVerdict(SignatureRefusal.Stale, skew, null);
        }

        if (age < -WindowSeconds)
        {
            return new SignatureVerdict(SignatureRefusal.Future, skew, null);
        }

        var signature = signatureHeaderValues[0] ?? "";
        if (!IsSignature(signature))
        {
            return new SignatureVerdict(SignatureRefusal.BadSignatureFormat, skew, null);
        }

        var claimed = Convert.FromHexString(signature.AsSpan(SlackSignature.Prefix.Length));
        return MatchesAny(claimed, timestamp, body)
            ? new SignatureVerdict(SignatureRefusal.None, skew, Convert.ToHexStringLower(SHA256.HashData(claimed)))
            : new SignatureVerdict(SignatureRefusal.Mismatch, skew, null);
    }

    // All secrets, always: how long it takes must not tell which one is in use.
    private bool MatchesAny(byte[] claimed, string timestamp, ReadOnlySequence<byte> body)
    {
        var matches = false;
        foreach (var secret in _secrets)
        {
            matches |= CryptographicOperations.FixedTimeEquals(SlackSignature.Compute(secret, timestamp, body), claimed);
        }

        return matches;
    }

    // What is read as a number and what is hashed is then the same: "+1", " 1", "01" or "1.0" would be read like "1".
    private static bool IsTimestamp(string text) =>
        text.Length is >= 1 and <= MaxTimestampDigits
        && !text.AsSpan().ContainsAnyExceptInRange('0', '9')
        && (text[0] != '0' || text.Length == 1);

    private static bool IsSignature(string text) =>
        text.Length == SlackSignature.Prefix.Length + SlackSignature.HexLength
        && text.StartsWith(SlackSignature.Prefix, StringComparison.Ordinal)
        && text.AsSpan(SlackSignature.Prefix.Length).IndexOfAnyExcept(LowerHex) < 0;

    private static SignatureVerdict Refuse(SignatureRefusal refusal) => new(refusal, TimeSpan.Zero, null);
}
