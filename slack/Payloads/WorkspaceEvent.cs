using System.Text.Json;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Slack.Payloads;

/// <summary>
/// The inner events that say whether and where messages stand and can be posted (Slack, "Events API types"). Events of other
/// types, and those without the fields that matter, are <see cref="Other"/>: Slack adds types and fields at any time.
/// </summary>
public abstract record WorkspaceEvent
{
    private WorkspaceEvent()
    {
    }

    /// <summary>channel_archive, group_archive.</summary>
    public sealed record ChannelArchived(string Channel) : WorkspaceEvent;

    /// <summary>channel_unarchive, group_unarchive.</summary>
    public sealed record ChannelUnarchived(string Channel) : WorkspaceEvent;

    /// <summary>channel_deleted, group_deleted.</summary>
    public sealed record ChannelDeleted(string Channel) : WorkspaceEvent;

    /// <summary>channel_rename, group_rename.</summary>
    public sealed record ChannelRenamed(string Channel, string Name) : WorkspaceEvent;

    /// <summary>channel_id_changed: the channel is the same, with all its messages, and has another id.</summary>
    public sealed record ChannelIdChanged(string Old, string New) : WorkspaceEvent;

    /// <summary>channel_left, group_left: our own bot left or was removed.</summary>
    public sealed record ChannelLeft(string Channel) : WorkspaceEvent;

    /// <summary>member_left_channel: whoever it was.</summary>
    public sealed record MemberLeft(string Channel, string User) : WorkspaceEvent;

    /// <summary>member_joined_channel: whoever it was.</summary>
    public sealed record MemberJoined(string Channel, string User) : WorkspaceEvent;

    /// <summary>A message with subtype message_deleted, or message_changed into a tombstone, which a deleted parent with replies becomes.</summary>
    public sealed record MessageDeleted(string Channel, SlackTs Ts) : WorkspaceEvent;

    /// <summary>
    /// message_metadata_posted with our event type, which says nothing of threads; or the message itself with our marker, which
    /// names the thread that it stands in; one that stands in the channel by itself names itself. Any app can write a marker: <see cref="User"/> and <see cref="AppId"/> say whose message it is.
    /// </summary>
    public sealed record PostSeen(string Channel, SlackTs Ts, PostMarker Marker, string? User, string? AppId, SlackTs? ThreadTs = null) : WorkspaceEvent;

    /// <summary>app_uninstalled.</summary>
    public sealed record AppUninstalled : WorkspaceEvent;

    /// <summary>tokens_revoked: the users whose bot tokens are gone; ids, never tokens.</summary>
    public sealed record TokensRevoked(IReadOnlyList<string> BotUsers) : WorkspaceEvent;

    /// <summary>Nothing of these.</summary>
    public sealed record Other : WorkspaceEvent;

    /// <summary>Reads the inner event of a callback.</summary>
    public static WorkspaceEvent Of(EventPayload.EventCallback callback)
    {
        var inner = callback.Event;
        string? channel = inner.TextOrNull("channel") ?? inner.Child("channel")?.TextOrNull("id");
        return (callback.EventType, channel) switch
        {
            ("channel_archive" or "group_archive", { } id) => new ChannelArchived(id),
            ("channel_unarchive" or "group_unarchive", { } id) => new ChannelUnarchived(id),
            ("channel_deleted" or "group_deleted", { } id) => new ChannelDeleted(id),
            ("channel_rename" or "group_rename", { } id) when inner.Child("channel")?.TextOrNull("name") is { } name => new ChannelRenamed(id, name),
            ("channel_left" or "group_left", { } id) => new ChannelLeft(id),
            ("member_left_channel", { } id) when inner.TextOrNull("user") is { } user => new MemberLeft(id, user),
            ("member_joined_channel", { } id) when inner.TextOrNull("user") is { } user => new MemberJoined(id, user),
            ("message", { } id) when Deleted(inner) is { } ts => new MessageDeleted(id, ts),
            ("message", { } id) when Posted(id, inner) is { } posted => posted,
            ("channel_id_changed", _) when inner.TextOrNull("old_channel_id") is { } old && inner.TextOrNull("new_channel_id") is { } anew => new ChannelIdChanged(old, anew),
            ("message_metadata_posted", _) when Seen(inner) is { } seen => seen,
            ("app_uninstalled", _) => new AppUninstalled(),
            ("tokens_revoked", _) => new TokensRevoked(
                [.. (inner.Child("tokens") ?? default).Items("bot").Where(user => user.ValueKind == JsonValueKind.String).Select(user => user.GetString()!)]),
            _ => new Other(),
        };
    }

    /// <summary>When it happened: <c>event_ts</c> to the microsecond where the event has one, else the callback's seconds; null: neither is there.</summary>
    public static DateTimeOffset? MomentOf(EventPayload.EventCallback callback)
    {
        if (callback.Event.Ts("event_ts") is { IsValid: true } ts && IsMoment(ts))
        {
            return ts.ToTime();
        }

        return callback.EventTime is >= 0 and <= LastSecond ? DateTimeOffset.FromUnixTimeSeconds(callback.EventTime.Value) : null;
    }

    /// <summary>The end of the year 9999, beyond which no moment can be held.</summary>
    private const long LastSecond = 253402300799;

    private static bool IsMoment(SlackTs ts) => ts.ToString() is { } text && text.IndexOf('.', StringComparison.Ordinal) <= 11;

    private static SlackTs? Deleted(JsonElement message) => message.TextOrNull("subtype") switch
    {
        "message_deleted" => message.Ts("deleted_ts") ?? message.Child("previous_message")?.Ts("ts"),
        "message_changed" when message.Child("message") is { } now && now.TextOrNull("subtype") == "tombstone" => now.Ts("ts"),
        _ => null,
    };

    /// <summary>Posts of today's apps have no subtype; broadcast replies and posts under another name have one.</summary>
    private static PostSeen? Posted(string channel, JsonElement message) =>
        message.TextOrNull("subtype") is null or "thread_broadcast" or "bot_message"
        && message.TextOrNull("bot_id") is not null && message.Ts("ts") is { } ts && PostMarker.FromMessage(message) is { } marker
            ? new PostSeen(channel, ts, marker, message.TextOrNull("user"), message.TextOrNull("app_id"), message.Ts("thread_ts") ?? ts)
            : null;

    private static PostSeen? Seen(JsonElement posted) =>
        posted.TextOrNull("channel_id") is { } channel && posted.Ts("message_ts") is { } ts && PostMarker.FromMessage(posted) is { } marker
            ? new PostSeen(channel, ts, marker, posted.TextOrNull("user_id"), posted.TextOrNull("app_id"))
            : null;
}
