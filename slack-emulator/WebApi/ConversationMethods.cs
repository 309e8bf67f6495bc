using System.Text;
using System.Text.Json.Nodes;
using ThreadGrains.SlackEmulator.Messages;

namespace ThreadGrains.SlackEmulator.WebApi;

/// <summary>conversations.replies, .history, .info, .join.</summary>
internal sealed class ConversationMethods(Store store)
{
    public JsonObject Replies(Call call)
    {
        if (Readable(call, out var channel) is { } trouble)
        {
            return trouble;
        }

        return store.Read(() =>
        {
            string ts = call.Arguments.Text("ts") ?? "";
            var now = DateTimeOffset.UtcNow;
            if (!channel.ByTs.TryGetValue(ts, out var parent) || (parent.Deleted && !parent.IsTombstone) || parent.HiddenUntil > now)
            {
                return Answer.Error("thread_not_found");
            }

            if (parent.IsReply)
            {
                // A reply's ts: seen to return that reply alone.
                return Page(call, [parent], null, now, hasParent: false);
            }

            var replies = parent.Replies.Where(reply => InRange(call, reply.Ts) && reply.HiddenUntil <= now).ToList();
            return Page(call, replies, parent, now, hasParent: true);
        });
    }

    public JsonObject History(Call call)
    {
        if (Readable(call, out var channel) is { } trouble)
        {
            return trouble;
        }

        return store.Read(() =>
        {
            var now = DateTimeOffset.UtcNow;
            var messages = channel.Messages
                .Where(message => (!message.IsReply || message.Broadcast) && (!message.Deleted || message.IsTombstone) && message.HiddenUntil <= now && InRange(call, message.Ts))
                .OrderByDescending(message => message.Ts, StringComparer.Ordinal).ToList();
            return Page(call, messages, null, now, hasParent: false);
        });
    }

    public JsonObject Info(Call call) => Find(call) is { } channel ? Answer.Ok(("channel", Describe(channel))) : Answer.Error("channel_not_found");

    public async Task<JsonObject> Join(Call call)
    {
        if (Find(call) is not { } channel)
        {
            return Answer.Error("channel_not_found");
        }

        if (channel.IsArchived)
        {
            return Answer.Error("is_archived");
        }

        bool already = channel.IsMember;
        if (!already)
        {
            await store.Set(channel.Id, null, true);
        }

        var answer = Answer.Ok(("channel", Describe(channel)));
        if (already)
        {
            answer["warning"] = "already_in_channel";
        }

        return answer;
    }

    private static Channel? Find(Call call) =>
        call.Arguments.Text("channel") is { } id && call.Team.Channels.TryGetValue(id, out var channel) ? channel : null;

    private static JsonObject? Readable(Call call, out Channel channel)
    {
        channel = Find(call)!;
        return channel is null ? Answer.Error("channel_not_found") : !channel.IsMember ? Answer.Error("not_in_channel") : null;
    }

    private static bool InRange(Call call, string ts)
    {
        bool inclusive = call.Arguments.Flag("inclusive");
        int Compare(string bound) => string.CompareOrdinal(ts, bound);
        return (call.Arguments.Text("oldest") is not { Length: > 1 } oldest || Compare(oldest) > 0 || (inclusive && Compare(oldest) == 0))
            && (call.Arguments.Text("latest") is not { Length: > 1 } latest || Compare(latest) < 0 || (inclusive && Compare(latest) == 0));
    }

    /// <summary>A page: the parent first on every one (whatever the bounds say), then what the cursor has not passed.</summary>
    private JsonObject Page(Call call, List<Message> messages, Message? parent, DateTimeOffset now, bool hasParent)
    {
        int from = 0;
        if (call.Arguments.Text("cursor") is { Length: > 0 } cursor)
        {
            try
            {
                from = int.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(cursor))["next:".Length..], System.Globalization.CultureInfo.InvariantCulture);
            }
            catch (Exception error) when (error is FormatException or ArgumentOutOfRangeException)
            {
                return Answer.Error("invalid_cursor");
            }
        }

        int limit = Math.Clamp(call.Arguments.Number("limit") ?? (hasParent ? 1000 : 100), 1, 1000);
        bool all = call.Arguments.Flag("include_all_metadata");
        var shown = messages.Skip(from).Take(limit).ToList();
        bool more = from + shown.Count < messages.Count;
        var array = new JsonArray([.. (hasParent && parent is not null ? shown.Prepend(parent) : shown).Select(message => (JsonNode)MessageJson.ForSlack(message, call.Team, store.AppId, all))]);
        return Answer.Ok(
            ("messages", array), ("has_more", more),
            ("response_metadata", new JsonObject { ["next_cursor"] = more ? Convert.ToBase64String(Encoding.UTF8.GetBytes($"next:{from + shown.Count}")) : "" }));
    }

    private static JsonObject Describe(Channel channel) => new()
    {
        ["id"] = channel.Id, ["name"] = channel.Name, ["is_channel"] = true, ["is_archived"] = channel.IsArchived, ["is_member"] = channel.IsMember,
        ["is_private"] = false, ["is_im"] = false, ["is_ext_shared"] = false, ["is_general"] = channel.Name == "general",
    };
}
