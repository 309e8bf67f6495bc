using System.Text.RegularExpressions;

namespace ThreadGrains.Slack.WebApi;

/// <summary>Takes Slack's secrets out of text that may be printed: tokens of every kind, hook addresses, Bearer values.</summary>
public static partial class SlackRedaction
{
    /// <summary>The text with every secret cut down to what kind it was. Text without secrets comes back as it is.</summary>
    public static string Redact(string text)
    {
        text = Hook().Replace(text, "$1…");
        text = Bearer().Replace(text, "$1 …");
        return Token().Replace(text, "$1…");
    }

    // The slash may be percent-encoded: a response_url inside a form body.
    [GeneratedRegex(@"(hooks\.slack(?:-gov)?\.com(?:/|%2F))[^\s""'<>]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Hook();

    [GeneratedRegex(@"\b(Bearer)(?:\s|\+|%20)+[^\s""',;]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Bearer();

    // Rotating tokens nest ("xoxe.xoxb-1-..."): the dot belongs to the token.
    [GeneratedRegex(@"(xox[a-z]?[.-]|xapp-|xwfp-)[A-Za-z0-9._%+/=-]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
