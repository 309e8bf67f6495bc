using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ThreadGrains.SlackEmulator.Blocks;
using ThreadGrains.SlackEmulator.Messages;

namespace ThreadGrains.SlackEmulator.WebApi;

/// <summary>chat.postMessage, chat.update, chat.delete, chat.postEphemeral, chat.getPermalink.</summary>
internal sealed partial class ChatMethods(Store store)
{
    private const int MaxText = 40_000;
    private const int MaxUpdate = 4_000;
    private const int MaxMetadata = 8_000;

    public async Task<JsonObject> PostMessage(Call call)
    {
        if (Target(call, "is_archived") is { } trouble)
        {
            return trouble;
        }

        var (content, error) = Content(call);
        if (content is null)
        {
            return error!;
        }

        var channel = call.Team.Channels[call.Arguments.Text("channel")!];
        bool cut = content.Text.Length > MaxText;
        string? threadTs = call.Arguments.Text("thread_ts");
        if (threadTs is not null && !TsForm().IsMatch(threadTs))
        {
            return Answer.Error("invalid_thread_ts");
        }

        var message = await store.Post(call.Team, channel, new PostWish(
            cut ? content.Text[..MaxText] : content.Text, content.Blocks, call.DropMetadata ? null : content.Metadata, threadTs,
            call.Arguments.Flag("reply_broadcast"), call.Team.BotUser, call.Team.BotId, call.Hidden));
        var answer = Answer.Ok(("channel", channel.Id), ("ts", message.Ts), ("message", store.Read(() => MessageJson.ForSlack(message, call.Team, store.AppId, allMetadata: true))));
        if (cut)
        {
            answer["warning"] = "message_truncated";
            answer["response_metadata"] = new JsonObject { ["warnings"] = new JsonArray("message_truncated") };
        }

        return answer;
    }

    public async Task<JsonObject> Update(Call call)
    {
        if (Target(call, "is_inactive") is { } trouble)
        {
            return trouble;
        }

        var (content, error) = Content(call);
        if (content is null)
        {
            return error!;
        }

        if (content.Text.Length > MaxUpdate)
        {
            return Answer.Error("msg_too_long");
        }

        var (message, missing) = Own(call, "cant_update_message");
        if (message is null)
        {
            return missing!;
        }

        await store.Update(message, content.Text, content.Blocks, content.Metadata);
        return Answer.Ok(
            ("channel", message.Channel), ("ts", message.Ts), ("text", message.Text),
            ("message", store.Read(() => MessageJson.ForSlack(message, call.Team, store.AppId, allMetadata: true))));
    }

    public async Task<JsonObject> Delete(Call call)
    {
        if (Target(call, "is_archived") is { } trouble)
        {
            return trouble;
        }

        var (message, missing) = Own(call, "cant_delete_message");
        if (message is null)
        {
            return missing!;
        }

        await store.Delete(message);
        return Answer.Ok(("channel", message.Channel), ("ts", message.Ts));
    }

    public JsonObject PostEphemeral(Call call)
    {
        if (Target(call, "is_archived") is { } trouble)
        {
            return trouble;
        }

        var (content, error) = Content(call);
        if (content is null)
        {
            return error!;
        }

        string? user = call.Arguments.Text("user");
        if (user is null || call.Team.People.All(person => person.Id != user))
        {
            return Answer.Error("user_not_in_channel");
        }

        var now = DateTimeOffset.UtcNow;
        store.Whisper(new Ephemeral(call.Team.Team, call.Arguments.Text("channel")!, user, call.Arguments.Text("thread_ts"), content.Text, content.Blocks, now));
        return Answer.Ok(("message_ts", $"{now.ToUnixTimeSeconds()}.{now.Microsecond + (now.Millisecond * 1000):000000}"));
    }

    public JsonObject GetPermalink(Call call)
    {
        var channel = call.Arguments.Text("channel") is { } id && call.Team.Channels.TryGetValue(id, out var found) ? found : null;
        if (channel is null)
        {
            return Answer.Error("channel_not_found");
        }

        string? ts = call.Arguments.Text("message_ts");
        return store.Read(() => ts is not null && channel.ByTs.TryGetValue(ts, out var message) && !message.Deleted)
            ? Answer.Ok(("channel", channel.Id), ("permalink", $"https://emulator.slack.example/archives/{channel.Id}/p{ts!.Replace(".", "", StringComparison.Ordinal)}"))
            : Answer.Error("message_not_found");
    }

    private sealed record Body(string Text, JsonArray? Blocks, JsonObject? Metadata);

    private static JsonObject? Target(Call call, string archived)
    {
        if (call.Arguments.Text("channel") is not { Length: > 0 } id || !call.Team.Channels.TryGetValue(id, out var channel))
        {
            return Answer.Error("channel_not_found");
        }

        return channel.IsArchived ? Answer.Error(archived) : !channel.IsMember ? Answer.Error("not_in_channel") : null;
    }

    private (Message? Message, JsonObject? Error) Own(Call call, string notOurs)
    {
        var channel = call.Team.Channels[call.Arguments.Text("channel")!];
        string ts = call.Arguments.Text("ts") ?? "";
        return store.Read(() =>
            !channel.ByTs.TryGetValue(ts, out var message) || message.Deleted ? (null, Answer.Error("message_not_found"))
            : message.BotId != call.Team.BotId ? (null, Answer.Error(notOurs))
            : ((Message?)message, (JsonObject?)null));
    }

    private static (Body? Body, JsonObject? Error) Content(Call call)
    {
        var (blocksNode, readable) = call.Arguments.Json("blocks");
        if (!readable || blocksNode is not (null or JsonArray))
        {
            return (null, Answer.Error("invalid_blocks_format"));
        }

        var blocks = blocksNode?.AsArray();
        if (blocks is { Count: 0 })
        {
            blocks = null;
        }

        if (blocks is not null && BlockRules.Check(blocks) is { Count: > 0 } wrong)
        {
            return (null, Answer.Error("invalid_blocks", wrong));
        }

        if (blocks is not null)
        {
            int n = 0;
            foreach (var block in blocks.OfType<JsonObject>())
            {
                block["block_id"] ??= $"b{n++:x3}";
            }
        }

        var (metadata, metadataReadable) = call.Arguments.Json("metadata");
        if (!metadataReadable || metadata is not (null or JsonObject))
        {
            return (null, Answer.Error("invalid_metadata_format"));
        }

        if (metadata is JsonObject given && !IsMetadata(given, out string? code))
        {
            return (null, Answer.Error(code));
        }

        string text = call.Arguments.Text("text") ?? "";
        return text.Length == 0 && blocks is null
            ? (null, Answer.Error("no_text"))
            : (new Body(BareUrl().Replace(text, "<$0>"), blocks, metadata as JsonObject), null);
    }

    private static bool IsMetadata(JsonObject metadata, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out string? code)
    {
        code = metadata.ToJsonString().Length > MaxMetadata ? "metadata_too_large"
            : metadata["event_type"] is not JsonValue type || !type.TryGetValue(out string? name) || !EventType().IsMatch(name) ? "invalid_metadata_schema"
            : metadata["event_payload"] is not JsonObject payload || payload.Any(field => field.Value is null or JsonObject) ? "invalid_metadata_schema"
            : null;
        return code is null;
    }

    [GeneratedRegex("^[a-z][a-z0-9_]*$")]
    private static partial Regex EventType();

    [GeneratedRegex(@"^\d{1,12}\.\d{6}$")]
    private static partial Regex TsForm();

    /// <summary>Slack turns bare addresses into links.</summary>
    [GeneratedRegex(@"(?<![<|])\bhttps?://[^\s<>|]+")]
    private static partial Regex BareUrl();
}
