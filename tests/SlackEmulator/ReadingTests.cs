using System.Text.Json.Nodes;

namespace ThreadGrains.SlackEmulator.Tests;

public sealed class ReadingTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task A_history_read_page_by_page_is_the_whole_one_newest_first(int limit)
    {
        await using var slack = await Emulator.Start();
        var posted = new List<string>();
        for (var i = 0; i < 7; i++) posted.Add(await slack.Post($"n{i}"));

        var read = await Pages(more => slack.History([("limit", Emulator.Number(limit)), .. more]));

        Assert.Equal(posted.AsEnumerable().Reverse(), read.SelectMany(static page => page));
        Assert.All(read, page => Assert.True(page.Count <= limit));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(100)]
    public async Task A_thread_read_page_by_page_is_the_whole_one_with_the_parent_on_every_page(int limit)
    {
        await using var slack = await Emulator.Start();
        var root = await slack.Post("root");
        var posted = new List<string>();
        for (var i = 0; i < 7; i++) posted.Add(await slack.Post($"n{i}", root));

        var read = await Pages(more => slack.Replies(root, [("limit", Emulator.Number(limit)), .. more]));

        Assert.All(read, page => Assert.Equal(root, page[0]));
        Assert.All(read, page => Assert.True(page.Count <= limit));
        Assert.Equal(posted, read.SelectMany(static page => page.Skip(1)));
    }

    [Theory]
    [InlineData(false, "n2")]
    [InlineData(true, "n1,n2,n3")]
    public async Task Bounds_are_exclusive_unless_inclusive_is_said(bool inclusive, string expected)
    {
        await using var slack = await Emulator.Start();
        var root = await slack.Post("root");
        var posted = new List<string>();
        for (var i = 0; i < 5; i++) posted.Add(await slack.Post($"n{i}", root));
        (string, string)[] bounds = [("oldest", posted[1]), ("latest", posted[3]), ("inclusive", inclusive ? "true" : "false")];

        var thread = (await slack.Replies(root, bounds))["messages"]!.AsArray().Skip(1).Select(static message => (string?)message!["text"]);
        Assert.Equal(expected, string.Join(',', thread));

        for (var i = 0; i < 5; i++) posted[i] = await slack.Post($"n{i}");
        bounds[0].Item2 = posted[1];
        bounds[1].Item2 = posted[3];
        var history = await slack.History(bounds);
        Assert.Equal(expected, string.Join(',', history["messages"]!.AsArray().Reverse().Select(static message => (string?)message!["text"])));
        Assert.Equal(posted[3], (string?)history["latest"]);
    }

    [Theory]
    [InlineData("oldest", "soon", "invalid_ts_oldest")]
    [InlineData("latest", "1.2.3", "invalid_ts_latest")]
    [InlineData("cursor", "!!", "invalid_cursor")]
    [InlineData("cursor", "bm90IG9uZQ==", "invalid_cursor")]
    [InlineData("limit", "many", "invalid_limit")]
    public async Task Bounds_that_cannot_be_read_are_refused_by_name(string argument, string value, string error)
    {
        await using var slack = await Emulator.Start();
        var root = await slack.Post("root");
        Assert.Equal(error, (string?)(await slack.History((argument, value)))["error"]);
        Assert.Equal(error, (string?)(await slack.Replies(root, (argument, value)))["error"]);
    }

    [Fact]
    public async Task Whole_seconds_are_a_bound_too()
    {
        await using var slack = await Emulator.Start();
        await slack.Post("old");
        slack.Clock.Advance(TimeSpan.FromMinutes(1));
        await slack.Post("new");
        var bound = Emulator.Number(slack.Clock.GetUtcNow().ToUnixTimeSeconds() - 30);
        Assert.Equal("new", (string?)Assert.Single((await slack.History(("oldest", bound)))["messages"]!.AsArray())!["text"]);
    }

    [Theory]
    [InlineData("conversations.replies", "thread_not_found")]
    [InlineData("conversations.history", null)]
    public async Task What_does_not_exist_is_told(string method, string? unknownThread)
    {
        await using var slack = await Emulator.Start();
        Assert.Equal("channel_not_found", (string?)(await slack.Call(method, ("channel", "C0NOWHERE"), ("ts", "1.000000")))["error"]);
        Assert.Equal("invalid_arguments", (string?)(await slack.Call(method, ("ts", "1.000000")))["error"]);
        Assert.Equal(unknownThread, (string?)(await slack.Call(method, ("channel", Emulator.Channel), ("ts", "1.000000")))["error"]);
    }

    [Fact]
    public async Task People_are_known_by_id_and_by_address()
    {
        await using var slack = await Emulator.Start();
        var robin = (await slack.Call("users.info", ("user", Emulator.User)))["user"]!;
        Assert.Equal("Robin Oncall", (string?)robin["real_name"]);
        Assert.Equal(Emulator.User, (string?)(await slack.Call("users.lookupByEmail", ("email", (string)robin["profile"]!["email"]!)))["user"]!["id"]);
        Assert.Equal("user_not_found", (string?)(await slack.Call("users.info", ("user", "U0NOBODY")))["error"]);
        Assert.Equal("users_not_found", (string?)(await slack.Call("users.lookupByEmail", ("email", "nobody@example.com")))["error"]);
    }

    private static async Task<List<List<string>>> Pages(Func<(string, string)[], Task<JsonNode>> read)
    {
        var pages = new List<List<string>>();
        (string, string)[] cursor = [];
        while (true)
        {
            var page = await read(cursor);
            Assert.True((bool)page["ok"]!, page.ToJsonString());
            pages.Add([.. page["messages"]!.AsArray().Select(static message => (string)message!["ts"]!)]);
            var next = (string?)page["response_metadata"]?["next_cursor"];
            Assert.Equal(next is not null, (bool)page["has_more"]!);
            if (next is null) return pages;
            cursor = [("cursor", next)];
        }
    }
}
