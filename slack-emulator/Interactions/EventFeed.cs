using System.Text.Json.Nodes;
using ThreadGrains.SlackEmulator.Hosting;
using ThreadGrains.SlackEmulator.Journaling;
using ThreadGrains.SlackEmulator.Messages;
using ThreadGrains.SlackEmulator.Workspaces;

namespace ThreadGrains.SlackEmulator.Interactions;

/// <summary>
/// Sends the app what happens in its workspaces (Slack, "Events API types"), as far as it is subscribed: channels that are
/// archived, opened or left, messages, messages that go, and messages of the app that carry metadata.
/// </summary>
internal sealed class EventFeed(EventDeliveries deliveries, RequestUrl requestUrl, EmulatorOptions options, TimeProvider clock, IHostApplicationLifetime life)
{
    private volatile bool _isOn = options.Events;

    /// <summary>Whether the app is subscribed to events at all.</summary>
    public bool IsOn
    {
        get => _isOn;
        set => _isOn = value;
    }

    /// <summary>Tells of a fact once it is on the disk. Must be called under the state's lock.</summary>
    /// <param name="workspace">Where it happened.</param>
    /// <param name="entry">What happened; it is part of the state already.</param>
    /// <param name="before">A channel's standing before it.</param>
    /// <param name="durable">Ends when the fact is on the disk.</param>
    public void Tell(Workspace workspace, JournalEntry entry, ChannelStanding? before, Task durable)
    {
        if (!_isOn || requestUrl.Address is null) return;
        JsonObject?[] happenings = entry switch
        {
            JournalEntry.ChannelChanged changed when before is not null => [Changed(workspace, changed, before, Ts.At(clock.GetUtcNow()).ToString())],
            JournalEntry.ChannelIdChanged changed =>
            [
                new JsonObject
                {
                    ["type"] = "channel_id_changed", ["old_channel_id"] = changed.Channel, ["new_channel_id"] = changed.NewId,
                    ["event_ts"] = Ts.At(clock.GetUtcNow()).ToString(),
                },
            ],
            JournalEntry.Posted posted => Posted(workspace, workspace.Channels[posted.Channel].Find(posted.Ts)!),
            JournalEntry.Deleted deleted => [Deleted(workspace.Channels[deleted.Channel].Find(deleted.Ts)!, deleted.At)],
            _ => [],
        };
        foreach (var happened in happenings.OfType<JsonObject>()) _ = Send(workspace, happened, durable);
    }

    private async Task Send(Workspace workspace, JsonObject happened, Task durable)
    {
        await durable;
        deliveries.Begin(workspace, happened, life.ApplicationStopping);
    }

    private static JsonObject? Changed(Workspace workspace, JournalEntry.ChannelChanged changed, ChannelStanding before, string at)
    {
        var now = changed.Standing;
        return (before, now) switch
        {
            _ when before.IsArchived != now.IsArchived => new JsonObject
            {
                ["type"] = now.IsArchived ? "channel_archive" : "channel_unarchive", ["channel"] = changed.Channel, ["user"] = workspace.People.Keys.First(),
                ["event_ts"] = at,
            },
            _ when before.IsMember != now.IsMember => new JsonObject
            {
                ["type"] = now.IsMember ? "member_joined_channel" : "member_left_channel", ["user"] = workspace.App.BotUser, ["channel"] = changed.Channel,
                ["channel_type"] = "C", ["team"] = workspace.Team, ["event_ts"] = at,
            },
            _ => null,
        };
    }

    private static JsonObject?[] Posted(Workspace workspace, StoredMessage message)
    {
        var said = SlackMessageJson.Of(message, message.StoredAt, MetadataDetail.None);
        said["channel"] = message.Channel.Id;
        said["channel_type"] = "channel";
        said["event_ts"] = message.Ts.ToString();
        return message.BotId is null ? [said] : [said, MetadataPosted(workspace, message)];
    }

    private static JsonObject? MetadataPosted(Workspace workspace, StoredMessage message) =>
        message.Metadata is { } metadata
            ? new JsonObject
            {
                ["type"] = "message_metadata_posted", ["app_id"] = workspace.App.AppId, ["bot_id"] = message.BotId, ["user_id"] = message.User,
                ["team_id"] = workspace.Team, ["channel_id"] = message.Channel.Id, ["metadata"] = JsonObject.Create(metadata),
                ["message_ts"] = message.Ts.ToString(), ["event_ts"] = message.Ts.ToString(),
            }
            : null;

    /// <summary>A parent with replies becomes a tombstone, which Slack tells as a change; anything else is gone.</summary>
    private static JsonObject Deleted(StoredMessage message, DateTimeOffset at)
    {
        var now = Ts.At(at).ToString();
        var happened = new JsonObject
        {
            ["type"] = "message", ["channel"] = message.Channel.Id, ["hidden"] = true, ["ts"] = now, ["event_ts"] = now, ["channel_type"] = "channel",
            ["previous_message"] = new JsonObject
            {
                ["type"] = "message", ["text"] = message.Text, ["user"] = message.User, ["team"] = message.Channel.Workspace.Team, ["ts"] = message.Ts.ToString(),
            },
        };
        if (message.IsTombstone)
        {
            happened["subtype"] = "message_changed";
            happened["message"] = SlackMessageJson.Of(message, at, MetadataDetail.None);
        }
        else
        {
            happened["subtype"] = "message_deleted";
            happened["deleted_ts"] = message.Ts.ToString();
        }
        return happened;
    }
}
