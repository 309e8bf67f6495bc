using System.Net;
using System.Text.Json.Nodes;

namespace ThreadGrains.SlackEmulator.Tests;

public sealed class InspectionTests
{
    [Fact]
    public async Task Messages_have_exactly_the_documented_fields()
    {
        await using var slack = await Emulator.Start();
        var root = await slack.Post("root", more: [("blocks", """[{"type":"divider"}]"""), ("metadata", """{"event_type":"a","event_payload":{"p":"1"}}""")]);
        await slack.Post("reply", root);
        var stored = await slack.Stored();
        Assert.Equal(
            ["blocks", "bot_id", "channel", "deleted", "edits", "metadata", "reply_count", "storedAt", "team", "text", "ts", "user"],
            stored[0]!.AsObject().Select(static field => field.Key).Order(StringComparer.Ordinal));
        Assert.Equal(root, (string?)stored[1]!["thread_ts"]);
        Assert.Equal(slack.Clock.GetUtcNow(), DateTimeOffset.Parse((string)stored[0]!["storedAt"]!, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Calls_are_numbered_and_can_be_read_from_a_number_on()
    {
        await using var slack = await Emulator.Start();
        var root = await slack.Post("root");
        await slack.Post("reply", root);
        await slack.Call("chat.postMessage", ("channel", "C0NOWHERE"), ("text", "x"));
        var calls = (await slack.Get("calls?method=chat.postMessage&since=1"))["calls"]!.AsArray();
        Assert.Equal([2, 3], calls.Select(static call => (int)call!["n"]!));
        Assert.Equal(root, (string?)calls[0]!["threadTs"]);
        Assert.Equal("reply", (string?)calls[0]!["text"]);
        Assert.Equal("channel_not_found", (string?)calls[1]!["error"]);
        Assert.Equal(200, (int)calls[1]!["status"]!);
    }

    [Fact]
    public async Task Channels_are_made_by_number_or_name_with_our_app_in_them()
    {
        await using var slack = await Emulator.Start();
        var made = (await slack.Do("channels", new JsonObject { ["team"] = Emulator.Team, ["count"] = 3 }))["channels"]!.AsArray();
        Assert.Equal(3, made.Select(static id => (string?)id).Distinct().Count());
        Assert.True((bool)(await slack.Call("conversations.info", ("channel", (string)made[2]!)))["channel"]!["is_member"]!);
        Assert.Equal(HttpStatusCode.Conflict, (await slack.Try(HttpMethod.Post, "channels", new JsonObject { ["team"] = Emulator.Team, ["name"] = "alerts" })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await slack.Try(HttpMethod.Post, "channels", new JsonObject { ["team"] = Emulator.Team })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await slack.Try(HttpMethod.Post, "channels", new JsonObject { ["team"] = "nonsense", ["count"] = 1 })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await slack.Try(HttpMethod.Post, "channels/C0NOWHERE/archive")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await slack.Try(HttpMethod.Post, $"channels/{Emulator.Channel}/paint")).Status);
    }

    [Fact]
    public async Task A_person_writes_into_a_thread_and_deletes()
    {
        await using var slack = await Emulator.Start();
        var root = await slack.Post("root");
        var said = (string)(await slack.Do("say", new JsonObject
        {
            ["team"] = Emulator.Team, ["channel"] = Emulator.Channel, ["thread_ts"] = root, ["user"] = "U0NEW", ["text"] = "on it",
        }))["ts"]!;
        var reply = (await slack.Replies(root))["messages"]![1]!;
        Assert.Equal("U0NEW", (string?)reply["user"]);
        Assert.Null(reply["bot_id"]);
        await slack.Do($"messages/{Emulator.Channel}/{said}/delete");
        Assert.Single((await slack.Replies(root))["messages"]!.AsArray());
        Assert.Equal(HttpStatusCode.NotFound, (await slack.Try(HttpMethod.Post, $"messages/{Emulator.Channel}/{said}/delete")).Status);
    }

    [Fact]
    public async Task The_workspaces_list_what_a_page_needs()
    {
        await using var slack = await Emulator.Start();
        var workspace = Assert.Single((await slack.Get("workspaces"))["workspaces"]!.AsArray())!;
        Assert.Equal(Emulator.Token, (string?)workspace["botToken"]);
        Assert.Equal((string?)(await slack.Call("auth.test"))["bot_id"], (string?)workspace["botId"]);
        Assert.Equal(Emulator.User, (string?)workspace["users"]![0]!["id"]);
        Assert.Equal(["alerts", "general", "random"], workspace["channels"]!.AsArray().Select(static channel => (string?)channel!["name"]));
        Assert.Equal([true, false, false], workspace["channels"]!.AsArray().Select(static channel => (bool)channel!["isMember"]!));
    }

    [Fact]
    public async Task The_stream_tells_each_happening_in_order_and_beats_when_nothing_happens()
    {
        await using var slack = await Emulator.Start();
        using var stream = new StreamReader(await slack.Http.GetStreamAsync("emulator/stream"));
        Assert.Equal(": connected", await Line(stream));

        var ts = await slack.Post("one");
        await slack.Call("chat.update", ("channel", Emulator.Channel), ("ts", ts), ("text", "two"));
        await slack.Call("chat.postEphemeral", ("channel", Emulator.Channel), ("user", Emulator.User), ("text", "psst"));
        await slack.Call("chat.delete", ("channel", Emulator.Channel), ("ts", ts));
        await slack.Do($"channels/{Emulator.Channel}/archive");

        var told = new List<JsonNode>();
        while (told.Count < 5)
        {
            if (await Line(stream) is { Length: > 0 } line) told.Add(JsonNode.Parse(line["data: ".Length..])!);
        }
        Assert.Equal(["message", "edit", "ephemeral", "delete", "channel"], told.Select(static happening => (string?)happening["kind"]));
        Assert.All(told, static happening => Assert.Equal((Emulator.Team, Emulator.Channel), ((string?)happening["team"], (string?)happening["channel"])));
        Assert.Equal(["one", "two", "psst", "two", null], told.Select(static happening => (string?)happening["message"]?["text"]));
        Assert.Equal((await slack.Stored())[0]!.ToJsonString(), told[3]["message"]!.ToJsonString());

        var next = Line(stream);
        await Emulator.Until(
            () =>
            {
                slack.Clock.Advance(TimeSpan.FromSeconds(15));
                return Task.FromResult(next.IsCompleted);
            },
            "the heart beats");
        if ((await next).Length == 0) next = Line(stream);
        Assert.Equal(": heartbeat", await next);
    }

    [Fact]
    public async Task Health_answers()
    {
        await using var slack = await Emulator.Start();
        using var response = await slack.Http.GetAsync("emulator/health");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<string> Line(StreamReader stream) => await stream.ReadLineAsync() ?? throw new EndOfStreamException();
}
