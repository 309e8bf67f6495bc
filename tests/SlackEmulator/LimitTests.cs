using System.Net;
using System.Text.Json.Nodes;

namespace ThreadGrains.SlackEmulator.Tests;

public sealed class LimitTests
{
    [Fact]
    public async Task A_channel_takes_a_small_burst_then_one_a_second_and_says_how_long_to_wait()
    {
        await using var slack = await Emulator.Start(limits: true);
        for (var i = 0; i < 4; i++) await slack.Post("burst");

        using var refused = await slack.Send("chat.postMessage", [("channel", Emulator.Channel), ("text", "too much")]);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("1", Assert.Single(refused.Headers.GetValues("Retry-After")));
        Assert.Equal("""{"ok":false,"error":"ratelimited"}""", await refused.Content.ReadAsStringAsync());
        slack.Clock.Advance(TimeSpan.FromSeconds(1));
        await slack.Post("later");
        Assert.Equal(5, (await slack.Stored()).Count);
    }

    [Fact]
    public async Task Channels_and_workspaces_are_limited_each_for_itself()
    {
        await using var slack = await Emulator.Start(limits: true);
        var other = (string)(await slack.Do("channels", new JsonObject { ["team"] = Emulator.Team, ["count"] = 1 }))["channels"]![0]!;
        for (var i = 0; i < 4; i++) await slack.Post("burst");
        await slack.Post("elsewhere", channel: other);
    }

    [Fact]
    public async Task A_workspace_takes_so_many_a_minute_over_all_its_channels()
    {
        await using var slack = await Emulator.Start();
        await slack.Put("limits", new JsonObject { ["channelPerSecond"] = 0, ["workspacePerMinute"] = 5 });
        for (var i = 0; i < 5; i++) await slack.Post("x");
        slack.Clock.Advance(TimeSpan.FromSeconds(20));
        using var refused = await slack.Send("chat.postMessage", [("channel", Emulator.Channel), ("text", "x")]);
        Assert.Equal("40", Assert.Single(refused.Headers.GetValues("Retry-After")));
        slack.Clock.Advance(TimeSpan.FromSeconds(40));
        await slack.Post("x");
    }

    [Theory]
    [InlineData("conversations.replies", 50)]
    [InlineData("conversations.history", 50)]
    [InlineData("chat.update", 50)]
    [InlineData("users.info", 100)]
    public async Task Other_methods_have_so_many_a_minute_each(string method, int perMinute)
    {
        await using var slack = await Emulator.Start(limits: true);
        var ts = await slack.Post("x");
        (string, string)[] arguments = [("channel", Emulator.Channel), ("ts", ts), ("text", "y"), ("user", Emulator.User)];
        for (var i = 0; i < perMinute; i++) Assert.True((bool)(await slack.Call(method, arguments))["ok"]!);

        Assert.Equal("ratelimited", (string?)(await slack.Call(method, arguments))["error"]);

        Assert.True((bool)(await slack.Call("auth.test"))["ok"]!);
        slack.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True((bool)(await slack.Call(method, arguments))["ok"]!);
    }

    [Fact]
    public async Task Limits_that_make_no_sense_are_refused()
    {
        await using var slack = await Emulator.Start();
        Assert.Equal(HttpStatusCode.BadRequest, (await slack.Try(HttpMethod.Put, "limits", new JsonObject { ["channelPerSecond"] = -1 })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await slack.Try(HttpMethod.Put, "limits", new JsonObject { ["postsPerDay"] = 1 })).Status);
    }
}
