using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ThreadGrains.Slack.Signing;

namespace ThreadGrains.Slack.Tests.Signing;

/// <summary>One request, what we say to it, and whether Slack's own SDK for Node takes it.</summary>
public sealed record SignatureCase(
    string Name, IReadOnlyList<string> Timestamps, IReadOnlyList<string> Signatures, byte[] Body, SignatureRefusal Ours, bool Bolt)
{
    public override string ToString() => Name;
}

/// <summary>The table of what the SDKs take and we do not, and of what all refuse.</summary>
internal static class SignatureCases
{
    public const string Secret = "8f742231b10e8888abcd99yyyzzz85a5";
    public const long Now = 1_531_420_618;
    public const string PublishedSignature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

    public static readonly byte[] PublishedBody = Encoding.ASCII.GetBytes(
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar" +
        "&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands" +
        "%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c");

    private static readonly byte[] Body = "payload=%7B%22type%22%3A%22block_actions%22%7D"u8.ToArray();

    public static IReadOnlyList<SignatureCase> All { get; } = [.. Build()];

    /// <summary>An HMAC of the test's own, not the library's.</summary>
    public static string Sign(string timestamp, byte[] body, string version = "v0", string secret = Secret) =>
        $"{version}=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.UTF8.GetBytes($"{version}:{timestamp}:"), .. body]));

    private static IEnumerable<SignatureCase> Build()
    {
        var now = Text(Now);
        var good = Sign(now, Body);
        var hex = good[3..];

        yield return new("Slack's published example", [now], [PublishedSignature], PublishedBody, SignatureRefusal.None, true);
        yield return Accepted("signed now", Now);
        yield return Accepted("300 s old", Now - 300);
        yield return new("301 s old", [Text(Now - 301)], [Sign(Text(Now - 301), Body)], Body, SignatureRefusal.Stale, false);
        yield return Accepted("300 s in the future", Now + 300);
        yield return Stricter("301 s in the future", [Text(Now + 301)], [Sign(Text(Now + 301), Body)], SignatureRefusal.Future);
        yield return Stricter("a year in the future", [Text(Now + 31_536_000)], [Sign(Text(Now + 31_536_000), Body)], SignatureRefusal.Future);

        yield return Both("no timestamp header", [], [good], SignatureRefusal.MissingHeader);
        yield return Both("no signature header", [now], [], SignatureRefusal.MissingHeader);
        yield return Both("neither header", [], [], SignatureRefusal.MissingHeader);
        yield return Both("timestamp twice, the same", [now, now], [good], SignatureRefusal.DuplicateHeader);
        yield return Both("signature twice, another first", [now], ["v0=" + new string('0', 64), good], SignatureRefusal.DuplicateHeader);
        // The Node SDK splits at "=" and compares the second part, which a joined value changes as well.
        yield return Both("signature twice, the same", [now], [good, good], SignatureRefusal.DuplicateHeader);
        yield return Both("both values on one line", [now], [good + ", " + good], SignatureRefusal.BadSignatureFormat);

        // Turned into a number first: several texts are one number, and the number is what the SDK hashes.
        foreach (var (name, text) in new[]
        {
            ("plus sign", "+" + now), ("space before", " " + now), ("space behind", now + " "), ("leading zero", "0" + now), ("decimals", now + ".0"),
            ("hexadecimal", "0x" + Now.ToString("x", CultureInfo.InvariantCulture)), ("exponent", now + "e0"),
        })
        {
            yield return Stricter($"timestamp with {name}, the number signed", [text], [good], SignatureRefusal.BadTimestamp);
            yield return Both($"timestamp with {name}, the text signed", [text], [Sign(text, Body)], SignatureRefusal.BadTimestamp);
        }

        yield return Stricter("timestamp Infinity", ["Infinity"], [Sign("Infinity", Body)], SignatureRefusal.BadTimestamp);
        yield return Both("timestamp with underscores", ["1_531_420_618"], [good], SignatureRefusal.BadTimestamp);
        yield return Both("timestamp in Arabic digits", ["١٥٣١٤٢٠٦١٨"], [good], SignatureRefusal.BadTimestamp);
        yield return Both("timestamp empty", [""], [good], SignatureRefusal.BadTimestamp);
        yield return Both("timestamp of words", ["yesterday"], [Sign("yesterday", Body)], SignatureRefusal.BadTimestamp);
        yield return Both("timestamp negative", ["-1"], [Sign("-1", Body)], SignatureRefusal.BadTimestamp);
        yield return Both("timestamp in milliseconds", [now + "000"], [Sign(now, Body)], SignatureRefusal.BadTimestamp);
        yield return Both("timestamp of 12 digits", ["999999999999"], [good], SignatureRefusal.Future);
        yield return Both("timestamp zero", ["0"], [Sign("0", Body)], SignatureRefusal.Stale);

        yield return Both("upper-case hexadecimal", [now], ["v0=" + hex.ToUpperInvariant()], SignatureRefusal.BadSignatureFormat);
        yield return Both("no prefix", [now], [hex], SignatureRefusal.BadSignatureFormat);
        yield return Both("cut short", [now], [good[..^1]], SignatureRefusal.BadSignatureFormat);
        yield return Both("empty signature", [now], [""], SignatureRefusal.BadSignatureFormat);
        yield return Both("prefix alone", [now], ["v0="], SignatureRefusal.BadSignatureFormat);
        yield return Both("version 1", [now], [Sign(now, Body, "v1")], SignatureRefusal.BadSignatureFormat);
        yield return Stricter("junk after a second equals sign", [now], [good + "=junk"], SignatureRefusal.BadSignatureFormat);
        yield return Both("junk behind", [now], [good + "00"], SignatureRefusal.BadSignatureFormat);
        yield return Both("line break behind", [now], [good + "\n"], SignatureRefusal.BadSignatureFormat);
        yield return Both("not ASCII", [now], ["v0=" + new string('é', 64)], SignatureRefusal.BadSignatureFormat);

        yield return Both("another secret", [now], [Sign(now, Body, secret: "another")], SignatureRefusal.Mismatch);
        yield return Both("another body", [now], [Sign(now, "payload=%7B%7D"u8.ToArray())], SignatureRefusal.Mismatch);
        yield return Both("another time signed", [now], [Sign(Text(Now - 1), Body)], SignatureRefusal.Mismatch);
        yield return Both("the secret read as hexadecimal", [now], [HexKeyed(now)], SignatureRefusal.Mismatch);
        yield return Both("body decoded before it was signed", [now], [Sign(now, "payload={\"type\":\"block_actions\"}"u8.ToArray())], SignatureRefusal.Mismatch);
        yield return new("empty body", [now], [Sign(now, [])], [], SignatureRefusal.None, true);

        // The other way round: signed over raw bytes it is authentic, and the SDK loses it by decoding first.
        byte[] invalid = [.. "payload="u8, 0xC3, 0x28];
        yield return new("body that is no UTF-8", [now], [Sign(now, invalid)], invalid, SignatureRefusal.None, false);
    }

    private static SignatureCase Accepted(string name, long at) => new(name, [Text(at)], [Sign(Text(at), Body)], Body, SignatureRefusal.None, true);

    private static SignatureCase Stricter(string name, string[] timestamps, string[] signatures, SignatureRefusal ours) =>
        new(name, timestamps, signatures, Body, ours, Bolt: true);

    private static SignatureCase Both(string name, string[] timestamps, string[] signatures, SignatureRefusal ours) =>
        new(name, timestamps, signatures, Body, ours, Bolt: false);

    private static string HexKeyed(string now) =>
        "v0=" + Convert.ToHexStringLower(HMACSHA256.HashData(Convert.FromHexString("8f742231b10e8888"), (byte[])[.. Encoding.ASCII.GetBytes($"v0:{now}:"), .. Body]));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
