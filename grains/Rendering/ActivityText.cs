using System.Globalization;
using System.Text.Json;
using ThreadGrains.Grains.Groups;
using ThreadGrains.Groups;
using ThreadGrains.Slack.Blocks;

namespace ThreadGrains.Grains.Rendering;

/// <summary>
/// What a thread says of an activity: mrkdwn with everything from outside escaped. Meaning and default wording follow the
/// system that we start from, with what it leaves out filled in where the data has it. Pure.
/// </summary>
internal static class ActivityText
{
    /// <summary>How much of a name, label or version is shown.</summary>
    private const int MaxName = 200;

    /// <param name="type">The activity's type.</param>
    /// <param name="actor">Who did it.</param>
    /// <param name="data">The type's own fields.</param>
    /// <param name="issue">How the issue is named in the line, as mrkdwn.</param>
    /// <param name="tracker">Who acted, where the actor has no name.</param>
    /// <returns>mrkdwn; a note's text follows on lines of its own, quoted.</returns>
    public static string Of(string type, Actor actor, JsonElement? data, string issue, string tracker)
    {
        string? Field(string name) => GroupTransition.Text(data, name);
        string author = Name(GroupTransition.Shown(actor) is { Length: > 0 } shown ? shown : tracker);

        return type switch
        {
            ActivityTypes.Resolved => $"{author} marked {issue} as resolved",
            ActivityTypes.ResolvedByAge => Field("age") is { } age && double.TryParse(age, CultureInfo.InvariantCulture, out double hours)
                ? $"{author} resolved {issue} after {Duration(TimeSpan.FromHours(Math.Clamp(hours, 0, 1_000_000)))} without new events"
                : $"{author} resolved {issue} after a time without new events",
            ActivityTypes.ResolvedInRelease => Field("version") is { } version
                ? $"{author} marked {issue} as resolved in {Name(version)}"
                : $"{author} marked {issue} as resolved in an upcoming release",
            ActivityTypes.ResolvedInCommit => $"{author} marked {issue} as resolved in {Commit(Field("commit"), Field("repository"), Field("url"))}",
            ActivityTypes.ResolvedInPullRequest => $"{author} made {PullRequest(Field("number"), Field("repository"), Field("url"))} that will resolve {issue}",
            ActivityTypes.ReferencedInCommit => $"{author} referenced {issue} in {Commit(Field("commit"), Field("repository"), Field("url"))}",
            ActivityTypes.Unresolved => $"{author} unresolved {issue}",
            ActivityTypes.Regressed => Field("version") is { } version
                ? $"{author} marked {issue} as a regression in {Name(version)}"
                : $"{author} marked {issue} as a regression",
            ActivityTypes.Archived => $"{author} archived {issue}{ArchiveCondition(data)}",
            ActivityTypes.Escalating => Field("forecast") is { } forecast
                ? $"{author} flagged {issue} as escalating: over {Name(forecast)} event{(forecast == "1" ? "" : "s")} happened in an hour"
                : $"{author} flagged {issue} as escalating",
            ActivityTypes.Assigned => $"{author} assigned {issue} to {Assignee(actor, data)}",
            ActivityTypes.Unassigned => $"{author} unassigned {issue}",
            ActivityTypes.Note => $"{author} commented on {issue}:\n{Quote(Field("text") ?? "")}",
            ActivityTypes.ExternalIssueCreated => $"{author} {(Truth(data, "new") == false ? "linked" : "created")} {Ticket(Field("provider"), Field("label"), Field("url"))} for {issue}",
            _ => throw new System.Diagnostics.UnreachableException($"No text for the type {type}; it should have been ignored."),
        };
    }

    /// <summary>How an issue is named in a line: its id, linked where the issue has an address.</summary>
    public static string Issue(string group, IssueFacts facts) =>
        facts.Url is { Length: > 0 } url ? Mrkdwn.Link(url, group) : Mrkdwn.EscapeLine(group);

    /// <summary>A name, label or version on one line.</summary>
    public static string Name(string text) => Mrkdwn.Truncate(Mrkdwn.EscapeLine(text), MaxName);

    private static string Commit(string? hash, string? repository, string? url)
    {
        if (hash is null)
        {
            return "a commit";
        }

        string shortHash = hash[..Math.Min(7, hash.Length)];
        string label = repository is null ? shortHash : $"{repository}@{shortHash}";
        return $"commit {(url is null ? Mrkdwn.Code(label) : Mrkdwn.Link(url, label))}";
    }

    private static string PullRequest(string? number, string? repository, string? url)
    {
        string label = $"pull request {repository}{(number is null ? "" : $"#{number}")}".TrimEnd();
        return $"a {(url is null ? Name(label) : Mrkdwn.Link(url, label))}";
    }

    private static string Ticket(string? provider, string? label, string? url)
    {
        string kind = provider is null or "" ? "an external issue" : $"a {ProviderName(provider)} issue";
        string text = label is null or "" ? kind : $"{kind} {label}";
        return url is null ? Name(text) : Mrkdwn.Link(url, text);
    }

    private static string ProviderName(string provider) => provider.ToUpperInvariant() switch
    {
        "GITHUB" => "GitHub",
        "GITLAB" => "GitLab",
        "YOUTRACK" => "YouTrack",
        _ => char.ToUpperInvariant(provider[0]) + provider[1..],
    };

    private static string Assignee(Actor actor, JsonElement? data)
    {
        string assignee = GroupTransition.Text(data, "assignee") ?? "somebody";
        if (GroupTransition.Text(data, "assigneeType") == "team")
        {
            return $"the {Name(assignee)} team";
        }

        bool oneself = (actor.Id is not null && GroupTransition.Text(data, "assigneeId") == actor.Id) || assignee == actor.Name || assignee == actor.Id;
        return oneself ? "themselves" : Name(assignee);
    }

    private static string ArchiveCondition(JsonElement? data)
    {
        if (GroupTransition.Text(data, "duration") is { } minutes && double.TryParse(minutes, CultureInfo.InvariantCulture, out double length))
        {
            return $" for {Duration(TimeSpan.FromMinutes(Math.Clamp(length, 0, 60_000_000)))}";
        }

        if (GroupTransition.Text(data, "count") is { } count)
        {
            return $" until it happens {Name(count)} time{(count == "1" ? "" : "s")}";
        }

        if (GroupTransition.Text(data, "until") is { } until)
        {
            return until == "escalating" ? " until it escalates" : $" until {Name(until)}";
        }

        return Truth(data, "forever") == true ? " forever" : "";
    }

    private static bool? Truth(JsonElement? data, string name) =>
        data is { ValueKind: JsonValueKind.Object } d && d.TryGetProperty(name, out var value)
            ? value.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null }
            : null;

    private static string Duration(TimeSpan length)
    {
        (double number, string unit) = length switch
        {
            { TotalHours: > 30 } => (length.TotalDays, "day"),
            { TotalHours: >= 1 } => (length.TotalHours, "hour"),
            _ => (length.TotalMinutes, "minute"),
        };
        string shown = Math.Round(number, 1).ToString(CultureInfo.InvariantCulture);
        return $"{shown} {unit}{(shown == "1" ? "" : "s")}";
    }

    private static string Quote(string text) =>
        string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => $"> {Mrkdwn.Escape(line)}"));
}
