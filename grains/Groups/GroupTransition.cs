using System.Text.Json;
using ThreadGrains.Groups;

namespace ThreadGrains.Grains.Groups;

/// <summary>What an activity or alert makes of a group's state. Pure.</summary>
internal static class GroupTransition
{
    public static GroupMemory After(GroupMemory group, Activity activity, DateTimeOffset now)
    {
        using var document = activity.Data is null ? null : JsonDocument.Parse(activity.Data);
        var data = document?.RootElement;
        string by = Shown(activity.Actor);

        return activity.Type switch
        {
            ActivityTypes.Resolved => Status(group, GroupStatus.Resolved, by, now),
            ActivityTypes.ResolvedByAge => Status(group, GroupStatus.Resolved, by, now, "after a time without events"),
            ActivityTypes.ResolvedInRelease => Status(group, GroupStatus.Resolved, by, now, Text(data, "version") is { } version ? $"in {version}" : "in an upcoming release"),
            ActivityTypes.ResolvedInCommit => Status(group, GroupStatus.Resolved, by, now, Text(data, "commit") is { } commit ? $"in commit {ShortHash(commit)}" : "in a commit"),
            ActivityTypes.Archived => Status(group, GroupStatus.Archived, by, now),
            ActivityTypes.Unresolved => Status(group, GroupStatus.Unresolved, by, now),
            ActivityTypes.Regressed => Status(group, GroupStatus.Unresolved, by, now, Text(data, "version") is { } version ? $"regressed in {version}" : "regressed"),
            ActivityTypes.Escalating => Status(group, GroupStatus.Unresolved, by, now, "escalating"),
            ActivityTypes.Assigned => group with
            {
                Assignee = Text(data, "assignee"),
                Details = group.Details with
                {
                    // A click assigns to the person who clicked, and names that person's id in data.
                    AssigneeId = Text(data, "assigneeId"),
                    AssigneeType = Text(data, "assigneeType"),
                    AssignedBy = by,
                    AssignedById = activity.Actor.Id,
                },
            },
            ActivityTypes.Unassigned => group with
            {
                Assignee = null,
                Details = group.Details with { AssigneeId = null, AssigneeType = null, AssignedBy = by, AssignedById = activity.Actor.Id },
            },
            _ => group,
        };
    }

    public static GroupMemory After(GroupMemory group, Alert alert, DateTimeOffset now)
    {
        var told = alert.Issue;
        var former = group.Issue;
        var next = group with
        {
            Exists = true,
            Issue = new IssueFacts(
                VisibleText.OrNull(told.Title) ?? former.Title, told.Url ?? former.Url, told.Project ?? former.Project, told.Level ?? former.Level,
                told.Culprit ?? former.Culprit, told.Type ?? former.Type, told.Tags ?? former.Tags),
            Details = group.Details with { OpenPeriod = alert.OpenPeriod ?? group.Details.OpenPeriod },
        };

        // An alert says that it happens again; an archived issue was put away knowing that it would.
        return next.Status == GroupStatus.Resolved ? Status(next, GroupStatus.Unresolved, null, now, "happened again") : next;
    }

    /// <summary>How an actor is shown: name, else e-mail, else a user's id; empty where there is nothing to see of any.</summary>
    public static string Shown(Actor actor) =>
        VisibleText.OrNull(actor.Name) ?? VisibleText.OrNull(actor.Email) ?? (actor.Type == ActorTypes.User ? VisibleText.OrNull(actor.Id) : null) ?? "";

    /// <summary>A field of <c>data</c> as text, numbers as they were written; null where nothing of it can be seen.</summary>
    public static string? Text(JsonElement? data, string name) =>
        data is { ValueKind: JsonValueKind.Object } d && d.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => VisibleText.OrNull(value.GetString()),
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            }
            : null;

    /// <summary>The first seven characters of a commit's hash, as version control itself shortens it.</summary>
    public static string ShortHash(string commit) => commit.Length <= 7 ? commit : commit[..(char.IsHighSurrogate(commit[6]) ? 6 : 7)];

    private static GroupMemory Status(GroupMemory group, string status, string? by, DateTimeOffset now, string? note = null) => group with
    {
        Status = status,
        Details = group.Details with { StatusBy = by, StatusAt = now, StatusNote = note },
    };
}
