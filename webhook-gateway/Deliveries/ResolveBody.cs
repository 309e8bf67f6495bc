using System.ComponentModel.DataAnnotations;
using ThreadGrains.Groups;
using ThreadGrains.WebhookGateway.Requests;

namespace ThreadGrains.WebhookGateway.Deliveries;

/// <summary>How a doubt ends by hand.</summary>
internal sealed record ResolveBody
{
    /// <summary>sent: it is in Slack, at slackTs; resend: it is not, send it again; skip: leave it dead.</summary>
    [AllowedValues("sent", "resend", "skip")]
    public required string As { get; init; }

    /// <summary>With sent: the ts at which it stands in Slack.</summary>
    public string? SlackTs { get; init; }

    public static ResolveBody Read(JsonFields fields)
    {
        var body = new ResolveBody { As = fields.RequiredText("as"), SlackTs = fields.Text("slackTs") };
        fields.NoOthers();
        if (fields.Violations.Count > 0)
        {
            return body;
        }

        if (body.As is not ("sent" or "resend" or "skip"))
        {
            fields.Add(new Violation("as", "must be sent, resend or skip"));
        }
        else if (body.As == "sent" && !RequestRules.IsTs(body.SlackTs))
        {
            fields.Add(new Violation("slackTs", "must be Slack's ts of the message as text, such as \"1503435956.000247\""));
        }
        else if (body.As != "sent" && body.SlackTs is not null)
        {
            fields.Add(new Violation("slackTs", "is only for as: sent; remove it"));
        }

        return body;
    }

    public DoubtVerdict ToVerdict() => As switch
    {
        "sent" => DoubtVerdict.Sent,
        "resend" => DoubtVerdict.Resend,
        "skip" => DoubtVerdict.Skip,
        _ => throw new System.Diagnostics.UnreachableException($"No verdict for {As}"),
    };
}
