using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Workspaces;

/// <summary>Decides from Slack's present answer whether an old event still holds. Null: Slack does not say. Pure.</summary>
internal static class OldNews
{
    /// <param name="error">What the event says that a post would meet.</param>
    /// <param name="said">conversations.info of the channel.</param>
    public static bool? StillHolds(string error, CallOutcome<SlackChannel> said) => said switch
    {
        CallOutcome<SlackChannel>.Ok { Value: var channel } => error switch
        {
            "is_archived" => channel.IsArchived,
            "not_in_channel" => channel.IsMember != true,
            _ => false,
        },
        // Also where the channel is hidden from us, or may not be looked at: then the event is the best that is known.
        CallOutcome<SlackChannel>.Refused => true,
        _ => null,
    };

    /// <param name="said">auth.test with the token that is in force.</param>
    public static bool? StillHolds(CallOutcome<SlackIdentity> said) => said switch
    {
        CallOutcome<SlackIdentity>.Ok => false,
        CallOutcome<SlackIdentity>.Refused => true,
        _ => null,
    };
}
