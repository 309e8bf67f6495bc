using System.Text;
using ThreadGrains.Slack.Blocks;

namespace ThreadGrains.Grains.Rendering;

/// <summary>
/// Lines as the texts of section blocks. A cut falls between characters, never inside a link, an entity or a code span; a code
/// block that goes on in the next section is closed before and opened again; and what is left out is said.
/// </summary>
internal static class MessageSections
{
    /// <summary>A section's 3,000 characters, less room for the word about a cut.</summary>
    public const int MaxSection = 2900;

    /// <summary>All texts of a message together: the 12,000 of <see cref="BlockList.MaxText"/>, less a margin.</summary>
    public const int MaxMessage = 11_000;

    /// <summary>Blocks of a digest.</summary>
    private const int MaxOfDigest = 40;

    private const string QuoteMark = "> ";
    private const string NextQuoteMark = "\n> ";

    /// <summary>By how much a quote mark grows when it is stored as <c>&amp;gt;</c>.</summary>
    private const int QuoteMarkGrows = 3;

    /// <summary>Room for what may stand around a line at the beginning of a section: a quote mark, or a code block's fences.</summary>
    private const int AroundALine = 20;

    /// <summary>Less of a note than this is not worth showing.</summary>
    private const int LeastOfNote = 20;

    /// <summary>With less room than this, three dots say that something was cut.</summary>
    private const int RoomForWords = 500;

    /// <summary>A delivery's texts, each at most <see cref="MaxSection"/> long, together with line breaks between them at most <paramref name="max"/>.</summary>
    public static List<string> Of(ActivityLine line, int max)
    {
        if (line.Note is not { } note)
        {
            return [Mrkdwn.Truncate(line.Head, Math.Min(max, MaxSection))];
        }

        if (Whole(line.Head, note, max) is { } whole)
        {
            return whole;
        }

        string cut = max < RoomForWords ? "\n…" : $"\n… cut here; the whole comment has {Wording.Number(note.Length)} characters.";
        if (max - line.Head.Length < LeastOfNote + cut.Length)
        {
            return [Mrkdwn.Truncate($"{line.Head} …", max)];
        }

        var writer = new Writer(line.Head, max - cut.Length);
        writer.Write(note);
        var sections = writer.End();
        sections[^1] += cut;
        return sections;
    }

    /// <summary>How long a text is as Slack stores it: a quote mark becomes an entity. Every other character that Slack rewrites is one already.</summary>
    public static int Weight(string mrkdwn)
    {
        int marks = mrkdwn.StartsWith(QuoteMark, StringComparison.Ordinal) ? 1 : 0;
        for (int at = mrkdwn.IndexOf(NextQuoteMark, StringComparison.Ordinal); at >= 0; at = mrkdwn.IndexOf(NextQuoteMark, at + 1, StringComparison.Ordinal))
        {
            marks++;
        }

        return mrkdwn.Length + (marks * QuoteMarkGrows);
    }

    /// <summary>Several texts, with a line break behind each.</summary>
    public static int Weight(IEnumerable<string> texts) => texts.Sum(text => Weight(text) + 1);

    /// <summary>Sections as blocks.</summary>
    public static BlockList Blocks(IEnumerable<string> sections) => BlockList.Of([.. sections.Select(text => new Section(new MarkdownText(text)))]);

    /// <summary>Neighbours share a section as far as it holds them, until at most <paramref name="most"/> are left.</summary>
    public static List<string> Join(IReadOnlyList<string> sections, int most = MaxOfDigest)
    {
        var joined = new List<string>(sections.Count);
        int tooMany = sections.Count - most;
        foreach (string section in sections)
        {
            if (tooMany > 0 && joined is [.., var last] && Weight(last) + 1 + Weight(section) <= MaxSection)
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

    private static List<string>? Whole(string head, string note, int max)
    {
        var writer = new Writer(head, max);
        return writer.Write(note) ? writer.End() : null;
    }

    /// <summary>Writes a head and the lines of a note: prose quoted, code in fences.</summary>
    private sealed class Writer
    {
        private const string Fence = "```";

        private readonly int _max;
        private readonly List<string> _done = [];
        private readonly StringBuilder _section = new();
        private int _written;
        private int _length;
        private bool _inCode;

        public Writer(string head, int max)
        {
            _max = max;
            _section.Append(head);
            _length = head.Length;
        }

        /// <returns>False: not all of it had room.</returns>
        public bool Write(string note)
        {
            foreach (var line in NoteText.Lines(note))
            {
                if (!Write(line))
                {
                    return false;
                }
            }

            return true;
        }

        public List<string> End()
        {
            EndSection();
            return _done;
        }

        private bool Write(NoteLine line)
        {
            int at = 0;
            do
            {
                string opening = Opening(line.IsCode);
                int room = Math.Min(MaxSection, _max - _written) - _length - opening.Length - (line.IsCode ? Fence.Length + 1 : QuoteMarkGrows);
                int end = room < 0 ? at : Mrkdwn.Fit(line.Mrkdwn, at, room);
                if (room >= 0 && end == line.Mrkdwn.Length)
                {
                    Append(opening, line, at, end);
                    return true;
                }

                // Near the end of a section, a line that the next one has room for begins there rather than being cut.
                bool fitsTheNext = line.Mrkdwn.Length - at + AroundALine <= Math.Min(MaxSection, _max - _written - _length);
                bool isLate = _length > MaxSection / 2;
                if (end > at && room >= LeastOfNote && !(isLate && fitsTheNext))
                {
                    end = BetweenWords(line.Mrkdwn, at, end);
                    Append(opening, line, at, end);
                    at = end;
                }

                if (_section.Length == 0 || _max - _written - _length < 3 * LeastOfNote)
                {
                    return false;
                }

                EndSection();
            }
            while (true);
        }

        private string Opening(bool code) => (_section.Length > 0, _inCode, code) switch
        {
            (true, true, true) => "\n",
            (true, false, true) => $"\n{Fence}\n",
            (false, _, true) => $"{Fence}\n",
            (true, true, false) => $"\n{Fence}{NextQuoteMark}",
            (true, false, false) => NextQuoteMark,
            (false, _, false) => QuoteMark,
        };

        private void Append(string opening, NoteLine line, int from, int to)
        {
            _section.Append(opening).Append(line.Mrkdwn, from, to - from);
            _length += opening.Length + (to - from) + (line.IsCode ? 0 : QuoteMarkGrows);
            _inCode = line.IsCode;
        }

        private void EndSection()
        {
            if (_section.Length == 0)
            {
                return;
            }

            if (_inCode)
            {
                _section.Append('\n').Append(Fence);
                _length += 1 + Fence.Length;
                _inCode = false;
            }

            _done.Add(_section.ToString());
            _written += _length + 1;
            _section.Clear();
            _length = 0;
        }

        private static int BetweenWords(string text, int from, int end)
        {
            for (int at = end; at > from + ((end - from) / 2); at--)
            {
                // Blanks inside <…> belong to a link or a date.
                if (text[at - 1] == ' ' && Mrkdwn.Fit(text, from, at - from) == at)
                {
                    return at;
                }
            }

            return end;
        }
    }
}
