using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;

namespace ThreadGrains.SlackEmulator.Tests;

/// <summary>Who is in a channel, and strangers of other companies in channels that are shared (Slack Connect).</summary>
public sealed class PeopleTests
{
    private const string Stranger = "U0STRANGER1";
    private const string TheirTeam = "T0OTHERTEAM1";

    private const string Button =
        """[{"type":"actions","elements":[{"type":"button","action_id":"tg.resolve","text":{"type":"plain_text","text":"Resolve"}}]}]""";

    [Fact]
    public async Task Somebody_who_left_the_channel_gets_no_ephemeral_message_there_until_they_are_back()
    {
        await using var slack = await Emulator.Start();
        await slack.Do($"channels/{Emulator.Channel}/leave?user={Emulator.User}");
        Assert.Equal("user_not_in_channel", await Whispered(slack, Emulator.Channel, Emulator.User));
        Assert.True((bool)(await slack.Call("chat.postMessage", ("channel", Emulator.User), ("text", "directly")))["ok"]!);
        await slack.Restart();
        Assert.Equal("user_not_in_channel", await Whispered(slack, Emulator.Channel, Emulator.User));
        await slack.Do($"channels/{Emulator.Channel}/join?user={Emulator.User}");
        Assert.Null(await Whispered(slack, Emulator.Channel, Emulator.User));
        Assert.Equal(HttpStatusCode.BadRequest, (await slack.Try(HttpMethod.Post, $"channels/{Emulator.Channel}/leave?user=U0NOBODY")).Status);
    }

    [Fact]
    public async Task A_stranger_of_a_shared_channel_clicks_from_their_own_workspace_and_is_unknown_in_ours()
    {
        await using var slack = await Emulator.Start();
        await using var app = await Receiver.Start();
        await slack.Put("app", new JsonObject { ["requestUrl"] = app.Address.ToString() });
        var channel = (string)(await slack.Do("channels", new JsonObject { ["team"] = Emulator.Team, ["name"] = "shared" }))["channels"]![0]!;
        var ts = await slack.Post("An issue", channel: channel, more: ("blocks", Button));

        await slack.Do("click", Click(channel, ts));

        var payload = JsonNode.Parse(HttpUtility.ParseQueryString(Encoding.ASCII.GetString(Assert.Single(app.Received).Body))["payload"]!)!;
        Assert.Equal((Stranger, TheirTeam, Emulator.Team), ((string?)payload["user"]!["id"], (string?)payload["user"]!["team_id"], (string?)payload["team"]!["id"]));
        Assert.Equal("user_not_found", (string?)(await slack.Call("users.info", ("user", Stranger)))["error"]);
        Assert.True((bool)(await slack.Call("conversations.info", ("channel", channel)))["channel"]!["is_ext_shared"]!);
        Assert.Null(await Whispered(slack, channel, Stranger));
        Assert.Equal("channel_not_found", (string?)(await slack.Call("chat.postMessage", ("channel", Stranger), ("text", "x")))["error"]);
    }

    [Fact]
    public async Task A_channel_that_is_not_shared_has_no_strangers()
    {
        await using var slack = await Emulator.Start();
        await slack.Put("app", new JsonObject { ["requestUrl"] = "http://127.0.0.1:9" });
        var channel = (string)(await slack.Do("channels", new JsonObject { ["team"] = Emulator.Team, ["name"] = "ours", ["shared"] = false }))["channels"]![0]!;
        var ts = await slack.Post("An issue", channel: channel, more: ("blocks", Button));
        Assert.Equal(HttpStatusCode.BadRequest, (await slack.Try(HttpMethod.Post, "click", Click(channel, ts))).Status);
        Assert.Equal("user_not_in_channel", await Whispered(slack, channel, Stranger));
        Assert.False((bool)(await slack.Call("conversations.info", ("channel", channel)))["channel"]!["is_ext_shared"]!);
    }

    private static JsonObject Click(string channel, string ts) => new()
    {
        ["team"] = Emulator.Team, ["channel"] = channel, ["ts"] = ts, ["actionId"] = "tg.resolve", ["user"] = Stranger, ["userTeam"] = TheirTeam,
    };

    /// <summary>The error of an ephemeral message; null: it was shown.</summary>
    private static async Task<string?> Whispered(Emulator slack, string channel, string user) =>
        (string?)(await slack.Call("chat.postEphemeral", ("channel", channel), ("user", user), ("text", "psst")))["error"];
}
