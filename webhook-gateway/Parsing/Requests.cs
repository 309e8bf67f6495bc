using ThreadGrains.Groups;

namespace ThreadGrains.WebhookGateway.Parsing;

/// <summary>The requests' shapes (design 7.1): from strict JSON to the messages that grains take, with every complaint at once.</summary>
internal static class Requests
{
    public sealed record Parsed<T>(string Group, T Value);

    public static (Parsed<Activity>? Value, IReadOnlyList<Violation> Violations) ReadActivity(StrictJson json)
    {
        json.Only("id", "group", "type", "actor", "data", "occurredAt");
        string group = json.Required("group");
        var actor = json.Object("actor")?.Only("type", "id", "name", "email");
        if (actor is null)
        {
            json.Required("actor");
        }

        var activity = new Activity(
            json.Required("id"), json.Required("type"),
            new Actor(actor?.Required("type") ?? "", actor?.Text("id"), actor?.Text("name"), actor?.Text("email")),
            json.Raw("data"), json.Time("occurredAt"));
        return Judge(json, group, activity, RequestRules.Check);
    }

    public static (Parsed<Alert>? Value, IReadOnlyList<Violation> Violations) ReadAlert(StrictJson json)
    {
        json.Only("id", "group", "rule", "openPeriod", "issue", "channels", "occurredAt");
        string group = json.Required("group");
        var issue = ReadIssue(json);
        if (issue is null)
        {
            json.Required("issue");
        }

        var channels = json.Objects("channels")?.Select(channel => ReadAddress(channel.Only("workspace", "channel"))).ToList();
        var alert = new Alert(json.Required("id"), issue ?? new IssueFacts(), json.Text("rule"), json.Text("openPeriod"), channels, json.Time("occurredAt"));
        return Judge(json, group, alert, RequestRules.Check);
    }

    public static (ParentAdoption? Value, IReadOnlyList<Violation> Violations) ReadAdoption(StrictJson json)
    {
        json.Only("workspace", "channel", "ts", "rule", "openPeriod", "issue");
        var adoption = new ParentAdoption(ReadAddress(json), json.Required("ts"), json.Text("rule"), json.Text("openPeriod"), ReadIssue(json));
        var (value, violations) = Judge(json, "group", adoption, RequestRules.Check);
        return (value?.Value, violations);
    }

    private static IssueFacts? ReadIssue(StrictJson json) => json.Object("issue")?.Only("title", "url", "project", "level", "culprit", "type", "tags") is { } issue
        ? new IssueFacts(
            issue.Text("title"), issue.Text("url"), issue.Text("project"), issue.Text("level"), issue.Text("culprit"), issue.Text("type"), issue.Texts("tags"))
        : null;

    private static ChannelAddress ReadAddress(StrictJson json) => new(json.Required("workspace"), json.Required("channel"));

    private static (Parsed<T>? Value, IReadOnlyList<Violation> Violations) Judge<T>(StrictJson json, string group, T value, Func<T, IReadOnlyList<Violation>> check)
    {
        var violations = json.Violations.ToList();
        if (violations.Count == 0)
        {
            if (RequestRules.CheckGroup(group) is { } wrong)
            {
                violations.Add(wrong);
            }

            violations.AddRange(check(value));
        }

        return violations.Count == 0 ? (new Parsed<T>(group, value), []) : (null, violations);
    }
}
