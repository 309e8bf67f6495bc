using System.Text.Json.Nodes;

namespace ThreadGrains.SlackEmulator.Tests;

public sealed class UpdateTests
{
    private const string Divider = """[{"type":"divider","block_id":"d"}]""";
    private const string Marker = """{"event_type":"threadgrains_post","event_payload":{"post":"p1","v":1}}""";

    [Fact]
    public async Task An_update_changes_the_text_marks_the_message_as_edited_and_is_kept_in_the_inspection()
    {
        await using var slack = await Emulator.Start();
        var ts = await slack.Post("before");
        var answer = await slack.Call("chat.update", ("channel", Emulator.Channel), ("ts", ts), ("text", "after"));
        Assert.Equal("after", (string?)answer["text"]);
        Assert.Equal("after", (string?)answer["message"]!["text"]);
        Assert.NotNull((await slack.History())["messages"]![0]!["edited"]!["ts"]);
        var stored = Assert.Single(await slack.Stored())!;
        Assert.Equal("after", (string?)stored["text"]);
        Assert.Equal("after", (string?)Assert.Single(stored["edits"]!.AsArray())!["text"]);
    }

    [Fact]
    public async Task What_an_update_leaves_out_stays_and_what_it_sends_empty_goes()
    {
        await using var slack = await Emulator.Start();
        var ts = await slack.Post("x", more: [("blocks", Divider), ("metadata", Marker)]);
        async Task<JsonNode> Update(params (string, string)[] more)
        {
            var answer = await slack.Call("chat.update", [("channel", Emulator.Channel), ("ts", ts), ("text", "y"), .. more]);
            Assert.True((bool)answer["ok"]!, answer.ToJsonString());
            return (await slack.History(("include_all_metadata", "true")))["messages"]![0]!;
        }

        var kept = await Update();
        Assert.Equal("d", (string?)kept["blocks"]![0]!["block_id"]);
        Assert.Equal("p1", (string?)kept["metadata"]!["event_payload"]!["post"]);
        var gone = await Update(("blocks", "[]"), ("metadata", "{}"));
        Assert.Null(gone["blocks"]);
        Assert.Null(gone["metadata"]);
    }

    [Fact]
    public async Task An_update_over_4000_characters_is_refused_and_one_of_4000_is_not()
    {
        await using var slack = await Emulator.Start();
        var ts = await slack.Post("x");
        Assert.True((bool)(await slack.Call("chat.update", ("channel", Emulator.Channel), ("ts", ts), ("text", new string('a', 4_000))))["ok"]!);
        Assert.Equal("msg_too_long", (string?)(await slack.Call("chat.update", ("channel", Emulator.Channel), ("ts", ts), ("text", new string('a', 4_001))))["error"]);
    }

    [Fact]
    public async Task Only_own_messages_can_be_changed_or_deleted()
    {
        await using var slack = await Emulator.Start();
        var said = (string)(await slack.Do("say", new JsonObject { ["team"] = Emulator.Team, ["channel"] = Emulator.Channel, ["user"] = Emulator.User, ["text"] = "mine" }))["ts"]!;
        Assert.Equal("cant_update_message", (string?)(await slack.Call("chat.update", ("channel", Emulator.Channel), ("ts", said), ("text", "x")))["error"]);
        Assert.Equal("cant_delete_message", (string?)(await slack.Call("chat.delete", ("channel", Emulator.Channel), ("ts", said)))["error"]);
    }

    [Fact]
    public async Task A_deleted_message_is_gone_from_Slack_and_marked_in_the_inspection()
    {
        await using var slack = await Emulator.Start();
        var ts = await slack.Post("x");
        Assert.Equal(ts, (string?)(await slack.Call("chat.delete", ("channel", Emulator.Channel), ("ts", ts)))["ts"]);
        Assert.Empty((await slack.History())["messages"]!.AsArray());
        Assert.True((bool)Assert.Single(await slack.Stored())!["deleted"]!);
        foreach (var method in new[] { "chat.delete", "chat.update" })
            Assert.Equal("message_not_found", (string?)(await slack.Call(method, ("channel", Emulator.Channel), ("ts", ts), ("text", "x")))["error"]);
    }

    [Fact]
    public async Task An_update_that_says_nothing_is_refused()
    {
        await using var slack = await Emulator.Start();
        var ts = await slack.Post("x");
        Assert.Equal("no_text", (string?)(await slack.Call("chat.update", ("channel", Emulator.Channel), ("ts", ts)))["error"]);
        Assert.Equal("no_text", (string?)(await slack.Call("chat.update", ("channel", Emulator.Channel), ("ts", ts), ("text", "")))["error"]);
    }
}
