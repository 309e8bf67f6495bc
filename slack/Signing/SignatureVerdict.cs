namespace ThreadGrains.Slack.Signing;

/// <summary>Why a request is not taken for Slack's.</summary>
public enum SignatureRefusal
{
    /// <summary>It was accepted.</summary>
    None = 0,

    /// <summary>One of the two headers is not there.</summary>
    MissingHeader,

    /// <summary>One of the two headers stands there more than once, even with the same value.</summary>
    DuplicateHeader,

    /// <summary>The timestamp is not 1 to 12 digits without a leading zero.</summary>
    BadTimestamp,

    /// <summary>Signed more than 300 s ago: an old capture, or our clock is ahead.</summary>
    Stale,

    /// <summary>Signed more than 300 s from now: our clock is behind.</summary>
    Future,

    /// <summary>The signature is not "v0=" and 64 lower-case hexadecimal digits.</summary>
    BadSignatureFormat,

    /// <summary>Nobody who knows one of the secrets signed this.</summary>
    Mismatch,
}

/// <summary>Whether a request is Slack's, and what may be logged about it. Body, signature and secret never are.</summary>
/// <param name="Refusal">None: it was accepted.</param>
/// <param name="Skew">Our clock minus the request's timestamp; zero where that could not be read.</param>
/// <param name="Digest">
/// What the replay guard remembers: 64 hexadecimal digits, equal for equal signatures, from which the signature cannot be had.
/// Null for a refused request.
/// </param>
public sealed record SignatureVerdict(SignatureRefusal Refusal, TimeSpan Skew, string? Digest)
{
    /// <summary>The request is authentic.</summary>
    public bool Accepted => Refusal == SignatureRefusal.None;

    /// <summary>The refusal as it is logged and counted: <c>missing_header</c>, <c>stale</c>, ...; <c>accepted</c> otherwise.</summary>
    public string Reason => Refusal switch
    {
        SignatureRefusal.None => "accepted",
        SignatureRefusal.MissingHeader => "missing_header",
        SignatureRefusal.DuplicateHeader => "duplicate_header",
        SignatureRefusal.BadTimestamp => "bad_timestamp",
        SignatureRefusal.Stale => "stale",
        SignatureRefusal.Future => "future",
        SignatureRefusal.BadSignatureFormat => "bad_signature_format",
        SignatureRefusal.Mismatch => "mismatch",
        _ => throw new System.Diagnostics.UnreachableException($"No name for {Refusal}"),
    };
}
