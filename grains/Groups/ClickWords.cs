using ThreadGrains.Grains.Rendering;
using ThreadGrains.Groups;

namespace ThreadGrains.Grains.Groups;

/// <summary>Texts of the private answers to clicks, as mrkdwn. Everything from outside in them is escaped. Pure.</summary>
internal static class ClickWords
{
    /// <summary>Somebody of another company clicked in a shared channel.</summary>
    public const string Stranger =
        "Nothing was changed: these buttons are for people of the company that this app belongs to. Please ask somebody there.";

    /// <summary>Slack does not tell now to which company the person belongs.</summary>
    public const string Unclear = "Nothing was changed: Slack does not say right now whether you belong to this app's company. Please try again in a minute.";

    /// <summary>A thread is full.</summary>
    public const string Busy = "Too much is waiting for this thread right now. Please try again in a minute.";

    /// <summary>The group is not there.</summary>
    public const string Unknown = "That could not be done: the issue is not known here any more.";

    private const int MaxTitle = 120;
    private const int MaxId = 60;

    /// <summary>Why a click would change nothing: who did it before, and when.</summary>
    public static string AlreadySo(GroupKey key, GroupMemory group, Activity activity)
    {
        var details = group.Details;
        if (activity.Type == ActivityTypes.Assigned)
        {
            // Two people can have one name: where both ids are known, they decide whether somebody else assigned it.
            bool isByThemselves = details.AssignedById is { } giver ? giver == details.AssigneeId : details.AssignedBy == group.Assignee;
            return details.AssignedBy is { Length: > 0 } by && !isByThemselves
                ? $"{Issue(key, group)} is already assigned to you, by {Wording.Name(by)}."
                : $"{Issue(key, group)} is already assigned to you.";
        }

        return details.StatusBy is { Length: > 0 } who
            ? $"Nothing to do: {Wording.Name(who)} already set {Issue(key, group)} to {group.Status}{(details.StatusAt is { } at ? $", {Wording.Moment(at)}" : "")}."
            : $"Nothing to do: {Issue(key, group)} is already {group.Status}.";
    }

    /// <summary>A click changed the group, and where it was made nothing shows it.</summary>
    public static string DoneUnseen(GroupKey key, GroupMemory after, Activity activity) =>
        $"Done: {Issue(key, after)} {State(activity.Type)}. Nothing is posted about it under this announcement.";

    /// <summary>Slack was told that a click could not be taken, and it was taken all the same.</summary>
    public static string DoneLate(GroupKey key, GroupMemory group, string type) =>
        $"Slack showed an error, but your click did arrive: {Issue(key, group)} {State(type)}.";

    /// <summary>Slack was told that a click could not be taken, and so it ended.</summary>
    public static string NotDone(GroupKey key, GroupMemory group) =>
        $"Your click could not be stored, and nothing was changed in {Issue(key, group)}. Please click again.";

    /// <summary>Nobody knows what became of a click.</summary>
    public static string InDoubt(GroupKey key, GroupMemory group) =>
        $"It is not known whether your click on {Issue(key, group)} was stored. Please look at the announcement before you click again.";

    /// <summary>The issue by its title, with the id beside it where that is short.</summary>
    private static string Issue(GroupKey key, GroupMemory group)
    {
        string id = Wording.Name(key.Group);
        if (VisibleText.OrNull(group.Issue.Title) is not { } title)
        {
            return $"issue {id}";
        }

        string shown = $"“{Wording.Line(title.Trim(), MaxTitle)}”";
        return key.Group.Length <= MaxId ? $"{shown} ({id})" : shown;
    }

    private static string State(string type) => type switch
    {
        ActivityTypes.Resolved => "is resolved now",
        ActivityTypes.Archived => "is archived now",
        ActivityTypes.Unresolved => "is unresolved again",
        _ => "is assigned to you now",
    };
}
