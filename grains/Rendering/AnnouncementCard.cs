using ThreadGrains.Grains.Groups;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Slack.Blocks;

namespace ThreadGrains.Grains.Rendering;

/// <summary>
/// The announcement: what the issue is, its present state, whoever changed it and wherever, and the buttons that fit that
/// state. Pure; keeps Slack's limits whatever comes in, and says what it leaves out.
/// </summary>
internal static class AnnouncementCard
{
    private const int MaxTitle = 300;

    /// <summary>Beside an address of <see cref="Mrkdwn.MaxAddress"/> characters in one section.</summary>
    private const int MaxLinkedTitle = 450;

    private const int MaxLine = 500;
    private const int MaxTags = 2500;
    private const int MaxTagValue = 200;

    /// <summary>The whole message for readers without blocks; within chat.update's 4,000 characters.</summary>
    public static string Text(string group, GroupState state, IssueFacts issue)
    {
        string project = VisibleText.OrNull(issue.Project) is { } name ? $"[{Wording.Name(name)}] " : "";
        string assigned = VisibleText.OrNull(state.Assignee) is { } assignee ? $", assigned to {Wording.Name(assignee)}" : "";
        return $"{project}{Wording.Line(Title(group, issue), MaxTitle)} ({state.Status}{assigned})";
    }

    public static BlockList Blocks(string group, GroupState state, IssueFacts issue)
    {
        var details = GroupDetails.Parse(state.Details);
        string title = Wording.Line(Title(group, issue), MaxLinkedTitle);
        string linked = issue.Url is { Length: > 0 } url ? Mrkdwn.LinkTo(url, title) : title;
        var blocks = new List<Block> { new Section(new MarkdownText($"{Emoji(state.Status, issue.Level)} {linked}")) };

        if (VisibleText.OrNull(issue.Culprit) is { } culprit)
        {
            blocks.Add(new Context([new MarkdownText(Wording.Code(culprit, MaxLine))]));
        }

        if (Tags(issue) is { Length: > 0 } tags)
        {
            blocks.Add(new Section(new MarkdownText(tags)));
        }

        blocks.Add(new Context([.. Facts(group, state, details, issue).Select(fact => new MarkdownText(fact))]));
        blocks.Add(new Actions(Buttons(state.Status, group)));
        return BlockList.Of([.. blocks]);
    }

    /// <summary>The announcement reduced to one plain line and its buttons, for where the whole one cannot be shown.</summary>
    /// <param name="group">The group's id.</param>
    /// <param name="state">Its state.</param>
    /// <param name="line">The line, as mrkdwn.</param>
    public static BlockList PlainBlocks(string group, GroupState state, string line) =>
        BlockList.Of(new Section(new MarkdownText(line)), new Actions(Buttons(state.Status, group)));

    private static IEnumerable<string> Facts(string group, GroupState state, GroupDetails details, IssueFacts issue)
    {
        bool settled = state.Status != GroupStatus.Unresolved;
        string note = VisibleText.OrNull(details.StatusNote) is { } told ? $" {Wording.Name(told)}" : "";
        string by = settled && VisibleText.OrNull(details.StatusBy) is { } who ? $" by {Wording.Name(who)}" : "";
        string at = settled && details.StatusAt is { } moment ? $", {Wording.Moment(moment)}" : "";
        yield return $"State: *{char.ToUpperInvariant(state.Status[0])}{state.Status[1..]}*{note}{by}{at}";
        if (VisibleText.OrNull(state.Assignee) is { } assignee)
        {
            string shown = Mrkdwn.Bold(Mrkdwn.Cut(assignee, MaxTagValue));
            yield return details.AssigneeType == "team" ? $"Assigned to the {shown} team" : $"Assigned to {shown}";
        }

        if (VisibleText.OrNull(issue.Project) is { } project)
        {
            yield return $"Project: {Wording.Name(project)}";
        }

        yield return $"Issue: {Wording.Name(group)}";
        if (issue.Url is { Length: > 0 } url && !Mrkdwn.CanLink(url))
        {
            yield return "The issue's link is too long for Slack";
        }
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

    /// <summary>Tags that fit, in the order of their names, and how many do not. One of which nothing can be seen is none.</summary>
    private static string Tags(IssueFacts issue)
    {
        var tags = (issue.Tags ?? new Dictionary<string, string>()).Where(tag => !VisibleText.IsBlank(tag.Value)).OrderBy(tag => tag.Key, StringComparer.Ordinal).ToList();
        var shown = new List<string>();
        int length = 0;
        foreach (var (name, value) in tags)
        {
            string code = Wording.Code(value, MaxTagValue);
            string tag = VisibleText.IsBlank(name) ? code : $"{Wording.BeforeColon(Wording.Name(name))} {code}";
            length += tag.Length + 2;
            if (length > MaxTags)
            {
                break;
            }

            shown.Add(tag);
        }

        if (tags.Count - shown.Count is > 0 and var left)
        {
            shown.Add($"… and {Wording.Number(left)} more tag{(left == 1 ? "" : "s")}, not shown");
        }

        return string.Join("  ", shown);
    }

    private static string Title(string group, IssueFacts issue) => Mrkdwn.Cut(VisibleText.OrNull(issue.Title) ?? group, MaxTitle);
}
