using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace ThreadGrains.SlackEmulator.Tests;

public sealed class TransportTests
{
    public static TheoryData<string, bool> Methods => new()
    {
        { "chat.postMessage", true }, { "chat.update", true }, { "chat.delete", true }, { "chat.postEphemeral", true },
        { "conversations.history", true }, { "conversations.join", true },
        { "conversations.replies", false }, { "conversations.info", false }, { "chat.getPermalink", false },
    };

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_JSON_body_is_read_by_some_methods_and_ignored_by_others_as_if_nothing_had_been_sent(string method, bool read)
    {
        await using var slack = await Emulator.Start();
        var ts = await slack.Post("x");
        var arguments = new JsonObject { ["channel"] = Emulator.Channel, ["ts"] = ts, ["message_ts"] = ts, ["text"] = "y", ["user"] = Emulator.User };

        var answer = await slack.CallWithJson(method, arguments);

        Assert.Equal(read, (bool)answer["ok"]!);
        if (!read) Assert.Contains((string?)answer["error"], (string?[])["invalid_arguments", "channel_not_found"]);
    }

    [Fact]
    public async Task A_form_is_read_by_every_method_also_with_blocks_as_text()
    {
        await using var slack = await Emulator.Start();
        await slack.Post("x", more: [("blocks", """[{"type":"divider"}]"""), ("unfurl_links", "false")]);
        Assert.Equal("divider", (string?)(await slack.History())["messages"]![0]!["blocks"]![0]!["type"]);
    }

    [Fact]
    public async Task The_token_comes_in_the_header_or_in_a_form_field_but_not_in_JSON_nor_in_the_address()
    {
        await using var slack = await Emulator.Start();
        async Task<string?> Error(string path, HttpContent content)
        {
            using var response = await slack.Http.PostAsync(path, content);
            return (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"];
        }

        Assert.Null(await Error("api/auth.test", new FormUrlEncodedContent([new("token", Emulator.Token)])));
        Assert.Equal("not_authed", await Error("api/auth.test", new StringContent($$"""{"token":"{{Emulator.Token}}"}""", Encoding.UTF8, "application/json")));
        Assert.Equal("not_authed", await Error("api/auth.test?token=" + Emulator.Token, new FormUrlEncodedContent([])));
        Assert.Equal("not_authed", await Error("api/auth.test", new FormUrlEncodedContent([])));
        Assert.Equal("invalid_auth", await Error("api/auth.test", new FormUrlEncodedContent([new("token", "xoxb-wrong")])));
    }

    [Fact]
    public async Task An_unknown_method_is_told()
    {
        await using var slack = await Emulator.Start();
        var answer = await slack.Call("chat.postNothing");
        Assert.Equal("unknown_method", (string?)answer["error"]);
        Assert.Equal("chat.postNothing", (string?)answer["req_method"]);
    }

    [Theory]
    [InlineData("application/json", "{\"channel\":\"C0ALERTS\"}", "missing_charset", null)]
    [InlineData("application/json; charset=utf-8", "{\"channel\":\"C0ALERTS\"}", null, null)]
    [InlineData("application/x-www-form-urlencoded; charset=utf-8", "channel=C0ALERTS", "superfluous_charset", null)]
    [InlineData("application/json; charset=utf-8", "{", null, "invalid_json")]
    [InlineData("application/json; charset=utf-8", "{\"channel\":\"a\",\"channel\":\"b\"}", null, "invalid_json")]
    [InlineData("application/json; charset=utf-8", "{\"channel\":\"\\ud800\"}", null, "invalid_json")]
    [InlineData("application/json; charset=utf-8", "[]", null, "json_not_object")]
    [InlineData("text/plain", "channel=C0ALERTS", null, "invalid_post_type")]
    public async Task The_way_a_body_is_labelled_matters(string type, string body, string? warning, string? error)
    {
        await using var slack = await Emulator.Start();
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/conversations.history");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Emulator.Token);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var response = await slack.Http.SendAsync(request);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(error, (string?)answer["error"]);
        Assert.Equal(warning, (string?)answer["warning"]);
        if (warning is not null) Assert.Equal(warning, (string?)answer["response_metadata"]!["warnings"]![0]);
    }

    [Fact]
    public async Task Answers_name_the_scopes_and_a_request_id()
    {
        await using var slack = await Emulator.Start();
        using var response = await slack.Send("chat.postMessage", [("channel", Emulator.Channel), ("text", "x")]);
        Assert.Contains("channels:history", Assert.Single(response.Headers.GetValues("X-OAuth-Scopes")), StringComparison.Ordinal);
        Assert.Equal("chat:write", Assert.Single(response.Headers.GetValues("X-Accepted-OAuth-Scopes")));
        Assert.NotEmpty(Assert.Single(response.Headers.GetValues("x-slack-req-id")));
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task A_request_that_is_reset_before_its_body_is_whole_leaves_no_trace()
    {
        await using var slack = await Emulator.Start();
        var body = Encoding.ASCII.GetBytes($"channel={Emulator.Channel}&text=broken");
        var head = $"POST /api/chat.postMessage HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Emulator.Token}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n";
        for (var sent = 0; sent < body.Length; sent += 5)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0), NoDelay = true };
            await socket.ConnectAsync(slack.Address.Host, slack.Address.Port);
            await socket.SendAsync(Encoding.ASCII.GetBytes(head));
            await socket.SendAsync(body.AsMemory(0, sent));
            socket.Close();
        }

        await slack.Post("whole");

        Assert.Equal("whole", (string?)Assert.Single(await slack.Stored())!["text"]);
        Assert.Single((await slack.Get("calls"))["calls"]!.AsArray());
    }

    [Fact]
    public async Task A_second_workspace_comes_into_being_with_its_own_token_and_does_not_see_the_first()
    {
        await using var slack = await Emulator.Start();
        await slack.Post("ours");
        var channel = (string)(await slack.Do("channels", new JsonObject { ["team"] = "T2OTHER", ["name"] = "ops" }))["channels"]![0]!;
        var other = (await slack.Get("workspaces"))["workspaces"]!.AsArray().Single(static workspace => (string?)workspace!["team"] == "T2OTHER")!;
        var token = (string)other["botToken"]!;
        Assert.StartsWith("xoxb-", token, StringComparison.Ordinal);

        async Task<JsonNode> Call(string method, params (string, string)[] arguments)
        {
            using var response = await slack.Send(method, arguments, token);
            return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        }
        Assert.Equal("T2OTHER", (string?)(await Call("auth.test"))["team_id"]);
        Assert.True((bool)(await Call("chat.postMessage", ("channel", channel), ("text", "theirs")))["ok"]!);
        Assert.Equal("channel_not_found", (string?)(await Call("conversations.history", ("channel", Emulator.Channel)))["error"]);
        Assert.Equal("channel_not_found", (string?)(await slack.Call("conversations.history", ("channel", channel)))["error"]);
        Assert.Single(await slack.Stored("team=T2OTHER"));
    }
}
