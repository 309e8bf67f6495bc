namespace ThreadGrains.Standalone.Doctor;

/// <summary>Whether our own address answers as Slack needs it, and if not, who stands there instead.</summary>
internal static class AddressCheck
{
    public const string Product = "product";
    public const string Clicks = "clicks";
    public const string Events = "events";
    public const string Public = "public address";

    private const string EventsLead =
        "Let /slack/events through to ThreadGrains as /slack/actions is, or enter the address with /slack/actions under Event Subscriptions too: each of the two takes clicks and events.";

    /// <param name="ready">The answer of /health/ready.</param>
    /// <param name="url">Where it was asked.</param>
    /// <param name="runs">It is said to run.</param>
    public static Finding OfReady(ProbeAnswer ready, Uri url, bool runs) => ready switch
    {
        ProbeAnswer.Answered { Status: 200 } answer when answer.Body.Contains("ready", StringComparison.Ordinal) => Finding.Ok(Product, $"ready at {url}"),
        ProbeAnswer.Answered { Status: 503 } => Finding.Fail(
            Product, $"it answers at {url} and is not ready: its silo or its ledger does not answer",
            "Wait half a minute after a start; then look at its log for the ledger: a full disk, or a data folder that cannot be written."),
        ProbeAnswer.Answered answer => Finding.Fail(
            Product, $"something else answers at {url} (HTTP {answer.Status} to /health/ready)", "Start ThreadGrains on another port (./run --port N), or correct ASPNETCORE_URLS."),
        ProbeAnswer.None none when runs => Finding.Fail(
            Product, $"it is not reached at {url} ({Why(none.Reason)})", "Start it again: ./run. If it runs, ASPNETCORE_URLS differs from what the doctor was given."),
        ProbeAnswer.None => Finding.Warn(Product, $"nothing answers at {url}: it does not run", "Start it: ./run. Then run the doctor again, which also tries the address for clicks."),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <param name="facts">What was asked.</param>
    /// <param name="address">Where.</param>
    /// <param name="at">Which of our addresses it is, for the finding.</param>
    /// <param name="product">Where the product itself answers, for the advice.</param>
    public static IEnumerable<Finding> Of(AddressFacts facts, Uri address, string at, Uri product)
    {
        var clicks = OfClicks(facts, address, product) with { What = $"{Clicks} at the {at}" };
        yield return clicks;
        if (facts.Handshake is { } handshake)
        {
            string what = $"{Events} at the {at}";
            yield return clicks.Verdict == Verdict.Fail ? Finding.Skip(what, "clicks are not taken there either") : handshake switch
            {
                ProbeAnswer.Answered { Status: 200 } answer when answer.Body.Contains(AddressProbe.Challenge, StringComparison.Ordinal) => Finding.Ok(what, "the handshake is answered"),
                ProbeAnswer.Answered answer => Finding.Warn(
                    what, $"HTTP {answer.Status} to the handshake: deleted announcements, archived channels and removals of the app are noticed late, by failing posts",
                    $"{EventsLead} A version that does not know it answers 404."),
                ProbeAnswer.None none => Finding.Warn(what, $"no answer to the handshake ({Why(none.Reason)})", EventsLead),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
    }

    /// <summary>What can be said of a public address before it is asked.</summary>
    public static Finding? OfPublic(string? url) => url switch
    {
        null => Finding.Warn(
            Public, "none is known: buttons need a public https address that leads to /slack/actions; announcements, threads and edits work without",
            "Put a proxy or tunnel with https before ThreadGrains, set its address in the app (Interactivity, Request URL), and give it here: --public-url https://... or ThreadGrains__PublicUrl."),
        _ when !Uri.TryCreate(url, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp) => Finding.Fail(
            Public, "it is no http or https address", "Set ThreadGrains__PublicUrl to https://host, without /slack/actions."),
        _ when new Uri(url).Scheme != Uri.UriSchemeHttps => Finding.Warn(
            Public, $"{url} is not https: Slack takes only https for request URLs", "Put a proxy or tunnel with https before it, and give that address."),
        _ => null,
    };

    private static Finding OfClicks(AddressFacts facts, Uri address, Uri product)
    {
        string lead = $"Let {address.AbsoluteUri.TrimEnd('/')}/slack/actions lead to {product.AbsoluteUri.TrimEnd('/')}/slack/actions, with POST, body and headers untouched.";
        switch (facts.Unsigned)
        {
            case ProbeAnswer.None { Reason: var reason }:
                return Finding.Fail(Clicks, $"{address} is not reached: {Why(reason)}", Remedy(reason, address));
            case ProbeAnswer.Answered { Status: >= 300 and < 400 } moved:
                return Finding.Fail(
                    Clicks, $"{address} redirects{(moved.Location is null ? "" : $" to {moved.Location}")}, and Slack follows no redirects",
                    "Put the address that it leads to into the app's Request URLs, or switch the redirect off for /slack/.");
            case ProbeAnswer.Answered { Status: 502 or 504 or 530 } gone:
                return Finding.Fail(Clicks, $"a proxy or tunnel answers at {address} (HTTP {gone.Status}), and nothing behind it", $"Start ThreadGrains, and let the proxy lead to {product}.");
            case ProbeAnswer.Answered { Status: 401, Body.Length: 0 }:
                break;
            case ProbeAnswer.Answered { Status: 401 }:
                return Finding.Fail(Clicks, $"something before ThreadGrains asks for a login at {address}", $"Except /slack/ from the login: Slack signs its requests instead. {lead}");
            case ProbeAnswer.Answered other:
                return Finding.Fail(Clicks, $"something else answers at {address}: HTTP {other.Status} to an unsigned click, where ThreadGrains refuses with 401", lead);
        }

        return facts switch
        {
            { Certificate: null } or { Signed: null } => Finding.Warn(Clicks, "unsigned clicks are refused; signed ones were not tried, without a signing secret", "Configure ThreadGrains__Slack__SigningSecret."),
            { Certificate: not ProbeAnswer.Answered { Status: 200 } } => Finding.Fail(
                Clicks, $"something else answers at {address}: it refuses Slack's test of the certificate (ssl_check=1), which ThreadGrains answers with 200", lead),
            { Signed: ProbeAnswer.Answered { Status: 200 } } => Finding.Ok(Clicks, $"{address} takes signed clicks and refuses unsigned ones"),
            { Signed: ProbeAnswer.Answered { Status: 401 } } => Finding.Fail(
                Clicks, $"{address} refuses a click that was signed now with the configured secret: the signing secret that ThreadGrains runs with is another one, or its clock is more than 5 minutes off",
                "Copy Basic Information, App Credentials, Signing Secret into ThreadGrains__Slack__SigningSecret, and restart ThreadGrains. During a rotation give both, separated by a comma."),
            { Signed: ProbeAnswer.Answered { Status: 403 } } => Finding.Fail(
                Clicks, $"the ThreadGrains at {address} does not know this workspace or app",
                "Start it with the same ThreadGrains__Slack__Workspace, __BotToken and __AppId as the doctor was given; or the address leads to another installation."),
            { Signed: ProbeAnswer.Answered { Status: var status } } => Finding.Fail(
                Clicks, $"{address} answers HTTP {status} to a signed click", "Look at ThreadGrains' log of this moment; 503 means that nothing can be stored."),
            { Signed: ProbeAnswer.None { Reason: var reason } } => Finding.Fail(Clicks, $"{address} broke off at a signed click: {Why(reason)}", Remedy(reason, address)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static string Why(string reason) => reason switch
    {
        "dns" => "its name has no address (DNS)",
        "refused" => "nothing listens there (connection refused)",
        "timeout" => "no answer in time",
        "tls" => "TLS fails",
        _ => "the connection broke off",
    };

    private static string Remedy(string reason, Uri address) => reason switch
    {
        "dns" => $"Make a DNS record for {address.Host}, or correct the address; a tunnel's name changes at each start unless it is reserved.",
        "refused" => $"Start the proxy or tunnel that listens on {address.Host}:{address.Port}, or ThreadGrains itself.",
        "tls" => $"Give {address.Host} a certificate of a public authority with its whole chain: openssl s_client -connect {address.Host}:{address.Port} -servername {address.Host}.",
        "timeout" => $"Let {address.Host}:{address.Port} in at the firewall. If only this machine cannot reach its own public address, run the doctor from elsewhere.",
        _ => $"Look at the log of whatever listens on {address.Host}:{address.Port}.",
    };
}
