using System.Text.Json;

namespace ThreadGrains.Slack.WebApi;

/// <summary>chat.update: the message as Slack has it now.</summary>
public sealed record UpdatedMessage(string Channel, SlackTs Ts)
{
    internal static UpdatedMessage? Read(JsonElement root, string channel) =>
        root.Ts("ts") is { } ts ? new UpdatedMessage(root.TextOrNull("channel") ?? channel, ts) : null;
}

/// <summary>chat.delete: the message is not there any more.</summary>
/// <param name="Channel">The channel's id.</param>
/// <param name="Ts">The message.</param>
/// <param name="WasThere">False: it had gone before.</param>
public sealed record DeletedMessage(string Channel, SlackTs Ts, bool WasThere);

/// <summary>chat.postEphemeral: handed over. The id is of no use for anything.</summary>
public sealed record SentEphemeral(string? MessageTs);

/// <summary>A direct message was sent.</summary>
/// <param name="Channel">The conversation that it stands in (D…).</param>
public sealed record SentDirect(string? Channel);

/// <summary>A channel (conversations.info, conversations.join).</summary>
public sealed record SlackChannel
{
    /// <summary>Its id, which can differ from the one that was asked for.</summary>
    public required string Id { get; init; }

    /// <summary>Its name; null for direct messages.</summary>
    public string? Name { get; init; }

    /// <summary>Closed for posts.</summary>
    public bool IsArchived { get; init; }

    /// <summary>Our bot is in it; null when Slack did not say.</summary>
    public bool? IsMember { get; init; }

    /// <summary>Not open for everyone to join.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>A direct message.</summary>
    public bool IsDirectMessage { get; init; }

    /// <summary>Shared with another organization.</summary>
    public bool IsExternallyShared { get; init; }

    /// <summary>Only some may post.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>No top-level posts.</summary>
    public bool IsThreadOnly { get; init; }

    /// <summary>No replies.</summary>
    public bool IsNonThreadable { get; init; }

    internal static SlackChannel? Read(JsonElement root)
    {
        if (root.Child("channel") is not { } channel || channel.TextOrNull("id") is not { } id)
        {
            return null;
        }

        return new SlackChannel
        {
            Id = id,
            Name = channel.TextOrNull("name"),
            IsArchived = channel.Flag("is_archived") ?? false,
            IsMember = channel.Flag("is_member"),
            IsPrivate = channel.Flag("is_private") ?? false,
            IsDirectMessage = channel.Flag("is_im") ?? false,
            IsExternallyShared = channel.Flag("is_ext_shared") ?? false,
            IsReadOnly = channel.Flag("is_read_only") ?? false,
            IsThreadOnly = channel.Flag("is_thread_only") ?? false,
            IsNonThreadable = channel.Flag("is_non_threadable") ?? false,
        };
    }
}

/// <summary>Whom a token belongs to (auth.test).</summary>
public sealed record SlackIdentity
{
    /// <summary>The workspace's address.</summary>
    public string? Url { get; init; }

    /// <summary>The workspace's name.</summary>
    public string? Team { get; init; }

    /// <summary>The workspace; for an organization-wide installation the organization's own.</summary>
    public required string TeamId { get; init; }

    /// <summary>The bot's user name.</summary>
    public string? User { get; init; }

    /// <summary>The bot's user.</summary>
    public required string UserId { get; init; }

    /// <summary>The bot; null for a user's token.</summary>
    public string? BotId { get; init; }

    /// <summary>The app, where Slack says.</summary>
    public string? AppId { get; init; }

    /// <summary>The organization, on Enterprise Grid.</summary>
    public string? EnterpriseId { get; init; }

    /// <summary>Installed in the whole organization.</summary>
    public bool IsEnterpriseInstall { get; init; }

    /// <summary>Seconds until the token expires; null: it does not.</summary>
    public long? ExpiresIn { get; init; }

    internal static SlackIdentity? Read(JsonElement root)
    {
        if (root.TextOrNull("team_id") is not { } team || root.TextOrNull("user_id") is not { } user)
        {
            return null;
        }

        return new SlackIdentity
        {
            Url = root.TextOrNull("url"),
            Team = root.TextOrNull("team"),
            TeamId = team,
            User = root.TextOrNull("user"),
            UserId = user,
            BotId = root.TextOrNull("bot_id"),
            AppId = root.TextOrNull("app_id"),
            EnterpriseId = root.TextOrNull("enterprise_id"),
            IsEnterpriseInstall = root.Flag("is_enterprise_install") ?? false,
            ExpiresIn = root.Integer("expires_in"),
        };
    }
}

/// <summary>A person or bot (users.info).</summary>
public sealed record SlackUser
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The workspace that it belongs to; another one's for strangers of a shared channel.</summary>
    public string? TeamId { get; init; }

    /// <summary>The old user name.</summary>
    public string? Name { get; init; }

    /// <summary>The full name.</summary>
    public string? RealName { get; init; }

    /// <summary>The name that its bearer chose to be shown.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Only with the scope <c>users:read.email</c>.</summary>
    public string? Email { get; init; }

    /// <summary>Deactivated.</summary>
    public bool Deleted { get; init; }

    /// <summary>No person.</summary>
    public bool IsBot { get; init; }

    /// <summary>Somebody of another workspace whom our app meets in no shared channel.</summary>
    public bool IsStranger { get; init; }

    /// <summary>The organization that the person belongs to, on Enterprise Grid.</summary>
    public string? EnterpriseId { get; init; }

    /// <summary>What to call it: the chosen name, else the full one, else the user name, else the id.</summary>
    public string BestName => DisplayName ?? RealName ?? Name ?? Id;

    internal static SlackUser? Read(JsonElement root)
    {
        if (root.Child("user") is not { } user || user.TextOrNull("id") is not { } id)
        {
            return null;
        }

        var profile = user.Child("profile");
        return new SlackUser
        {
            Id = id,
            TeamId = user.TextOrNull("team_id"),
            Name = user.TextOrNull("name"),
            RealName = user.TextOrNull("real_name") ?? profile?.TextOrNull("real_name"),
            DisplayName = profile?.TextOrNull("display_name"),
            Email = profile?.TextOrNull("email"),
            Deleted = user.Flag("deleted") ?? false,
            IsBot = user.Flag("is_bot") ?? false,
            IsStranger = user.Flag("is_stranger") ?? false,
            EnterpriseId = user.Child("enterprise_user")?.TextOrNull("enterprise_id"),
        };
    }
}

/// <summary>A view that is open (views.open, views.update).</summary>
/// <param name="Id">For later updates.</param>
/// <param name="Hash">Given back with an update, Slack refuses it if the view has changed since.</param>
public sealed record OpenedView(string Id, string? Hash)
{
    internal static OpenedView? Read(JsonElement root) =>
        root.Child("view") is { } view && view.TextOrNull("id") is { } id ? new OpenedView(id, view.TextOrNull("hash")) : null;
}
