using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ThreadGrains.Slack.Blocks;

/// <summary>
/// Builds Slack's mrkdwn so that text from outside is shown as it was written: no mention, no link and no formatting comes
/// from it. mrkdwn has no escape for its own characters, so one that Slack could read as formatting becomes a look-alike.
/// Except for <see cref="Truncate"/>, <see cref="Fit"/> and <see cref="Cut"/>, every function takes raw text and returns mrkdwn.
/// </summary>
public static partial class Mrkdwn
{
    /// <summary>
    /// Longest address of a link, in UTF-16 units as it stands in the message. A section holds 3,000 (Slack, Block Kit): the
    /// rest is for the label and the words around it.
    /// </summary>
    public const int MaxAddress = 2400;

    private const char Replacement = '\uFFFD';
    private const string Ellipsis = "…";

    /// <summary>Longest name of an emoji that is looked for; Slack allows 100.</summary>
    private const int MaxEmojiName = 100;

    /// <summary>
    /// The text with <c>&amp;</c>, <c>&lt;</c>, <c>&gt;</c> as entities (Slack, formatting text: these three and no others), once,
    /// and with look-alikes where Slack would read formatting, a quote or an emoji. U+0000 and unpaired surrogates become
    /// U+FFFD; characters that turn the direction of text are left out.
    /// </summary>
    public static string Escape(string text)
    {
        // First, since without them other characters are neighbours.
        text = WithoutDirections(text);
        var result = new StringBuilder(text.Length + 16);
        bool lineStart = true;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                result.Append(c).Append(text[++i]);
                lineStart = false;
                continue;
            }

            AppendEscaped(result, Neutral(text, i, lineStart));
            // Several quote marks in a row mean a quote as well.
            lineStart = IsLineBreak(c) || (lineStart && (c == '>' || char.IsWhiteSpace(c)));
        }

        return result.ToString();
    }

    /// <summary>As <see cref="Escape"/>, on one line: every run of line breaks becomes one space.</summary>
    public static string EscapeLine(string text) => Escape(LineBreaks().Replace(text, " "));

    /// <summary>Whether an address can be linked to: http, https or mailto, and short enough for a message.</summary>
    public static bool CanLink(string url) =>
        url.Length <= MaxAddress && Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https" or "mailto"
        && LinkAddress(url.Trim()).Length <= MaxAddress;

    /// <summary>
    /// A link, or only its label where the address cannot be linked to (<see cref="CanLink"/>). An empty label: the address.
    /// </summary>
    public static string Link(Uri url, string label) => Link(url.OriginalString, label);

    /// <inheritdoc cref="Link(Uri, string)"/>
    public static string Link(string url, string label) => LinkTo(url, EscapeLine(label));

    /// <summary>As <see cref="Link(string, string)"/>, with a label that is <b>already escaped</b> and on one line.</summary>
    public static string LinkTo(string url, string escapedLabel)
    {
        var shown = escapedLabel.Replace('|', '¦');
        if (!CanLink(url))
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
    /// Text in a code span, on one line. A backtick becomes a look-alike; everything else stands as it was written, because
    /// Slack reads no formatting in a code span. Empty stays empty.
    /// </summary>
    public static string Code(string text) => CodeLine(LineBreaks().Replace(text, " ")) is { Length: > 0 } escaped ? $"`{escaped}`" : "";

    /// <summary>A line of a code block, without the fences: entities, and a look-alike for each backtick.</summary>
    public static string CodeLine(string text)
    {
        text = WithoutDirections(text);
        var result = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                result.Append(text[i]).Append(text[++i]);
            }
            else
            {
                AppendEscaped(result, text[i] == '`' ? 'ˋ' : text[i]);
            }
        }

        return result.ToString();
    }

    /// <summary>Bold text, on one line. Empty stays empty.</summary>
    public static string Bold(string text) => EscapeLine(text).Replace('*', '∗').Trim() is { Length: > 0 } escaped ? $"*{escaped}*" : "";

    /// <summary>
    /// At most <paramref name="max"/> UTF-16 units of raw text, with "…" where it was cut. It is cut between characters as
    /// people see them (Unicode's extended grapheme clusters), unless a single one is longer than that.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="max"/> is less than 1.</exception>
    public static string Cut(string text, int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        if (text.Length <= max)
        {
            return text;
        }

        var end = 0;
        while (end < text.Length && end + StringInfo.GetNextTextElementLength(text, end) is var next && next <= max - Ellipsis.Length)
        {
            end = next;
        }

        if (end == 0 && max > 2)
        {
            end = char.IsHighSurrogate(text[max - 2]) ? max - 2 : max - 1;
        }

        return string.Concat(text.AsSpan(0, end), Ellipsis);
    }

    /// <summary>
    /// At most <paramref name="max"/> UTF-16 units of text that is <b>already escaped</b>, with "…" where it was cut; never cut
    /// inside a character, an entity, a code span or <c>&lt;…&gt;</c>. Escape first: escaping lengthens.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="max"/> is less than 1.</exception>
    public static string Truncate(string escaped, int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return escaped.Length <= max ? escaped : escaped[..Fit(escaped, 0, max - Ellipsis.Length)] + Ellipsis;
    }

    /// <summary>
    /// Where the longest part of <b>escaped</b> text ends that begins at <paramref name="from"/>, has at most
    /// <paramref name="max"/> UTF-16 units and leaves everything whole that belongs together. Equal to <paramref name="from"/>
    /// where nothing fits.
    /// </summary>
    public static int Fit(string escaped, int from, int max)
    {
        var end = from;
        while (end < escaped.Length && end + UnitLength(escaped, end) is var next && next - from <= max)
        {
            end = next;
        }

        return end;
    }

    /// <summary>What stands for a character of raw text, so that Slack reads no formatting, quote or emoji from it.</summary>
    private static char Neutral(string text, int at, bool lineStart) => text[at] switch
    {
        '`' => 'ˋ',
        '*' when MayFormat(text, at) => '∗',
        '_' when MayFormat(text, at) => 'ˍ',
        '~' when MayFormat(text, at) => '∼',
        '>' when lineStart => '›',
        ':' when BeginsEmoji(text, at) => '∶',
        var plain => plain,
    };

    /// <summary>
    /// Slack reads formatting only at the edge of a word: neither in <c>snake_case</c> nor in <c>2 * 3</c>. Where the text
    /// begins or ends nobody knows what stands beside it.
    /// </summary>
    private static bool MayFormat(string text, int at)
    {
        char? before = at > 0 ? text[at - 1] : null;
        char? after = at + 1 < text.Length ? text[at + 1] : null;
        bool insideWord = before is { } left && after is { } right && char.IsAsciiLetterOrDigit(left) && char.IsAsciiLetterOrDigit(right);
        bool alone = before is ' ' && after is ' ';
        return !insideWord && !alone;
    }

    /// <summary>Whether a colon opens <c>:name:</c>, wherever it stands: Slack shows <c>10:100:20</c> with an emoji.</summary>
    private static bool BeginsEmoji(string text, int at)
    {
        var end = at + 1;
        while (end < text.Length && end - at <= MaxEmojiName && MayStandInEmojiName(text[end]))
        {
            end++;
        }

        return end > at + 1 && end < text.Length && text[end] == ':';
    }

    /// <summary>Names are in any language; more than Slack allows does no harm.</summary>
    private static bool MayStandInEmojiName(char c) => c is '_' or '-' or '+' or '\'' or '`' || char.GetUnicodeCategory(c) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
        or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Surrogate;

    private static bool IsLineBreak(char c) => c is '\n' or '\r' or '\v' or '\f' or '\u0085' or '\u2028' or '\u2029';

    /// <summary>Unicode's Bidi_Control: a title could otherwise show other words than it holds.</summary>
    private static string WithoutDirections(string text) =>
        // Halves of a pair that such a character parts must not become a whole one without it.
        Directions().IsMatch(text) ? Directions().Replace(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)), "") : text;

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
            default:
                result.Append(c);
                break;
        }
    }

    private static string LinkAddress(string url)
    {
        url = WithoutDirections(url);
        var result = new StringBuilder(url.Length + 16);
        foreach (var rune in url.EnumerateRunes())
        {
            if (rune.Value is '<' or '>' or '|' or '`' || Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
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

    /// <summary>How many UTF-16 units from here on belong together. Every backtick is ours: those from outside are look-alikes.</summary>
    private static int UnitLength(string text, int at)
    {
        switch (text[at])
        {
            case '<' when text.IndexOf('>', at) is > 0 and var close:
                return close - at + 1;
            case '&' when Entity().Match(text, at) is { Success: true } entity:
                return entity.Length;
            case '`' when text.IndexOf('`', at + 1) is > 0 and var close:
                return close - at + 1;
            default:
                // A character may attach itself to whatever follows (Unicode, Prepend): never to a unit of ours.
                var length = StringInfo.GetNextTextElementLength(text, at);
                var ours = text.AsSpan(at + 1, length - 1).IndexOfAny('<', '&', '`');
                return ours < 0 ? length : ours + 1;
        }
    }

    [GeneratedRegex(@"\G&[A-Za-z0-9#]{1,10};", RegexOptions.CultureInvariant)]
    private static partial Regex Entity();

    [GeneratedRegex(@"[\r\n\v\f\u0085\u2028\u2029]+", RegexOptions.CultureInvariant)]
    private static partial Regex LineBreaks();

    [GeneratedRegex(@"[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]+", RegexOptions.CultureInvariant)]
    private static partial Regex Directions();

    [GeneratedRegex(@"^[UW][A-Z0-9]{2,}\z", RegexOptions.CultureInvariant)]
    private static partial Regex UserId();
}
