namespace ThreadGrains.Slack.Payloads;

/// <summary>
/// Slack's test of our certificate, the one request that may come unsigned. It is answered 200 and does nothing, so it must
/// not be possible to put anything else into one: exactly <c>ssl_check=1</c>, and no other field than <c>token</c>.
/// </summary>
public static class SslCheck
{
    // Both fields fit many times over; a larger body need not even be decoded before its signature is checked.
    private const int MaxBytes = 1024;

    /// <summary>True: answer 200 with an empty body, and nothing else.</summary>
    public static bool Is(string? contentType, ReadOnlySpan<byte> body) =>
        SlackMediaType.IsForm(contentType)
        && body.Length <= MaxBytes
        && FormBody.Parse(body) is PayloadReadResult<FormBody>.Read { Value: var form }
        && form.Single("ssl_check") == "1"
        && form.Count("token") <= 1
        && form.Names.All(name => name is "ssl_check" or "token");
}
