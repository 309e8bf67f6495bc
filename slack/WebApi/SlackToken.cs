namespace ThreadGrains.Slack.WebApi;

/// <summary>
/// A Slack token, wrapped so that no log, exception or serializer prints it. Only <see cref="SlackClient"/> reads what is
/// inside, and puts it nowhere but into the Authorization header.
/// </summary>
public sealed class SlackToken : IEquatable<SlackToken>
{
    /// <summary>Wraps a token.</summary>
    /// <exception cref="ArgumentException">Blank, or with characters that no token has (anything but printable ASCII).</exception>
    public SlackToken(string secret)
    {
        if (string.IsNullOrWhiteSpace(secret))
        {
            throw new ArgumentException("The Slack token is blank.", nameof(secret));
        }

        if (!IsWellFormed(secret))
        {
            throw new ArgumentException("The Slack token holds characters that no token has.", nameof(secret));
        }

        Secret = secret;
    }

    internal string Secret { get; }

    /// <summary>Whether a text can be a token: not empty, and printable ASCII without blanks. A line break would write headers of its own.</summary>
    public static bool IsWellFormed(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <summary>Whether both are the same token.</summary>
    public bool Equals(SlackToken? other) => other is not null && Secret == other.Secret;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SlackToken);

    /// <inheritdoc/>
    public override int GetHashCode() => Secret.GetHashCode(StringComparison.Ordinal);

    /// <summary>The kind of token, never the token: "xoxb-…".</summary>
    public override string ToString()
    {
        var dash = Secret.IndexOf('-', StringComparison.Ordinal);
        var known = Secret.StartsWith("xox", StringComparison.Ordinal) || Secret.StartsWith("xapp-", StringComparison.Ordinal)
            || Secret.StartsWith("xwfp-", StringComparison.Ordinal);
        return known && dash is > 0 and <= 9 ? $"{Secret[..dash]}-…" : "…";
    }
}
