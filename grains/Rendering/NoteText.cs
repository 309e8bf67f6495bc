using System.Text;
using System.Text.RegularExpressions;
using ThreadGrains.Slack.Blocks;

namespace ThreadGrains.Grains.Rendering;

/// <summary>A line of a note as mrkdwn, without quote mark or fence.</summary>
/// <param name="Mrkdwn">The line.</param>
/// <param name="IsCode">It stands in a code block.</param>
internal readonly record struct NoteLine(string Mrkdwn, bool IsCode);

/// <summary>
/// What somebody wrote, line by line. Fenced code becomes a code block; everything else is shown as it was written, addresses
/// as links.
/// </summary>
internal static partial class NoteText
{
    public static IEnumerable<NoteLine> Lines(string note)
    {
        int fence = 0;
        foreach (string line in note.ReplaceLineEndings("\n").Split('\n'))
        {
            // Only an opening fence may name a language.
            int marks = Fence().Match(line) is { Success: true } match && (fence == 0 || string.IsNullOrWhiteSpace(match.Groups["info"].Value))
                ? match.Groups["marks"].Length
                : 0;
            if (fence == 0 && marks > 0)
            {
                fence = marks;
            }
            else if (fence > 0 && marks >= fence)
            {
                fence = 0;
            }
            else
            {
                yield return fence > 0 ? new NoteLine(Mrkdwn.CodeLine(line), IsCode: true) : new NoteLine(Prose(line), IsCode: false);
            }
        }
    }

    /// <summary>Addresses are links of their own, so that nothing in them is taken for formatting and replaced.</summary>
    private static string Prose(string line)
    {
        var result = new StringBuilder(line.Length + 16);
        int at = 0;
        foreach (Match address in Address().Matches(line))
        {
            if (Mrkdwn.CanLink(address.Value) && !IsMarkup(line, address))
            {
                result.Append(Mrkdwn.Escape(line[at..address.Index])).Append(Mrkdwn.Link(address.Value, ""));
                at = address.Index + address.Length;
            }
        }

        return result.Append(Mrkdwn.Escape(line[at..])).ToString();
    }

    /// <summary>An address inside somebody's own attempt at a link of Slack's is text like the rest of it.</summary>
    private static bool IsMarkup(string line, Match address) =>
        (address.Index > 0 && line[address.Index - 1] is ('<' or '|')) || (address.Index + address.Length < line.Length && line[address.Index + address.Length] == '|');

    /// <summary>A code fence (CommonMark 0.31.2, 4.5), of backticks.</summary>
    [GeneratedRegex(@"^ {0,3}(?<marks>`{3,})(?<info>[^`]*)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Fence();

    /// <summary>An address, without the punctuation that rather belongs to the sentence.</summary>
    [GeneratedRegex(@"\bhttps?://[^\s<>|""`]*[^\s<>|""`.,;:!?')\]}*_~]", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Address();
}
