using System.Text.Json.Nodes;
using ThreadGrains.SlackEmulator.Journaling;
using ThreadGrains.SlackEmulator.Messages;
using ThreadGrains.SlackEmulator.Workspaces;

namespace ThreadGrains.SlackEmulator.WebApi;

/// <summary>The family <c>conversations.*</c>.</summary>
internal static class ConversationMethods
{
    private const string HistoryScopes = "channels:history,groups:history,mpim:history,im:history";
    private const string ReadScopes = "channels:read,groups:read,mpim:read,im:read";

    public static IEnumerable<ApiMethod> All =>
    [
        new("conversations.replies", AcceptsJson: false, Limit.Reading, HistoryScopes, Replies),
        new("conversations.history", AcceptsJson: true, Limit.Reading, HistoryScopes, History),
        new("conversations.info", AcceptsJson: false, Limit.Reading, ReadScopes, About),
        new("conversations.join", AcceptsJson: true, Limit.Reading, "channels:join", Join),
    ];

    /// <summary>
    /// The parent, then its replies, oldest first. The parent comes first on every page, whatever the bounds say, and counts towards the
    /// page's size as long as one reply fits beside it. Asked with a reply's <c>ts</c>, Slack has been seen to give that reply alone.
    /// </summary>
    private static ApiAnswer Replies(ApiCall call)
    {
        if (call.Arguments.Text("channel") is null) return ApiAnswer.Missing("channel");
        if (call.Arguments.Text("ts") is not { } asked) return ApiAnswer.Missing("ts");
        if (Readable(call, out var channel) is { } refusal) return ApiAnswer.Error(refusal);
        if (ReadingRange.Read(call.Arguments, defaultLimit: 1_000, mostLimit: 1_000, out var range) is { } trouble) return ApiAnswer.Error(trouble);
        var now = call.Slack.Now;
        if (!Ts.TryParse(asked, out var ts) || channel.Find(ts) is not { } message || !Shows(message, now)) return ApiAnswer.Error("thread_not_found");

        var detail = Detail(call);
        var page = new JsonArray(Shape(message, now, detail));
        if (message.Parent is not null) return ApiAnswer.Ok(("messages", page), ("has_more", false));

        var replies = message.Replies.Where(reply => Shows(reply, now) && range.Holds(reply.Ts) && (range.Next is not { } next || reply.Ts >= next));
        var taken = replies.Take(Math.Max(1, range.Limit - 1) + 1).ToList();
        return Page(page, taken, Math.Max(1, range.Limit - 1), now, detail);
    }

    /// <summary>What stands in the channel, newest first: no replies, but those that were shown there too.</summary>
    private static ApiAnswer History(ApiCall call)
    {
        if (call.Arguments.Text("channel") is null) return ApiAnswer.Missing("channel");
        if (Readable(call, out var channel) is { } refusal) return ApiAnswer.Error(refusal);
        if (ReadingRange.Read(call.Arguments, defaultLimit: 100, mostLimit: 999, out var range) is { } trouble) return ApiAnswer.Error(trouble);

        var now = call.Slack.Now;
        var taken = new List<StoredMessage>();
        for (var i = channel.Messages.Count - 1; i >= 0 && taken.Count <= range.Limit && channel.Messages[i].Ts >= range.Oldest; i--)
        {
            var message = channel.Messages[i];
            var inChannel = message.Parent is null || message.Broadcast;
            if (inChannel && Shows(message, now) && range.Holds(message.Ts) && (range.Next is not { } next || message.Ts <= next)) taken.Add(message);
        }
        var answer = Page([], taken, range.Limit, now, Detail(call));
        if (range.Latest is { } latest) answer.Body["latest"] = latest.ToString();
        if (call.Arguments.Text("oldest") is not null) answer.Body["oldest"] = range.Oldest.ToString();
        answer.Body["pin_count"] = 0;
        answer.Body["channel_actions_ts"] = null;
        answer.Body["channel_actions_count"] = 0;
        return answer;
    }

    private static ApiAnswer About(ApiCall call)
    {
        if (call.Arguments.Text("channel") is null) return ApiAnswer.Missing("channel");
        if (call.Channel is not { } channel) return ApiAnswer.Error("channel_not_found");
        var json = ChannelJson(channel);
        if (call.Arguments.Flag("include_num_members") == true)
            json["num_members"] = call.Workspace.People.Count + (channel.Standing.IsMember ? 1 : 0);
        return ApiAnswer.Ok(("channel", json));
    }

    private static ApiAnswer Join(ApiCall call)
    {
        if (call.Arguments.Text("channel") is null) return ApiAnswer.Missing("channel");
        if (call.Channel is not { } channel) return ApiAnswer.Error("channel_not_found");
        if (channel.DirectWith is not null) return ApiAnswer.Error("method_not_supported_for_channel_type");
        if (channel.Standing.IsArchived) return ApiAnswer.Error("is_archived");
        if (channel.Standing.IsMember) return ApiAnswer.Ok(("channel", ChannelJson(channel))).WithWarnings(["already_in_channel"]);
        call.Slack.Record(new JournalEntry.ChannelChanged(call.Workspace.Team, channel.Id, channel.Standing with { IsMember = true }));
        return ApiAnswer.Ok(("channel", ChannelJson(channel)));
    }

    private static string? Readable(ApiCall call, out Channel channel)
    {
        channel = call.Channel!;
        if (channel is null) return "channel_not_found";
        return channel.Standing.IsMember ? null : "not_in_channel";
    }

    private static bool Shows(StoredMessage message, DateTimeOffset now) =>
        (!message.Deleted || message.IsTombstone) && !message.IsHiddenAt(now);

    private static MetadataDetail Detail(ApiCall call) =>
        call.Arguments.Flag("include_all_metadata") == true ? MetadataDetail.Full : MetadataDetail.TypeOnly;

    /// <param name="page">What stands on the page already.</param>
    /// <param name="taken">What follows; one more than <paramref name="limit"/> when there is a next page.</param>
    /// <param name="limit">How many of them the page takes.</param>
    /// <param name="now">The time of the read.</param>
    /// <param name="detail">How much metadata to show.</param>
    private static ApiAnswer Page(JsonArray page, List<StoredMessage> taken, int limit, DateTimeOffset now, MetadataDetail detail)
    {
        foreach (var message in taken.Take(limit)) page.Add(Shape(message, now, detail));
        var more = taken.Count > limit;
        var answer = ApiAnswer.Ok(("messages", page), ("has_more", more));
        if (more) answer.Body["response_metadata"] = new JsonObject { ["next_cursor"] = ReadingRange.CursorTo(taken[limit].Ts) };
        return answer;
    }

    private static JsonObject Shape(StoredMessage message, DateTimeOffset now, MetadataDetail detail)
    {
        var json = SlackMessageJson.Of(message, now, detail);
        if (json["subscribed"]?.GetValue<bool>() == true)
        {
            json["last_read"] = (string?)json["latest_reply"];
            json["unread_count"] = 0;
        }
        return json;
    }

    private static JsonObject ChannelJson(Channel channel)
    {
        var direct = channel.DirectWith is not null;
        var json = new JsonObject
        {
            ["id"] = channel.Id,
            ["name"] = channel.Name,
            ["name_normalized"] = channel.Name,
            ["is_channel"] = !direct,
            ["is_group"] = false,
            ["is_im"] = direct,
            ["is_mpim"] = false,
            ["is_private"] = direct,
            ["created"] = channel.CreatedAt.ToUnixTimeSeconds(),
            ["creator"] = channel.Workspace.People.Keys.FirstOrDefault(),
            ["is_archived"] = channel.Standing.IsArchived,
            ["is_general"] = channel.Name == "general",
            ["unlinked"] = 0,
            ["is_shared"] = channel.IsShared,
            ["is_ext_shared"] = channel.IsShared,
            ["is_org_shared"] = false,
            ["is_pending_ext_shared"] = false,
            ["pending_shared"] = new JsonArray(),
            ["parent_conversation"] = null,
            ["is_member"] = channel.Standing.IsMember,
            ["is_read_only"] = channel.Standing.IsReadOnly,
            ["is_thread_only"] = channel.Standing.IsThreadOnly,
            ["is_non_threadable"] = false,
            ["last_read"] = "0000000000.000000",
            ["topic"] = Words(""),
            ["purpose"] = Words(""),
            ["previous_names"] = new JsonArray(),
            ["context_team_id"] = channel.Workspace.Team,
        };
        if (channel.DirectWith is { } user) json["user"] = user;
        return json;
    }

    private static JsonObject Words(string value) => new() { ["value"] = value, ["creator"] = "", ["last_set"] = 0 };
}
