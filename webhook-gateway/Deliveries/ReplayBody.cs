using System.ComponentModel.DataAnnotations;
using ThreadGrains.Groups;
using ThreadGrains.WebhookGateway.Requests;

namespace ThreadGrains.WebhookGateway.Deliveries;

/// <summary>Which dead deliveries to send again.</summary>
internal sealed record ReplayBody
{
    /// <summary>Most that one request sends again.</summary>
    public const int MaxLimit = 1_000;

    /// <summary>Of this kind, such as callback; absent: any.</summary>
    [AllowedValues("root", "reply", "repeat", "recap", "callback")]
    public string? Kind { get; init; }

    /// <summary>With exactly this reason; absent: any.</summary>
    public string? Reason { get; init; }

    /// <summary>Of this workspace; absent: any.</summary>
    public string? Workspace { get; init; }

    /// <summary>Of this channel; absent: any.</summary>
    public string? Channel { get; init; }

    /// <summary>At most so many, oldest first; 1 to 1000.</summary>
    public required int Limit { get; init; }

    public static ReplayBody Read(JsonFields fields)
    {
        var body = new ReplayBody
        {
            Kind = Checked("kind", text => DeliveryQueryString.Kinds.Contains(text, StringComparer.Ordinal), $"must be one of {string.Join(", ", DeliveryQueryString.Kinds)}"),
            Reason = Checked("reason", DeliveryRules.IsReason, DeliveryRules.ReasonRule),
            Workspace = Checked("workspace", DeliveryRules.IsSlackId, DeliveryRules.WorkspaceRule),
            Channel = Checked("channel", DeliveryRules.IsSlackId, DeliveryRules.ChannelRule),
            Limit = fields.RequiredNumber("limit", 1, MaxLimit),
        };
        fields.NoOthers();
        return body;

        string? Checked(string name, Func<string, bool> isRight, string rule)
        {
            string? text = fields.Text(name);
            if (text is not null && !isRight(text))
            {
                fields.Add(new Violation(name, rule));
            }

            return text;
        }
    }
}
