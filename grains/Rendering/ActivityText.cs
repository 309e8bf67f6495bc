using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ThreadGrains.Grains.Groups;
using ThreadGrains.Groups;
using ThreadGrains.Slack.Blocks;

namespace ThreadGrains.Grains.Rendering;

/// <summary>What a thread says of one delivery.</summary>
/// <param name="Head">One line of mrkdwn that says who did what.</param>
/// <param name="Note">What somebody wrote, as it came; <see cref="NoteText"/> makes mrkdwn of it.</param>
internal sealed record ActivityLine(string Head, string? Note = null);

/// <summary>What a thread says of an activity. Text from outside is shown as it was written. Pure.</summary>
internal static class ActivityText
{
    private const string LinkTooLong = " (its link is too long for Slack)";

    /// <param name="type">The activity's type.</param>
    /// <param name="actor">Who did it.</param>
    /// <param name="data">The type's own fields.</param>
    /// <param name="issue">How the issue is named, as mrkdwn.</param>
    /// <param name="tracker">Who acted, where a system or integration has no name.</param>
    /// <param name="links">Whether there is room for links to what <paramref name="data"/> names.</param>
    public static ActivityLine Of(string type, Actor actor, JsonElement? data, string issue, string tracker, bool links = true)
    {
        string? Field(string name) => GroupTransition.Text(data, name);
        string author = Author(actor, tracker);
        if (type == ActivityTypes.Note)
        {
            return new ActivityLine(Wording.BeforeColon($"{author} commented on {issue}"), Field("text") ?? "");
        }

        return new ActivityLine(type switch
        {
            ActivityTypes.Resolved => $"{author} marked {issue} as resolved",
            ActivityTypes.ResolvedByAge => Field("age") is { } age && double.TryParse(age, CultureInfo.InvariantCulture, out double hours)
                ? $"{author} resolved {issue} after {Wording.Duration(TimeSpan.FromHours(Math.Clamp(hours, 0, 1_000_000)))} without new events"
                : $"{author} resolved {issue} after a time without new events",
            ActivityTypes.ResolvedInRelease => Field("version") is { } version
                ? $"{author} marked {issue} as resolved in {Wording.Name(version)}"
                : $"{author} marked {issue} as resolved in an upcoming release",
            ActivityTypes.ResolvedInCommit => $"{author} marked {issue} as resolved in {Commit(Field("commit"), Field("repository"), Field("url"), links)}",
            ActivityTypes.ResolvedInPullRequest => $"{author} made {PullRequest(Field("number"), Field("repository"), Field("url"), links)} that will resolve {issue}",
            ActivityTypes.ReferencedInCommit => $"{author} referenced {issue} in {Commit(Field("commit"), Field("repository"), Field("url"), links)}",
            ActivityTypes.Unresolved => $"{author} unresolved {issue}",
            ActivityTypes.Regressed => Field("version") is { } version
                ? $"{author} marked {issue} as a regression in {Wording.Name(version)}"
                : $"{author} marked {issue} as a regression",
            ActivityTypes.Archived => $"{author} archived {issue}{ArchiveCondition(data)}",
            ActivityTypes.Escalating => Field("forecast") is { } forecast
                ? $"{author} flagged {issue} as escalating: more than {(Wording.IsOne(forecast) ? "one event" : $"{Wording.Number(forecast)} events")} in an hour"
                : $"{author} flagged {issue} as escalating",
            ActivityTypes.Assigned => $"{author} assigned {issue} to {Assignee(actor, data)}",
            ActivityTypes.Unassigned => $"{author} unassigned {issue}",
            ActivityTypes.ExternalIssueCreated => $"{author} {(Truth(data, "new") == false ? "linked" : "created")} {Ticket(Field("provider"), Field("label"), Field("url"), links)} for {issue}",
            _ => throw new UnreachableException($"No text for the type {type}; it should have been ignored."),
        });
    }

    private static string Author(Actor actor, string tracker) =>
        Wording.Name(GroupTransition.Shown(actor) is { Length: > 0 } shown ? shown : actor.Type == ActorTypes.User ? "Somebody" : tracker);

    private static string Commit(string? hash, string? repository, string? url, bool links)
    {
        if (hash is null)
        {
            return "a commit";
        }

        string shortHash = GroupTransition.ShortHash(hash);
        string label = repository is null ? shortHash : $"{Mrkdwn.Cut(repository, Wording.MaxName)}@{shortHash}";
        return $"commit {Linked(url, Wording.Line(label, Wording.MaxName + 20), Wording.Code(label, Wording.MaxName + 20), links)}";
    }

    private static string PullRequest(string? number, string? repository, string? url, bool links)
    {
        string name = $"{(repository is null ? "" : Mrkdwn.Cut(repository, Wording.MaxName))}{(number is null ? "" : $"#{Mrkdwn.Cut(number, 40)}")}";
        string label = Wording.Line($"pull request {name}".TrimEnd(), Wording.MaxName + 80);
        return $"a {Linked(url, label, label, links)}";
    }

    private static string Ticket(string? provider, string? label, string? url, bool links)
    {
        string kind = provider is null ? "an external issue" : $"{ArticleOf(ProviderName(provider))} {ProviderName(provider)} issue";
        string text = Wording.Line(label is null ? kind : $"{kind} {Mrkdwn.Cut(label, Wording.MaxName)}", Wording.MaxName + 80);
        return Linked(url, text, text, links);
    }

    /// <summary>Linked where there is an address and room for it; said where the address is too long for any message.</summary>
    private static string Linked(string? url, string label, string withoutLink, bool links) =>
        url is null ? withoutLink
        : !Mrkdwn.CanLink(url) ? withoutLink + LinkTooLong
        : links ? Mrkdwn.LinkTo(url, label)
        : withoutLink;

    private static string ProviderName(string provider) => provider.ToUpperInvariant() switch
    {
        "AZURE_DEVOPS" or "AZUREDEVOPS" or "VSTS" => "Azure DevOps",
        "GITHUB" => "GitHub",
        "GITHUB_ENTERPRISE" => "GitHub Enterprise",
        "GITLAB" => "GitLab",
        "JIRA_SERVER" => "Jira Server",
        "OPSGENIE" => "Opsgenie",
        "PAGERDUTY" => "PagerDuty",
        "SERVICENOW" => "ServiceNow",
        "YOUTRACK" => "YouTrack",
        _ => Capitalised(Mrkdwn.Cut(provider, 60).Replace('_', ' ').Trim()),
    };

    private static string Capitalised(string text) => text.Length > 0 && char.IsAsciiLetterLower(text[0]) ? char.ToUpperInvariant(text[0]) + text[1..] : text;

    private static string ArticleOf(string name) => name is ['A' or 'E' or 'I' or 'O', ..] ? "an" : "a";

    private static string Assignee(Actor actor, JsonElement? data)
    {
        string assignee = GroupTransition.Text(data, "assignee") ?? "somebody";
        if (GroupTransition.Text(data, "assigneeType") == "team")
        {
            return $"the {Wording.Name(assignee)} team";
        }

        // Two people may have one name: where both ids are known, they decide.
        bool oneself = GroupTransition.Text(data, "assigneeId") is { } id && actor.Id is not null ? id == actor.Id : assignee == actor.Name || assignee == actor.Id;
        return oneself ? "themselves" : Wording.Name(assignee);
    }

    private static string ArchiveCondition(JsonElement? data)
    {
        if (GroupTransition.Text(data, "duration") is { } minutes && double.TryParse(minutes, CultureInfo.InvariantCulture, out double length))
        {
            return $" for {Wording.Duration(TimeSpan.FromMinutes(Math.Clamp(length, 0, 60_000_000)))}";
        }

        if (GroupTransition.Text(data, "count") is { } count)
        {
            return $" until it happens {(Wording.IsOne(count) ? "once more" : $"{Wording.Number(count)} times")}";
        }

        return GroupTransition.Text(data, "until") switch
        {
            ArchiveConditions.Escalating => " until it escalates",
            ArchiveConditions.ConditionMet => " until its condition is met",
            ArchiveConditions.Forever => " forever",
            { } until => Rfc3339.TryParse(until, out var moment) ? $" until {Wording.Moment(moment)}" : $" until {Wording.Name(until)}",
            null => Truth(data, "forever") == true ? " forever" : "",
        };
    }

    private static bool? Truth(JsonElement? data, string name) =>
        data is { ValueKind: JsonValueKind.Object } d && d.TryGetProperty(name, out var value)
            ? value.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null }
            : null;
}
