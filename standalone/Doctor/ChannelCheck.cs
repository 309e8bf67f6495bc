using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Standalone.Doctor;

/// <summary>Whether our bot can work in a channel, by what conversations.info says of it.</summary>
internal static class ChannelCheck
{
    /// <param name="outcome">The channel.</param>
    /// <param name="id">As it was asked for.</param>
    /// <param name="granted">The token's scopes; null: unknown.</param>
    /// <param name="api">Slack's Web API.</param>
    /// <returns>The finding, and whether a test post makes sense.</returns>
    public static (Finding Finding, bool MayPost) Of(CallOutcome<SlackChannel> outcome, string id, IReadOnlyList<string>? granted, Uri api)
    {
        string what = $"channel {id}";
        if (outcome is not CallOutcome<SlackChannel>.Ok { Value: var channel })
        {
            var trouble = Trouble.Of(outcome)!;
            var (detail, mend) = trouble.Explain(api, "channels:read and groups:read");
            return trouble is Trouble.Refused { Code: "missing_scope" }
                ? (Finding.Warn(what, "it cannot be looked at without channels:read or, where it is private, groups:read", mend), true)
                : (Finding.Fail(what, detail, mend), false);
        }

        string name = channel.Name is { } known ? $"#{known}" : channel.Id;
        const string invite = "In that channel: /invite @ThreadGrains.";
        var finding = channel switch
        {
            { IsArchived: true } => Finding.Fail(what, $"{name} is archived", "Unarchive it in Slack, or configure another channel (ThreadGrains__Slack__Channel)."),
            { IsMember: false, IsPrivate: false } when granted?.Contains(SlackScope.Join) == true => Finding.Warn(
                what, $"the bot is not a member of {name}; it joins when it first posts there", invite),
            { IsMember: false } => Finding.Fail(what, $"the bot is not a member of {name}", invite),
            { IsReadOnly: true } or { IsThreadOnly: true } => Finding.Fail(
                what, $"{name} takes no announcements from the bot", "Channel settings, Posting permissions: allow the app, or configure another channel."),
            { IsNonThreadable: true } => Finding.Fail(what, $"{name} has no threads", "Channel settings: allow replies in threads, or configure another channel."),
            { IsExternallyShared: true } => Finding.Ok(what, $"{name}, the bot is in it; it is shared with another organization, whose people read along"),
            _ => Finding.Ok(what, $"{name}, {(channel.IsPrivate ? "private" : "public")}, the bot is in it"),
        };
        return (finding, channel.IsMember != false && finding.Verdict != Verdict.Fail);
    }
}
