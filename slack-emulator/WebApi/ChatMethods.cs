using System.Text.Json.Nodes;
using ThreadGrains.SlackEmulator.Journaling;
using ThreadGrains.SlackEmulator.Messages;
using ThreadGrains.SlackEmulator.Workspaces;

namespace ThreadGrains.SlackEmulator.WebApi;

/// <summary>The family <c>chat.*</c>.</summary>
internal static class ChatMethods
{
    private const string Scope = "chat:write";

    public static IEnumerable<ApiMethod> All =>
    [
        new("chat.postMessage", AcceptsJson: true, Limit.Posting, Scope, PostMessage),
        new("chat.update", AcceptsJson: true, Limit.Updating, Scope, Update),
        new("chat.delete", AcceptsJson: true, Limit.Updating, Scope, Delete),
        new("chat.postEphemeral", AcceptsJson: true, Limit.UpdatingOften, Scope, PostEphemeral),
        new("chat.getPermalink", AcceptsJson: false, Limit.ReadingFreely, "", GetPermalink),
    ];

    /// <summary>The channel that a post names: an id, a name as older apps do, or a person, whose direct message is then meant.</summary>
    public static Channel? Destination(ApiCall call)
    {
        if (call.Arguments.Text("channel") is not { } named) return null;
        if (call.Channel is { } channel) return channel;
        if (call.Workspace.People.ContainsKey(named)) return DirectMessage(call, named);
        var name = named.TrimStart('#');
        return call.Workspace.Channels.Values.FirstOrDefault(known => known.DirectWith is null && known.Name == name);
    }

    private static ApiAnswer PostMessage(ApiCall call)
    {
        if (Destination(call) is not { } channel) return ApiAnswer.Error("channel_not_found");
        var asked = call.Arguments.Text("thread_ts");
        if (!TryThread(asked, out var threadTs)) return ApiAnswer.Error("invalid_thread_ts");
        var parent = Threads.ParentFor(channel, threadTs);
        if (Refusal(channel.Standing, inThread: parent is not null) is { } refused) return ApiAnswer.Error(refused);

        var now = call.Slack.Now;
        var ts = channel.NextTs(now);
        if (MessageArguments.Read(call.Arguments, channel.Id + ts, out var refusal) is not { } message) return refusal!;
        if (message.SaysNothing) return ApiAnswer.Error("no_text");

        var app = call.Workspace.App;
        call.Slack.Record(new JournalEntry.Posted(
            call.Workspace.Team, channel.Id, ts, parent?.Ts, now, app.BotUser, app.BotId, message.ToContent(call.DropMetadata),
            Broadcast: parent is not null && call.Arguments.Flag("reply_broadcast") == true,
            HiddenUntil: call.HideFor is { } hide ? now + hide : null));

        var answer = ApiAnswer.Ok(
            ("channel", channel.Id),
            ("ts", ts.ToString()),
            ("message", SlackMessageJson.Of(channel.Find(ts)!, now, MetadataDetail.Full)));
        return message.Truncated ? answer.WithWarnings(["message_truncated"]) : answer;
    }

    private static ApiAnswer Update(ApiCall call)
    {
        if (call.Channel is not { } channel) return ApiAnswer.Error("channel_not_found");
        if (channel.Standing.IsArchived) return ApiAnswer.Error("is_inactive");
        if (Find(call, channel, "ts") is not { Deleted: false } message) return ApiAnswer.Error("message_not_found");
        if (message.BotId != call.Workspace.App.BotId) return ApiAnswer.Error("cant_update_message");
        if (call.Arguments.Text("text")?.Length > MessageText.UpdateLimit) return ApiAnswer.Error("msg_too_long");
        if (MessageArguments.Read(call.Arguments, channel.Id + message.Ts + message.Edits.Count, out var refusal) is not { } change) return refusal!;
        if (change is { Text: null, Blocks: null, Attachments: null, Metadata: null, MetadataRemoved: false }) return ApiAnswer.Error("no_text");
        var content = change.Over(message, call.DropMetadata);
        if (string.IsNullOrWhiteSpace(content.Text) && content.Blocks is null && content.Attachments is null) return ApiAnswer.Error("no_text");

        var now = call.Slack.Now;
        call.Slack.Record(new JournalEntry.Edited(call.Workspace.Team, channel.Id, message.Ts, now, content));
        return ApiAnswer.Ok(
            ("channel", channel.Id),
            ("ts", message.Ts.ToString()),
            ("text", message.Text),
            ("message", SlackMessageJson.Of(message, now, MetadataDetail.Full)));
    }

    private static ApiAnswer Delete(ApiCall call)
    {
        if (call.Channel is not { } channel) return ApiAnswer.Error("channel_not_found");
        if (Find(call, channel, "ts") is not { Deleted: false } message) return ApiAnswer.Error("message_not_found");
        if (message.BotId != call.Workspace.App.BotId) return ApiAnswer.Error("cant_delete_message");
        call.Slack.Record(new JournalEntry.Deleted(call.Workspace.Team, channel.Id, message.Ts, call.Slack.Now, call.Workspace.App.BotUser));
        return ApiAnswer.Ok(("channel", channel.Id), ("ts", message.Ts.ToString()));
    }

    private static ApiAnswer PostEphemeral(ApiCall call)
    {
        if (call.Channel is not { } channel) return ApiAnswer.Error("channel_not_found");
        if (!TryThread(call.Arguments.Text("thread_ts"), out var threadTs)) return ApiAnswer.Error("invalid_thread_ts");
        var parent = Threads.ParentFor(channel, threadTs);
        if (Refusal(channel.Standing, inThread: parent is not null) is { } refused) return ApiAnswer.Error(refused);
        if (call.Arguments.Text("user") is not { } user || !channel.Has(user)) return ApiAnswer.Error("user_not_in_channel");

        var now = call.Slack.Now;
        var ts = channel.NextTs(now);
        if (MessageArguments.Read(call.Arguments, channel.Id + ts, out var refusal) is not { } message) return refusal!;
        if (message.SaysNothing) return ApiAnswer.Error("no_text");
        call.Slack.Record(new JournalEntry.EphemeralShown(
            call.Workspace.Team, channel.Id, user, ts, parent?.Ts, now, message.ToContent(dropMetadata: true)));
        return ApiAnswer.Ok(("message_ts", ts.ToString()));
    }

    private static ApiAnswer GetPermalink(ApiCall call)
    {
        if (call.Channel is not { } channel) return ApiAnswer.Error("channel_not_found");
        if (Find(call, channel, "message_ts") is not { } message || message is { Deleted: true, IsTombstone: false })
            return ApiAnswer.Error("message_not_found");
        var thread = message.Parent is { } parent ? $"?thread_ts={parent.Ts}&cid={channel.Id}" : "";
        var digits = message.Ts.ToString().Replace(".", "", StringComparison.Ordinal);
        return ApiAnswer.Ok(
            ("channel", channel.Id),
            ("permalink", (JsonNode)$"https://{call.Workspace.Domain}.slack.com/archives/{channel.Id}/p{digits}{thread}"));
    }

    private static string? Refusal(ChannelStanding standing, bool inThread) => standing switch
    {
        { IsArchived: true } => "is_archived",
        { IsMember: false } => "not_in_channel",
        { IsReadOnly: true } => "restricted_action_read_only_channel",
        { IsThreadOnly: true } when !inThread => "restricted_action_thread_only_channel",
        _ => null,
    };

    private static bool TryThread(string? text, out Ts? ts)
    {
        ts = null;
        if (text is null) return true;
        if (!Ts.TryParse(text, out var parsed)) return false;
        ts = parsed;
        return true;
    }

    private static StoredMessage? Find(ApiCall call, Channel channel, string argument) =>
        Ts.TryParse(call.Arguments.Text(argument), out var ts) ? channel.Find(ts) : null;

    private static Channel DirectMessage(ApiCall call, string user)
    {
        var id = SlackIds.Derive("D", $"{user} in {call.Workspace.Team}");
        if (!call.Workspace.Channels.ContainsKey(id))
            call.Slack.Record(new JournalEntry.ChannelCreated(call.Workspace.Team, id, "directmessage", IsMember: true, call.Slack.Now, user));
        return call.Workspace.Channels[id];
    }
}
