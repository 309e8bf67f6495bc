using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ThreadGrains.Slack.Blocks;

namespace ThreadGrains.Grains.Tests.Rendering;

/// <summary>
/// Reads a message as Slack would and says what is wrong with it: a limit that is passed, or markup that is broken or comes
/// from outside. Written apart from the renderer, from Slack's documents and the reports of its users.
/// </summary>
internal static partial class SlackReads
{
    /// <summary>What of the message's formatting is the card's own: the state and the assignee stand in bold.</summary>
    private static readonly string[] Own = ["State: *Unresolved*", "State: *Resolved*", "State: *Archived*"];

    /// <summary>The texts of a message's blocks, as Slack counts them.</summary>
    public static List<string> Texts(BlockList blocks)
    {
        var texts = new List<string>();
        using var document = JsonDocument.Parse(blocks.ToJson());
        Collect(document.RootElement);
        return texts;

        void Collect(JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in element.EnumerateArray())
                {
                    Collect(item);
                }
            }
            else if (element.ValueKind == JsonValueKind.Object)
            {
                if (element.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String && element.GetProperty("type").GetString() == "mrkdwn")
                {
                    texts.Add(text.GetString()!);
                }

                foreach (var property in element.EnumerateObject())
                {
                    Collect(property.Value);
                }
            }
        }
    }

    /// <summary>The first thing that is wrong; null: nothing.</summary>
    public static string? Fault(string text, BlockList blocks)
    {
        // As they are stored: a quote mark becomes an entity.
        var texts = Texts(blocks).ConvertAll(Stored);
        if (blocks.Count is 0 or > 50)
        {
            return $"{blocks.Count} blocks";
        }

        if (texts.FirstOrDefault(one => one.Length is 0 or > 3000) is { } wrong)
        {
            return $"a text of {wrong.Length} characters";
        }

        if (texts.Sum(one => one.Length) is > 12_000 and var all)
        {
            return $"{all} characters in all blocks";
        }

        if (Stored(text).Length is 0 or > 4000)
        {
            return $"{Stored(text).Length} characters of text";
        }

        foreach (string one in Texts(blocks).Append(text))
        {
            if (Fault(one) is { } fault)
            {
                return $"{fault} in «{one}»";
            }
        }

        return null;
    }

    private static string Stored(string mrkdwn) => QuoteMark().Replace(mrkdwn, "&gt;");

    /// <summary>The first fault of one mrkdwn text.</summary>
    public static string? Fault(string mrkdwn)
    {
        if (HasHalfAPair(mrkdwn))
        {
            return "half a surrogate pair";
        }

        string left = Outside(mrkdwn, out string? broken);
        if (broken is not null)
        {
            return broken;
        }

        foreach (string line in mrkdwn.Split('\n'))
        {
            // Reported of Slack: a quoted line with code makes the whole message blank.
            if (line.StartsWith('>') && line.Count(c => c == '`') > 1)
            {
                return "code in a quoted line";
            }
        }

        foreach (string own in Own)
        {
            left = left.Replace(own, "State:", StringComparison.Ordinal);
        }

        left = OwnAssignee().Replace(left, "Assigned to$1");
        left = OwnEmoji().Replace(left, "");
        foreach (string line in left.Split('\n'))
        {
            if (line.Contains('>', StringComparison.Ordinal) && (!line.StartsWith("> ", StringComparison.Ordinal) || line.LastIndexOf('>') > 0))
            {
                return "a quote mark that is not ours";
            }

            if (line.TrimStart().StartsWith("&gt;", StringComparison.Ordinal))
            {
                return "a quote from outside";
            }

            if (Formatting().Match(line) is { Success: true } formatted)
            {
                return $"formatting from outside: {formatted.Value}";
            }

            if (Emoji().Match(line) is { Success: true } emoji)
            {
                return $"an emoji from outside: {emoji.Value}";
            }
        }

        return null;
    }

    /// <summary>What stands outside of links, dates and code, where Slack looks for formatting; labels of links included.</summary>
    private static string Outside(string mrkdwn, out string? broken)
    {
        broken = null;
        var left = new StringBuilder();
        for (int at = 0; at < mrkdwn.Length; at++)
        {
            switch (mrkdwn[at])
            {
                case '<' when Control().Match(mrkdwn, at) is { Success: true } control:
                    left.Append(control.Groups["label"].Success ? control.Groups["label"].Value : " ");
                    at += control.Length - 1;
                    break;
                case '<':
                    broken = "a < that begins nothing";
                    return "";
                case '&' when Entity().IsMatch(mrkdwn, at):
                    left.Append('&');
                    break;
                case '&':
                    broken = "a & that begins no entity";
                    return "";
                case '`' when mrkdwn.AsSpan(at).StartsWith("```"):
                    int fence = mrkdwn.IndexOf("```", at + 3, StringComparison.Ordinal);
                    if (fence < 0)
                    {
                        broken = "a code block that is not closed";
                        return "";
                    }

                    at = fence + 2;
                    break;
                case '`':
                    int close = mrkdwn.IndexOf('`', at + 1);
                    if (close < 0 || mrkdwn.AsSpan(at, close - at).Contains('\n') || close == at + 1)
                    {
                        broken = "a code span that is not closed, or empty";
                        return "";
                    }

                    at = close;
                    break;
                default:
                    left.Append(mrkdwn[at]);
                    break;
            }
        }

        // Entities were taken away: put a quote from outside back, so that it is seen.
        return mrkdwn.StartsWith("&gt;", StringComparison.Ordinal) ? "&gt;" + left : left.ToString();
    }

    private static bool HasHalfAPair(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a cut fell inside what people see as one character.</summary>
    public static bool CutsACharacter(string whole, int at) => at > 0 && at < whole.Length && !StringInfo.ParseCombiningCharacters(whole).Contains(at);

    [GeneratedRegex(@"\G<(?:(?:https?://|mailto:)[^<>|\s]+(?:\|(?<label>[^<>|]+))?|!date\^[0-9-]+\^[^<>|]+\|[^<>|]+)>", RegexOptions.CultureInvariant)]
    private static partial Regex Control();

    [GeneratedRegex("^>", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex QuoteMark();

    [GeneratedRegex(@"\G&(?:amp|lt|gt);", RegexOptions.CultureInvariant)]
    private static partial Regex Entity();

    /// <summary>A pair at the edges of words, as Slack reads it: something other than a letter or digit outside, no blank inside.</summary>
    [GeneratedRegex(@"(?<![A-Za-z0-9*])\*(?![\s*])[^*\n]*(?<!\s)\*(?![A-Za-z0-9*])|(?<![A-Za-z0-9_])_(?![\s_])[^_\n]*(?<!\s)_(?![A-Za-z0-9_])|(?<![A-Za-z0-9~])~(?![\s~])[^~\n]*(?<!\s)~(?![A-Za-z0-9~])", RegexOptions.CultureInvariant)]
    private static partial Regex Formatting();

    [GeneratedRegex(@":[\p{L}\p{N}_+'-]+:", RegexOptions.CultureInvariant)]
    private static partial Regex Emoji();

    [GeneratedRegex(@"^:(?:white_check_mark|white_circle|large_yellow_circle|large_blue_circle|bug|red_circle): ", RegexOptions.CultureInvariant)]
    private static partial Regex OwnEmoji();

    [GeneratedRegex(@"^Assigned to( the)? \*[^*]*\*", RegexOptions.CultureInvariant)]
    private static partial Regex OwnAssignee();
}
