using System.Text.Json;
using System.Text.Json.Nodes;
using ThreadGrains.SlackEmulator.Workspaces;

namespace ThreadGrains.SlackEmulator.Messages;

/// <summary>How much of a message's metadata is shown. Slack gives the payload only to readers who ask for it.</summary>
internal enum MetadataDetail
{
    None,
    TypeOnly,
    Full,
}

/// <summary>A message in Slack's own shape, as its methods and payloads show it.</summary>
internal static class SlackMessageJson
{
    /// <param name="message">The message.</param>
    /// <param name="now">Decides which replies are hidden from the counts.</param>
    /// <param name="metadata">How much of the metadata to show.</param>
    public static JsonObject Of(StoredMessage message, DateTimeOffset now, MetadataDetail metadata)
    {
        var json = message.Deleted ? Tombstone(message) : Content(message, metadata);
        if (message.Parent is { } parent)
        {
            json["thread_ts"] = parent.Ts.ToString();
            json["parent_user_id"] = parent.User;
            if (message.Broadcast)
            {
                json["subtype"] = "thread_broadcast";
                json["root"] = Of(parent, now, MetadataDetail.TypeOnly);
            }
        }
        else
        {
            AddThread(json, message, now);
        }
        return json;
    }

    private static JsonObject Content(StoredMessage message, MetadataDetail metadata)
    {
        var workspace = message.Channel.Workspace;
        var json = new JsonObject { ["type"] = "message" };
        if (message.Username is null && message.Icon is null)
        {
            json["user"] = message.User;
        }
        else
        {
            // A post under another name is of the classic form: no user, but the name that was chosen.
            json["subtype"] = "bot_message";
            json["username"] = message.Username ?? workspace.App.Name;
            if (message.Icon is { } icon) json["icons"] = Icons(icon);
        }
        json["ts"] = message.Ts.ToString();
        if (message.BotId is { } bot)
        {
            json["bot_id"] = bot;
            json["app_id"] = workspace.App.AppId;
        }
        else
        {
            json["client_msg_id"] = ClientMessageId(message);
        }
        json["text"] = message.Text;
        json["team"] = workspace.Team;
        if (message.BotId is not null) json["bot_profile"] = BotProfile(workspace, message);
        if (message.Edits.Count > 0)
            json["edited"] = new JsonObject { ["user"] = message.User, ["ts"] = Ts.At(message.Edits[^1].At).ToString() };
        if (message.Blocks is { } blocks) json["blocks"] = JsonArray.Create(blocks);
        if (message.Attachments is { } attachments) json["attachments"] = JsonArray.Create(attachments);
        if (message.Metadata is { } stored && metadata != MetadataDetail.None) json["metadata"] = Metadata(stored, metadata);
        return json;
    }

    private static JsonObject Tombstone(StoredMessage message) => new()
    {
        ["type"] = "message",
        ["subtype"] = "tombstone",
        ["user"] = "USLACKBOT",
        ["ts"] = message.Ts.ToString(),
        ["text"] = "This message was deleted.",
        ["hidden"] = true,
    };

    /// <summary>A message becomes a parent with its first reply, and stops being one with its last.</summary>
    private static void AddThread(JsonObject json, StoredMessage message, DateTimeOffset now)
    {
        var replies = message.LiveReplies.Where(reply => !reply.IsHiddenAt(now)).ToList();
        if (replies.Count == 0) return;
        var people = replies.Select(static reply => reply.User).Distinct().ToList();
        json["thread_ts"] = message.Ts.ToString();
        json["reply_count"] = replies.Count;
        json["reply_users_count"] = people.Count;
        json["latest_reply"] = replies[^1].Ts.ToString();
        json["reply_users"] = new JsonArray([.. people.Take(5).Select(static user => (JsonNode)user)]);
        json["is_locked"] = false;
        json["subscribed"] = message.BotId is not null || replies.Any(static reply => reply.BotId is not null);
    }

    private static JsonObject Metadata(JsonElement stored, MetadataDetail detail)
    {
        if (detail == MetadataDetail.Full) return JsonObject.Create(stored)!;
        return new JsonObject { ["event_type"] = stored.GetProperty("event_type").GetString() };
    }

    private static JsonObject BotProfile(Workspace workspace, StoredMessage message) => new()
    {
        ["id"] = message.BotId,
        ["app_id"] = workspace.App.AppId,
        ["name"] = workspace.App.Name,
        ["icons"] = new JsonObject
        {
            ["image_36"] = "https://a.slack-edge.com/80588/img/plugins/app/bot_36.png",
            ["image_48"] = "https://a.slack-edge.com/80588/img/plugins/app/bot_48.png",
            ["image_72"] = "https://a.slack-edge.com/80588/img/plugins/app/service_72.png",
        },
        ["deleted"] = false,
        ["updated"] = 1_700_000_000,
        ["team_id"] = workspace.Team,
    };

    private static JsonObject Icons(string icon) =>
        icon.StartsWith(':') ? new JsonObject { ["emoji"] = icon } : new JsonObject { ["image_48"] = icon };

    private static string ClientMessageId(StoredMessage message)
    {
        var id = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(message.Channel.Id + message.Ts));
        return new Guid(id.AsSpan(0, 16)).ToString();
    }
}
