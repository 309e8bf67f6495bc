using System.Text.RegularExpressions;

namespace ThreadGrains.WebhookGateway.Deliveries;

/// <summary>The form of the words that filter deliveries.</summary>
internal static partial class DeliveryRules
{
    public const string ReasonRule = "must be a reason as deliveries show it, such as parent_gone or parked:is_archived";
    public const string WorkspaceRule = "must be Slack's team id, such as T0123456789";
    public const string ChannelRule = "must be Slack's channel id, such as C0123456789";

    public static bool IsReason(string text) => ReasonForm().IsMatch(text);

    public static bool IsSlackId(string text) => SlackIdForm().IsMatch(text);

    [GeneratedRegex(@"^[A-Za-z0-9_.:-]{1,200}\z")]
    private static partial Regex ReasonForm();

    [GeneratedRegex(@"^[A-Z0-9]{2,64}\z")]
    private static partial Regex SlackIdForm();
}
