using ThreadGrains.Groups;
using ThreadGrains.WebhookGateway.Requests;

namespace ThreadGrains.WebhookGateway.Alerts;

/// <summary>What an issue is. Fields that are absent keep the value that a former alert brought.</summary>
internal sealed record IssueBody
{
    /// <summary>One line; an alert needs it. One of which nothing can be seen is shown as the group's id.</summary>
    public string? Title { get; init; }

    /// <summary>Where the issue is seen; http or https.</summary>
    public string? Url { get; init; }

    /// <summary>The project it belongs to.</summary>
    public string? Project { get; init; }

    /// <summary>fatal, error, warning, info, debug, or your own word.</summary>
    public string? Level { get; init; }

    /// <summary>Where it happened.</summary>
    public string? Culprit { get; init; }

    /// <summary>Your kind of issue.</summary>
    public string? Type { get; init; }

    /// <summary>Names and values. The card shows those that fit and says how many it leaves out.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    public static IssueBody Read(JsonFields fields)
    {
        var body = new IssueBody
        {
            Title = fields.Text("title"),
            Url = fields.Text("url"),
            Project = fields.Text("project"),
            Level = fields.Text("level"),
            Culprit = fields.Text("culprit"),
            Type = fields.Text("type"),
            Tags = fields.Texts("tags"),
        };
        fields.NoOthers();
        return body;
    }

    public static IssueBody Of(IssueFacts issue) => new()
    {
        Title = issue.Title,
        Url = issue.Url,
        Project = issue.Project,
        Level = issue.Level,
        Culprit = issue.Culprit,
        Type = issue.Type,
        Tags = issue.Tags,
    };

    public IssueFacts ToFacts() => new(Title, Url, Project, Level, Culprit, Type, Tags);
}
