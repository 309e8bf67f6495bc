using ThreadGrains.Groups;
using ThreadGrains.Slack.Blocks;

namespace ThreadGrains.Grains.Rendering;

/// <summary>How much of an issue's name a line has room for.</summary>
internal enum Naming
{
    /// <summary>Its title, linked, and its id.</summary>
    Linked,

    /// <summary>The same without the link.</summary>
    Plain,

    /// <summary>One word for it: its id, or the beginning of its title where the id is nothing to read.</summary>
    Short,
}

/// <summary>How a line in a thread names its issue, as mrkdwn.</summary>
internal static class IssueName
{
    private const int MaxTitle = 80;
    private const int MaxShortTitle = 40;

    /// <summary>A longer id is a hash or an address, and tells a reader nothing beside a title.</summary>
    private const int MaxReadableId = 30;

    public static string Of(string group, IssueFacts issue, Naming naming)
    {
        string? title = VisibleText.OrNull(issue.Title) is { } known && known != group ? known : null;
        bool readable = group.Length <= MaxReadableId;
        if (naming == Naming.Short)
        {
            return title is null || readable ? Wording.Name(group) : Wording.Line(title, MaxShortTitle);
        }

        string name = title is null ? Wording.Name(group) : Wording.Line(title, MaxTitle);
        string linked = naming == Naming.Linked && issue.Url is { Length: > 0 } url ? Mrkdwn.LinkTo(url, name) : name;
        return title is not null && readable ? $"{linked} ({Wording.Name(group)})" : linked;
    }
}
