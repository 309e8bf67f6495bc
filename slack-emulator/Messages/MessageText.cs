using System.Text;
using System.Text.RegularExpressions;

namespace ThreadGrains.SlackEmulator.Messages;

/// <summary>
/// What Slack makes of a text on its way in: stray control characters become entities, bare addresses become links. Normal text stays
/// as it is when it is sent again, so that reading and writing back changes nothing.
/// </summary>
internal static partial class MessageText
{
    /// <summary>The hard limit of chat.postMessage; what is beyond is cut off (Slack, "Truncating content").</summary>
    public const int PostLimit = 40_000;

    /// <summary>The limit of chat.update; what is beyond is refused.</summary>
    public const int UpdateLimit = 4_000;

    /// <param name="text">As it was sent.</param>
    /// <param name="link">Whether bare addresses become links: not with <c>parse=none</c> or <c>verbatim</c>.</param>
    public static string Normalise(string text, bool link = true)
    {
        if (text.AsSpan().IndexOfAny('&', '<', '>') < 0 && !text.Contains("://", StringComparison.Ordinal)) return text;
        var normal = new StringBuilder(text.Length + 16);
        var at = 0;
        while (at < text.Length)
        {
            if (text[at] == '<' && ControlSequence.Match(text, at) is { Success: true } control)
            {
                normal.Append(control.ValueSpan);
                at += control.Length;
            }
            else if (link && text[at] is 'h' or 'H' && (at == 0 || !char.IsLetterOrDigit(text[at - 1])) && BareAddress.Match(text, at) is { Success: true } address)
            {
                normal.Append('<').Append(Entities(address.Value)).Append('>');
                at += address.Length;
            }
            else
            {
                normal.Append(text[at] switch
                {
                    '&' when !Entity.IsMatch(text, at) => "&amp;",
                    '<' => "&lt;",
                    '>' => "&gt;",
                    var plain => plain.ToString(),
                });
                at++;
            }
        }
        return normal.ToString();
    }

    /// <summary>Cuts to a number of UTF-16 units without leaving half of a surrogate pair.</summary>
    public static string Cut(string text, int limit)
    {
        if (text.Length <= limit) return text;
        return char.IsHighSurrogate(text[limit - 1]) ? text[..(limit - 1)] : text[..limit];
    }

    private static string Entities(string text) => AnyAmpersand.Replace(text, "&amp;");

    /// <summary>Mentions, special mentions, channels, dates, and links to the web or to mail.</summary>
    [GeneratedRegex(@"\G<(?:@[UW][A-Z0-9]+(?:\|[^<>]*)?|#[CG][A-Z0-9]+(?:\|[^<>]*)?|![a-z]+(?:\^[^<>]*)?(?:\|[^<>]*)?|(?:https?://|mailto:|tel:)[^<>|\s]+(?:\|[^<>]*)?)>", RegexOptions.CultureInvariant)]
    private static partial Regex ControlSequence { get; }

    /// <summary>Ends before an entity that is no ampersand, and before punctuation that rather belongs to the sentence.</summary>
    [GeneratedRegex(@"\Ghttps?://(?>&amp;|(?!&[lg]t;)[^\s<>|])+(?<![.,;:!?'"")\]*_~`&])", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex BareAddress { get; }

    [GeneratedRegex(@"\G&(?:amp|lt|gt);", RegexOptions.CultureInvariant)]
    private static partial Regex Entity { get; }

    [GeneratedRegex("&(?!(?:amp|lt|gt);)", RegexOptions.CultureInvariant)]
    private static partial Regex AnyAmpersand { get; }
}
