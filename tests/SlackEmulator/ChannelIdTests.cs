using System.Text;
using System.Text.Json.Nodes;

namespace ThreadGrains.SlackEmulator.Tests;

/// <summary>A channel that gets another id, as one does that becomes private or shared.</summary>
public sealed class ChannelIdTests
{
    [Fact]
    public async Task Its_messages_stand_under_the_new_id_the_old_one_is_unknown_and_the_app_is_told()
    {
        await using var slack = await Emulator.Start();
        await using var app = await Receiver.Start();
        await slack.Put("app", new JsonObject { ["requestUrl"] = app.Address.ToString(), ["events"] = true });
        var root = await slack.Post("root");
        var reply = await slack.Post("reply", root);

        var anew = (string)(await slack.Do($"channels/{Emulator.Channel}/change_id"))["channel"]!;

        Assert.Equal("channel_not_found", (string?)(await slack.Call("chat.postMessage", ("channel", Emulator.Channel), ("text", "x")))["error"]);
        Assert.Equal([reply, await slack.Post("more", root, anew)], (await slack.Stored($"channel={anew}&thread_ts={root}")).Select(message => (string?)message!["ts"]));
        await slack.Restart();
        Assert.Equal(3, (await slack.Stored("channel=" + anew)).Count);

        await Emulator.Until(
            () => Task.FromResult(app.Received.Select(request => JsonNode.Parse(Encoding.UTF8.GetString(request.Body))!["event"]!)
                .Any(told => (string?)told["type"] == "channel_id_changed" && (string?)told["old_channel_id"] == Emulator.Channel && (string?)told["new_channel_id"] == anew)),
            "the app is told");
    }
}
