using System.Text.Json.Nodes;

namespace ThreadGrains.SlackEmulator.Messages;

/// <summary>Messages as JSON: in Slack's own shape, and in the shape of the inspection interface.</summary>
internal static class MessageJson
{
    /// <summary>As Slack's methods return it. The payload of metadata only where it was asked for.</summary>
    public static JsonObject ForSlack(Message message, Workspace team, string appId, bool allMetadata)
    {
        if (message.IsTombstone)
        {
            return new JsonObject
            {
                ["type"] = "message", ["subtype"] = "tombstone", ["user"] = "USLACKBOT", ["text"] = "This message was deleted.", ["hidden"] = true,
                ["ts"] = message.Ts, ["thread_ts"] = message.Ts, ["reply_count"] = message.Replies.Count, ["latest_reply"] = message.Replies[^1].Ts,
            };
        }

        var json = new JsonObject { ["type"] = "message", ["ts"] = message.Ts, ["user"] = message.User, ["text"] = message.Text, ["team"] = message.Team };
        if (message.BotId is { } bot)
        {
            json["bot_id"] = bot;
            json["app_id"] = appId;
            json["bot_profile"] = new JsonObject { ["id"] = bot, ["app_id"] = appId, ["name"] = "ThreadGrains", ["team_id"] = team.Team, ["deleted"] = false };
        }

        if (message.Blocks is not null)
        {
            json["blocks"] = message.Blocks.DeepClone();
        }

        if (message.Metadata is { } metadata)
        {
            json["metadata"] = allMetadata ? metadata.DeepClone() : new JsonObject { ["event_type"] = metadata["event_type"]?.DeepClone() };
        }

        if (message.ThreadTs is { } parent)
        {
            json["thread_ts"] = parent;
            json["parent_user_id"] = team.Channels[message.Channel].ByTs[parent].User;
            if (message.Broadcast)
            {
                json["subtype"] = "thread_broadcast";
            }
        }
        else if (message.Replies.Count > 0)
        {
            json["thread_ts"] = message.Ts;
            json["reply_count"] = message.Replies.Count;
            json["reply_users_count"] = message.Replies.Select(reply => reply.User).Distinct().Count();
            json["latest_reply"] = message.Replies[^1].Ts;
            json["is_locked"] = false;
            json["subscribed"] = true;
        }

        if (message.Edits.Count > 0)
        {
            json["edited"] = new JsonObject { ["user"] = message.User, ["ts"] = message.Ts };
        }

        return json;
    }

    /// <summary>The truth, for tests and the page.</summary>
    public static JsonObject ForInspection(Message message)
    {
        var json = new JsonObject
        {
            ["team"] = message.Team, ["channel"] = message.Channel, ["ts"] = message.Ts, ["text"] = message.Text, ["storedAt"] = message.StoredAt.ToString("O"),
            ["deleted"] = message.Deleted, ["reply_count"] = message.Replies.Count,
            ["edits"] = new JsonArray([.. message.Edits.Select(edit => (JsonNode)new JsonObject { ["at"] = edit.At.ToString("O"), ["text"] = edit.Text })]),
        };
        Add(json, "thread_ts", message.ThreadTs);
        Add(json, "user", message.User);
        Add(json, "bot_id", message.BotId);
        if (message.Broadcast)
        {
            json["reply_broadcast"] = true;
        }

        if (message.Blocks is not null)
        {
            json["blocks"] = message.Blocks.DeepClone();
        }

        if (message.Metadata is not null)
        {
            json["metadata"] = message.Metadata.DeepClone();
        }

        return json;
    }

    public static JsonObject ForInspection(Ephemeral ephemeral)
    {
        var json = new JsonObject { ["team"] = ephemeral.Team, ["channel"] = ephemeral.Channel, ["user"] = ephemeral.User, ["text"] = ephemeral.Text, ["at"] = ephemeral.At.ToString("O") };
        Add(json, "thread_ts", ephemeral.ThreadTs);
        if (ephemeral.Blocks is not null)
        {
            json["blocks"] = ephemeral.Blocks.DeepClone();
        }

        return json;
    }

    private static void Add(JsonObject json, string name, string? value)
    {
        if (value is not null)
        {
            json[name] = value;
        }
    }
}
