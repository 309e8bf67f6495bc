namespace ThreadGrains.Slack.Payloads;

/// <summary>
/// Where an interaction may be answered, 5 times within 30 minutes. A secret, and an address that came with a body: it prints
/// as nothing, and can only be had by saying which hosts are trusted.
/// </summary>
public sealed class ResponseUrl
{
    private readonly string _secret;

    internal ResponseUrl(string secret) => _secret = secret;

    /// <summary>The address, if it is Slack's: https, exactly one of Slack's hook hosts, default port, no user.</summary>
    /// <param name="alsoTrusted">An origin that is trusted as well: the emulator's, in development. Null: Slack only.</param>
    /// <param name="url">The address.</param>
    /// <returns>False: it must not be called.</returns>
    public bool TryGet(Uri? alsoTrusted, out Uri? url)
    {
        url = null;
        if (!Uri.TryCreate(_secret, UriKind.Absolute, out var parsed) || parsed.UserInfo.Length > 0)
        {
            return false;
        }

        // Uri.Host is lower-case and in punycode where it needs to be: compared whole, never by its end.
        var slacks = parsed.Scheme == Uri.UriSchemeHttps && parsed.IsDefaultPort && (parsed.IdnHost is "hooks.slack.com" or "hooks.slack-gov.com");
        var emulators = alsoTrusted is not null && parsed.Scheme == alsoTrusted.Scheme && parsed.IdnHost == alsoTrusted.IdnHost && parsed.Port == alsoTrusted.Port;
        url = slacks || emulators ? parsed : null;
        return url is not null;
    }

    /// <summary>Never the address.</summary>
    public override string ToString() => "…";
}
