using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace ThreadGrains.SlackEmulator.Tests;

public sealed class InstallationTests
{
    [Fact]
    public async Task A_scope_that_was_not_granted_is_named_in_the_header_and_its_methods_are_refused()
    {
        await using var slack = await Emulator.Start();
        await slack.Put("scopes", new JsonObject { ["scopes"] = new JsonArray("channels:history", "channels:read") });

        var post = await slack.Call("chat.postMessage", ("channel", Emulator.Channel), ("text", "x"));
        Assert.Equal("missing_scope", (string?)post["error"]);
        Assert.Equal("chat:write", (string?)post["needed"]);
        Assert.Equal("channels:history,channels:read", (string?)post["provided"]);
        Assert.Empty(await slack.Stored());
        Assert.True((bool)(await slack.History())["ok"]!);
        using var test = await slack.Send("auth.test", []);
        Assert.Equal("channels:history,channels:read", test.Headers.GetValues("X-OAuth-Scopes").Single());

        await slack.Put("scopes", new JsonObject());
        await slack.Post("x");
    }

    [Fact]
    public async Task The_history_of_a_channel_needs_the_scope_of_its_kind()
    {
        await using var slack = await Emulator.Start();
        await slack.Put("scopes", new JsonObject { ["scopes"] = new JsonArray("groups:history", "im:history") });
        Assert.Equal("channels:history", (string?)(await slack.History())["needed"]);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(-90)]
    public async Task The_clock_can_go_wrong_in_the_header_alone(int ahead)
    {
        await using var slack = await Emulator.Start();
        await slack.Put("clock", new JsonObject { ["aheadSeconds"] = ahead });
        using var answer = await slack.Send("auth.test", []);
        Assert.Equal(slack.Clock.GetUtcNow().AddSeconds(ahead).ToString("r", CultureInfo.InvariantCulture), answer.Headers.Date!.Value.ToString("r", CultureInfo.InvariantCulture));
        Assert.StartsWith(slack.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), await slack.Post("x"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_is_days_off_is_refused()
    {
        await using var slack = await Emulator.Start();
        var (status, _) = await slack.Try(HttpMethod.Put, "clock", new JsonObject { ["aheadSeconds"] = 90_000 });
        Assert.Equal(HttpStatusCode.BadRequest, status);
    }
}
