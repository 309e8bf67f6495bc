using System.Text;
using System.Text.RegularExpressions;

namespace ThreadGrains.Slack.Blocks;

/// <summary>
/// Slack's mrkdwn, built so that text from outside stays text: no mention, no link, no markup of a stranger's.
/// Except for <see cref="Truncate"/> every function takes raw text and gives mrkdwn.
/// </summary>
public static partial class Mrkdwn
{
    private const char Replacement = '\uFFFD';
    private const string Ellipsis = "…";

    /// <summary>
    /// The text with <c>&amp;</c>, <c>&lt;</c>, <c>&gt;</c> as entities (Slack, formatting text: these three and no others), once.
    /// U+0000 and unpaired surrogates become U+FFFD; characters that turn the direction of text are left out.
    /// </summary>
    public static string Escape(string text)
    {
        var result = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                result.Append(c).Append(text[++i]);
                continue;
            }

            AppendEscaped(result, c);
        }

        return result.ToString();
    }

    /// <summary>As <see cref="Escape"/>, on one line: every run of line breaks becomes one space.</summary>
    public static string EscapeLine(string text) => Escape(LineBreaks().Replace(text, " "));

    /// <summary>
    /// A link, or only its label where the address is none that we link to (http, https, mailto). An empty label: the address.
    /// </summary>
    public static string Link(Uri url, string label) => Link(url.OriginalString, label);

    /// <inheritdoc cref="Link(Uri, string)"/>
    public static string Link(string url, string label)
    {
        var shown = EscapeLine(label).Replace('|', '¦');
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https" or "mailto"))
        {
            return shown;
        }

        var address = LinkAddress(url.Trim());
        return shown.Length == 0 ? $"<{address}>" : $"<{address}|{shown}>";
    }

    /// <summary>A mention of a user.</summary>
    /// <exception cref="ArgumentException">Not a user's id (U… or W…).</exception>
    public static string UserMention(string id) => UserId().IsMatch(id)
        ? $"<@{id}>"
        : throw new ArgumentException("A user id is U or W and two or more capitals or digits.", nameof(id));

    /// <summary>
    /// Text in a code span, on one line. mrkdwn has no escape for a backtick, so it becomes a look-alike. Empty stays empty.
    /// </summary>
    public static string Code(string text) => EscapeLine(text).Replace('`', 'ˋ') is { Length: > 0 } escaped ? $"`{escaped}`" : "";

    /// <summary>Bold text, on one line. An asterisk becomes a look-alike. Empty stays empty.</summary>
    public static string Bold(string text) => EscapeLine(text).Replace('*', '∗').Trim() is { Length: > 0 } escaped ? $"*{escaped}*" : "";

    /// <summary>
    /// At most <paramref name="max"/> characters (UTF-16 units) of text that is <b>already escaped</b>, with "…" where it was cut;
    /// never cut inside a surrogate pair, an entity or <c>&lt;…&gt;</c>. Escape first: escaping lengthens.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="max"/> is less than 1.</exception>
    public static string Truncate(string escaped, int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        if (escaped.Length <= max)
        {
            return escaped;
        }

        var end = 0;
        while (end < escaped.Length)
        {
            var next = end + UnitLength(escaped, end);
            if (next > max - Ellipsis.Length)
            {
                break;
            }

            end = next;
        }

        return escaped[..end] + Ellipsis;
    }

    private static void AppendEscaped(StringBuilder result, char c)
    {
        switch (c)
        {
            case '&':
                result.Append("&amp;");
                break;
            case '<':
                result.Append("&lt;");
                break;
            case '>':
                result.Append("&gt;");
                break;
            case '\0':
            case var lone when char.IsSurrogate(lone):
                result.Append(Replacement);
                break;
            // Unicode's Bidi_Control: a title could otherwise show other words than it holds.
            case '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'):
                break;
            default:
                result.Append(c);
                break;
        }
    }

    private static string LinkAddress(string url)
    {
        var result = new StringBuilder(url.Length + 16);
        foreach (var rune in url.EnumerateRunes())
        {
            if (rune.Value is '<' or '>' or '|' || Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
            {
                result.Append(Uri.EscapeDataString(rune.ToString()));
            }
            else if (rune.Value == '&')
            {
                result.Append("&amp;"); // as Slack itself writes addresses: else "&lt;=5" in a query would turn into "<=5"
            }
            else if (rune.IsBmp)
            {
                AppendEscaped(result, (char)rune.Value);
            }
            else
            {
                result.Append(rune.ToString());
            }
        }

        return result.ToString();
    }

    /// <summary>How many UTF-16 units from here on belong together.</summary>
    private static int UnitLength(string text, int at)
    {
        switch (text[at])
        {
            case '<' when text.IndexOf('>', at) is > 0 and var close:
                return close - at + 1;
            case '&' when Entity().Match(text, at) is { Success: true } entity && entity.Index == at:
                return entity.Length;
            case var high when char.IsHighSurrogate(high) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]):
                return 2;
            default:
                return 1;
        }
    }

    [GeneratedRegex(@"\G&[A-Za-z0-9#]{1,10};", RegexOptions.CultureInvariant)]
    private static partial Regex Entity();

    [GeneratedRegex(@"[\r\n\v\f\u0085\u2028\u2029]+", RegexOptions.CultureInvariant)]
    private static partial Regex LineBreaks();

    [GeneratedRegex(@"^[UW][A-Z0-9]{2,}\z", RegexOptions.CultureInvariant)]
    private static partial Regex UserId();
}
