using ThreadGrains.Slack.Blocks;

namespace ThreadGrains.Grains.Rendering;

/// <summary>mrkdwn as section blocks. Keeps Slack's limits (3,000 characters a section, 50 blocks a message) whatever comes in.</summary>
internal static class SectionBlocks
{
    /// <summary>A section's 3,000 characters, less a margin.</summary>
    private const int MaxSection = 2900;

    /// <summary>Sections that one long text may fill.</summary>
    private const int MaxSections = 12;

    /// <summary>Blocks of a digest (design 5.5).</summary>
    private const int MaxOfDigest = 40;

    /// <summary>Long text goes on in further sections, cut between lines where that is possible.</summary>
    public static BlockList Of(string text) => Blocks(Cut(text));

    /// <summary>
    /// Each text a section of its own, a long one several. Where that makes more than 40, short neighbours share one, a line each.
    /// </summary>
    public static BlockList Of(IReadOnlyList<string> texts)
    {
        var sections = Join([.. texts.SelectMany(Cut)]);
        return Blocks(sections.Count <= BlockList.MaxCount ? sections : texts.Select(text => Mrkdwn.Truncate(text, MaxSection)));
    }

    private static BlockList Blocks(IEnumerable<string> sections) => BlockList.Of([.. sections.Select(text => new Section(new MarkdownText(text)))]);

    private static IEnumerable<string> Cut(string text)
    {
        for (int made = 1; text.Length > MaxSection && made < MaxSections; made++)
        {
            int line = text.LastIndexOf('\n', MaxSection);
            bool betweenLines = line > MaxSection / 2;
            // Truncate never cuts an entity or a link in two; what it kept ends before its ellipsis.
            string part = betweenLines ? text[..line] : Mrkdwn.Truncate(text, MaxSection)[..^1];
            yield return part;
            text = text[(betweenLines ? line + 1 : part.Length)..];
        }

        yield return Mrkdwn.Truncate(text, MaxSection);
    }

    private static List<string> Join(List<string> sections)
    {
        var joined = new List<string>(sections.Count);
        int tooMany = sections.Count - MaxOfDigest;
        foreach (string section in sections)
        {
            if (tooMany > 0 && joined is [.., var last] && last.Length + 1 + section.Length <= MaxSection)
            {
                joined[^1] = $"{last}\n{section}";
                tooMany--;
            }
            else
            {
                joined.Add(section);
            }
        }

        return joined;
    }
}
