using ThreadGrains.Groups;
using ThreadGrains.WebhookGateway.Requests;

namespace ThreadGrains.WebhookGateway.Alerts;

/// <summary>Announces a group in Slack. The same group, channel, rule and open period again is a repeat: a reply in the thread.</summary>
internal sealed record AlertBody
{
    /// <summary>Your id of the alert: the same id with the same content counts once for seven days. 1 to 200 characters of A-Z a-z 0-9 . _ : @ + = ~ -</summary>
    public required string Id { get; init; }

    /// <summary>Your id of the issue group; the same alphabet.</summary>
    public required string Group { get; init; }

    /// <summary>Why it was sent. Another rule makes a further announcement.</summary>
    public string? Rule { get; init; }

    /// <summary>Which time the issue is open. Activities go to the threads of the current one.</summary>
    public string? OpenPeriod { get; init; }

    /// <summary>What the issue is.</summary>
    public required IssueBody Issue { get; init; }

    /// <summary>Where to announce it; absent: your organization's default channel.</summary>
    public IReadOnlyList<ChannelBody>? Channels { get; init; }

    /// <summary>When it happened by your clock, RFC 3339; shown, never used for order.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    public static AlertBody Read(JsonFields fields)
    {
        var issue = fields.RequiredObject("issue");
        var body = new AlertBody
        {
            Id = fields.RequiredText("id"),
            Group = fields.RequiredText("group"),
            Rule = fields.Text("rule"),
            OpenPeriod = fields.Text("openPeriod"),
            Issue = issue is null ? new IssueBody() : IssueBody.Read(issue),
            Channels = fields.Objects("channels")?.Select(ChannelBody.Read).ToArray(),
            OccurredAt = fields.Time("occurredAt"),
        };
        fields.NoOthers();
        if (fields.Violations.Count == 0)
        {
            foreach (var violation in RequestRules.Check(body.ToAlert()))
            {
                fields.Add(violation);
            }

            if (RequestRules.CheckGroup(body.Group) is { } group)
            {
                fields.Add(group);
            }
        }

        return body;
    }

    public Alert ToAlert() =>
        new(Id, Issue.ToFacts(), Rule, OpenPeriod, Channels?.Select(channel => new ChannelAddress(channel.Workspace, channel.Channel)).ToArray(), OccurredAt);
}

/// <summary>A Slack channel in its workspace.</summary>
internal sealed record ChannelBody
{
    /// <summary>Slack's team id, such as T0123456789.</summary>
    public required string Workspace { get; init; }

    /// <summary>Slack's channel id, such as C0123456789; not its name.</summary>
    public required string Channel { get; init; }

    public static ChannelBody Read(JsonFields fields)
    {
        var body = new ChannelBody { Workspace = fields.RequiredText("workspace"), Channel = fields.RequiredText("channel") };
        fields.NoOthers();
        return body;
    }
}
