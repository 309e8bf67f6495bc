using System.Text.Json.Nodes;

namespace ThreadGrains.SlackEmulator.Tests;

public sealed class ThreadTests
{
    [Fact]
    public async Task A_reply_carries_its_parent_and_the_parent_counts_its_replies()
    {
        await using var slack = await Emulator.Start();
        var root = await slack.Post("root");
        Assert.Null((await slack.History())["messages"]![0]!["thread_ts"]);

        var first = await slack.Call("chat.postMessage", ("channel", Emulator.Channel), ("text", "one"), ("thread_ts", root));
        var second = await slack.Post("two", root);

        Assert.Equal(root, (string?)first["message"]!["thread_ts"]);
        var parent = (await slack.Replies(root))["messages"]![0]!;
        Assert.Equal(root, (string?)parent["thread_ts"]);
        Assert.Equal(2, (int)parent["reply_count"]!);
        Assert.Equal(second, (string?)parent["latest_reply"]);
        Assert.False((bool)parent["is_locked"]!);
    }

    [Fact]
    public async Task Replies_come_after_the_parent_oldest_first_and_not_in_the_history()
    {
        await using var slack = await Emulator.Start();
        var root = await slack.Post("root");
        var one = await slack.Post("one", root);
        var other = await slack.Post("other root");
        var two = await slack.Post("two", root);
        Assert.Equal([root, one, two], Ts(await slack.Replies(root)));
        Assert.Equal([other, root], Ts(await slack.History()));
    }

    [Fact]
    public async Task A_reply_that_is_broadcast_stands_in_the_history_too()
    {
        await using var slack = await Emulator.Start();
        var root = await slack.Post("root");
        var reply = await slack.Post("one", root, more: ("reply_broadcast", "true"));
        var shown = (await slack.History())["messages"]![0]!;
        Assert.Equal(reply, (string?)shown["ts"]);
        Assert.Equal("thread_broadcast", (string?)shown["subtype"]);
        Assert.Equal(root, (string?)shown["root"]!["ts"]);
    }

    [Fact]
    public async Task A_reply_to_a_deleted_parent_without_replies_silently_becomes_a_message_of_the_channel()
    {
        await using var slack = await Emulator.Start();
        var root = await slack.Post("root");
        await slack.Do($"messages/{Emulator.Channel}/{root}/delete");
        await ExpectUnthreaded(slack, root);
        Assert.Equal("thread_not_found", (string?)(await slack.Replies(root))["error"]);
    }

    [Fact]
    public async Task A_reply_to_a_message_that_never_was_silently_becomes_a_message_of_the_channel()
    {
        await using var slack = await Emulator.Start();
        await ExpectUnthreaded(slack, "1503435956.000247");
    }

    [Fact]
    public async Task A_thread_ts_that_is_none_is_refused()
    {
        await using var slack = await Emulator.Start();
        Assert.Equal("invalid_thread_ts", (string?)(await slack.Call("chat.postMessage", ("channel", Emulator.Channel), ("text", "x"), ("thread_ts", "yesterday")))["error"]);
    }

    [Fact]
    public async Task A_deleted_parent_with_replies_leaves_a_tombstone_under_which_the_thread_lives_on()
    {
        await using var slack = await Emulator.Start();
        var root = await slack.Post("root");
        var one = await slack.Post("one", root);
        await slack.Call("chat.delete", ("channel", Emulator.Channel), ("ts", root));

        var thread = await slack.Replies(root);
        Assert.Equal([root, one], Ts(thread));
        var tombstone = thread["messages"]![0]!;
        Assert.Equal("tombstone", (string?)tombstone["subtype"]);
        Assert.Equal("USLACKBOT", (string?)tombstone["user"]);
        Assert.True((bool)tombstone["hidden"]!);
        Assert.Equal(1, (int)tombstone["reply_count"]!);

        var two = await slack.Call("chat.postMessage", ("channel", Emulator.Channel), ("text", "two"), ("thread_ts", root));
        Assert.Equal(root, (string?)two["message"]!["thread_ts"]);
        Assert.Equal("message_not_found", (string?)(await slack.Call("chat.update", ("channel", Emulator.Channel), ("ts", root), ("text", "x")))["error"]);
    }

    [Fact]
    public async Task A_tombstone_goes_with_its_last_reply()
    {
        await using var slack = await Emulator.Start();
        var root = await slack.Post("root");
        var one = await slack.Post("one", root);
        await slack.Call("chat.delete", ("channel", Emulator.Channel), ("ts", root));
        await slack.Call("chat.delete", ("channel", Emulator.Channel), ("ts", one));
        Assert.Equal("thread_not_found", (string?)(await slack.Replies(root))["error"]);
        await ExpectUnthreaded(slack, root);
    }

    [Fact]
    public async Task A_parent_whose_replies_are_all_deleted_is_no_parent_any_more()
    {
        await using var slack = await Emulator.Start();
        var root = await slack.Post("root");
        var one = await slack.Post("one", root);
        await slack.Call("chat.delete", ("channel", Emulator.Channel), ("ts", one));
        var parent = Assert.Single((await slack.Replies(root))["messages"]!.AsArray())!;
        Assert.Null(parent["thread_ts"]);
        Assert.Null(parent["reply_count"]);
    }

    [Fact]
    public async Task A_post_with_a_replys_ts_goes_under_the_parent_and_reading_by_a_replys_ts_gives_it_alone()
    {
        await using var slack = await Emulator.Start();
        var root = await slack.Post("root");
        var one = await slack.Post("one", root);
        var two = await slack.Call("chat.postMessage", ("channel", Emulator.Channel), ("text", "two"), ("thread_ts", one));
        Assert.Equal(root, (string?)two["message"]!["thread_ts"]);
        Assert.Equal([one], Ts(await slack.Replies(one)));
    }

    [Fact]
    public async Task The_inspection_shows_the_thread_in_which_a_reply_really_is_also_when_it_is_deleted()
    {
        await using var slack = await Emulator.Start();
        var root = await slack.Post("root");
        var one = await slack.Post("one", root);
        await slack.Post("two", root);
        await slack.Call("chat.delete", ("channel", Emulator.Channel), ("ts", one));

        var inThread = await slack.Stored($"team={Emulator.Team}&channel={Emulator.Channel}&thread_ts={root}");

        Assert.Equal(["one", "two"], inThread.Select(static message => (string?)message!["text"]));
        Assert.Equal([true, false], inThread.Select(static message => (bool)message!["deleted"]!));
        Assert.Equal(1, (int)(await slack.Stored())[0]!["reply_count"]!);
    }

    private static async Task ExpectUnthreaded(Emulator slack, string thread)
    {
        var answer = await slack.Call("chat.postMessage", ("channel", Emulator.Channel), ("text", "orphan"), ("thread_ts", thread));
        Assert.True((bool)answer["ok"]!);
        Assert.Null(answer["message"]!["thread_ts"]);
        Assert.Equal("orphan", (string?)(await slack.History())["messages"]![0]!["text"]);
        Assert.Empty(await slack.Stored($"channel={Emulator.Channel}&thread_ts={thread}") is { } inThread ? inThread.Where(static message => !(bool)message!["deleted"]!) : []);
    }

    private static IEnumerable<string> Ts(JsonNode answer) => answer["messages"]!.AsArray().Select(static message => (string)message!["ts"]!);
}
