using System.Globalization;
using ThreadGrains.Grains.Groups;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Slack.Blocks;

namespace ThreadGrains.Grains.Rendering;

/// <summary>
/// The announcement: what the issue is, its present state, whoever changed it and wherever, and the buttons that fit that
/// state. Pure; keeps Slack's limits whatever comes in.
/// </summary>
internal static class AnnouncementCard
{
    private const int MaxTitle = 300;
    private const int MaxLine = 500;
    private const int MaxTags = 2500;
    private const int MaxTagValue = 200;

    /// <summary>The whole message for readers without blocks; within chat.update's 4,000 characters.</summary>
    public static string Text(string group, GroupState state, IssueFacts issue)
    {
        string project = issue.Project is { Length: > 0 } name ? $"[{ActivityText.Name(name)}] " : "";
        string assigned = state.Assignee is { } assignee ? $", assigned to {ActivityText.Name(assignee)}" : "";
        string title = Mrkdwn.Truncate(Mrkdwn.EscapeLine(Title(group, issue)), MaxTitle);
        return $"{project}{title} ({state.Status}{assigned})";
    }

    public static BlockList Blocks(string group, GroupState state, IssueFacts issue)
    {
        var details = GroupDetails.Parse(state.Details);
        string title = issue.Url is { Length: > 0 } url
            ? Mrkdwn.Link(url, Title(group, issue))
            : Mrkdwn.Truncate(Mrkdwn.EscapeLine(Title(group, issue)), MaxTitle);
        var blocks = new List<Block> { new Section(new MarkdownText($"{Emoji(state.Status, issue.Level)} {title}")) };

        if (issue.Culprit is { Length: > 0 } culprit && Mrkdwn.Code(Cut(culprit, MaxLine)) is { Length: > 0 } code)
        {
            blocks.Add(new Context([new MarkdownText(code)]));
        }

        if (Tags(issue) is { Length: > 0 } tags)
        {
            blocks.Add(new Section(new MarkdownText(tags)));
        }

        blocks.Add(new Context([.. Facts(group, state, details, issue).Select(fact => new MarkdownText(fact))]));
        blocks.Add(new Actions(Buttons(state.Status, group)));
        return BlockList.Of([.. blocks]);
    }

    private static IEnumerable<string> Facts(string group, GroupState state, GroupDetails details, IssueFacts issue)
    {
        bool settled = state.Status != GroupStatus.Unresolved;
        string note = details.StatusNote is { Length: > 0 } told ? $" {ActivityText.Name(told)}" : "";
        string by = settled && details.StatusBy is { Length: > 0 } who ? $" by {ActivityText.Name(who)}" : "";
        string at = settled && details.StatusAt is { } moment ? $", {Date(moment)}" : "";
        yield return $"State: *{char.ToUpperInvariant(state.Status[0])}{state.Status[1..]}*{note}{by}{at}";
        if (state.Assignee is { } assignee)
        {
            string shown = Mrkdwn.Bold(Cut(assignee, MaxTagValue));
            yield return details.AssigneeType == "team" ? $"Assigned to the {shown} team" : $"Assigned to {shown}";
        }

        if (issue.Project is { Length: > 0 } project)
        {
            yield return $"Project: {ActivityText.Name(project)}";
        }

        yield return $"Issue: {ActivityText.Name(group)}";
    }

    private static Button[] Buttons(string status, string group)
    {
        var resolve = new Button(ClickActions.Resolve, "Resolve") { Value = group, Style = ButtonStyle.Primary };
        var unresolve = new Button(ClickActions.Unresolve, "Unresolve") { Value = group };
        var archive = new Button(ClickActions.Archive, "Archive") { Value = group };
        var assign = new Button(ClickActions.AssignMe, "Assign to me") { Value = group };
        return status switch
        {
            GroupStatus.Resolved => [unresolve, archive, assign],
            GroupStatus.Archived => [resolve, unresolve, assign],
            _ => [resolve, archive, assign],
        };
    }

    private static string Emoji(string status, string? level) => status switch
    {
        GroupStatus.Resolved => ":white_check_mark:",
        GroupStatus.Archived => ":white_circle:",
        _ => level?.ToUpperInvariant() switch
        {
            "WARNING" => ":large_yellow_circle:",
            "INFO" => ":large_blue_circle:",
            "DEBUG" => ":bug:",
            _ => ":red_circle:",
        },
    };

    /// <summary>Tags that fit; the rest is left out rather than cut in the middle of a code span.</summary>
    private static string Tags(IssueFacts issue)
    {
        var shown = new List<string>();
        int length = 0;
        foreach (var (name, value) in (issue.Tags ?? new Dictionary<string, string>()).OrderBy(tag => tag.Key, StringComparer.Ordinal))
        {
            string tag = $"{ActivityText.Name(name)}: {Mrkdwn.Code(Cut(value, MaxTagValue))}";
            length += tag.Length + 2;
            if (length > MaxTags)
            {
                break;
            }

            shown.Add(tag);
        }

        return string.Join("  ", shown);
    }

    private static string Title(string group, IssueFacts issue) => string.IsNullOrWhiteSpace(issue.Title) ? group : Cut(issue.Title, MaxTitle);

    private static string Date(DateTimeOffset moment) =>
        string.Create(CultureInfo.InvariantCulture, $"<!date^{moment.ToUnixTimeSeconds()}^{{date_short_pretty}} at {{time}}|{moment.UtcDateTime:yyyy-MM-dd HH:mm} UTC>");

    /// <summary>Cuts unescaped text, never inside a surrogate pair.</summary>
    private static string Cut(string text, int max) => text.Length <= max
        ? text
        : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[max - 2]) ? max - 2 : max - 1), "…");
}
