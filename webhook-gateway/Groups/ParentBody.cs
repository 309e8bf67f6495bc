using ThreadGrains.Groups;
using ThreadGrains.WebhookGateway.Alerts;
using ThreadGrains.WebhookGateway.Requests;

namespace ThreadGrains.WebhookGateway.Groups;

/// <summary>A message that somebody else posted, under which a group's activities shall go. It is never edited by us.</summary>
internal sealed record ParentBody
{
    /// <summary>Slack's team id, such as T0123456789.</summary>
    public required string Workspace { get; init; }

    /// <summary>Slack's channel id, such as C0123456789; not its name.</summary>
    public required string Channel { get; init; }

    /// <summary>Slack's ts of the message, as text. Of a reply: its parent is taken.</summary>
    public required string Ts { get; init; }

    /// <summary>As in an alert.</summary>
    public string? Rule { get; init; }

    /// <summary>As in an alert.</summary>
    public string? OpenPeriod { get; init; }

    /// <summary>As in an alert; makes the group known if it is new.</summary>
    public IssueBody? Issue { get; init; }

    public static ParentBody Read(JsonFields fields)
    {
        var body = new ParentBody
        {
            Workspace = fields.RequiredText("workspace"),
            Channel = fields.RequiredText("channel"),
            Ts = fields.RequiredText("ts"),
            Rule = fields.Text("rule"),
            OpenPeriod = fields.Text("openPeriod"),
            Issue = fields.Object("issue") is { } issue ? IssueBody.Read(issue) : null,
        };
        fields.NoOthers();
        if (fields.Violations.Count == 0)
        {
            foreach (var violation in RequestRules.Check(body.ToAdoption()))
            {
                fields.Add(violation);
            }
        }

        return body;
    }

    public ParentAdoption ToAdoption() => new(new ChannelAddress(Workspace, Channel), Ts, Rule, OpenPeriod, Issue?.ToFacts());
}

/// <summary>The thread under an adopted message.</summary>
/// <param name="Thread">The thread's id.</param>
internal sealed record ParentAnswer(Guid Thread);
