using System.Net;
using System.Text;

namespace ThreadGrains.WebhookGateway.Tests.Requests;

/// <summary>Whatever is wrong with a request: a status, a body that says what to mend, and no grain was asked to do anything.</summary>
public sealed class Bad_input : IAsyncLifetime
{
    private const string Actor = """ "actor": {"type": "user", "name": "Ada"} """;
    private const string Issue = """ "issue": {"title": "It broke"} """;

    private World _world = null!;

    public async Task InitializeAsync() => _world = await World.Start();

    public async Task DisposeAsync()
    {
        Assert.DoesNotContain(_world.Script.Calls, call => call.Method is not "GetAccess");
        await _world.DisposeAsync();
    }

    [Theory]
    [InlineData("""{"id": "a", "group": "g", "type": "note", "actor": {"type": "user"}, "data": {"text": "x"}, "extra": 1}""", "extra")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved", "actor": {"type": "user", "nick": "x"}}""", "actor.nick")]
    [InlineData("""{"id": 7, "group": "g", "type": "resolved", "actor": {"type": "user"}}""", "id")]
    [InlineData("""{"id": "a", "group": ["g"], "type": "resolved", "actor": {"type": "user"}}""", "group")]
    [InlineData("""{"id": "a", "group": "g", "type": true, "actor": {"type": "user"}}""", "type")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved", "actor": "Ada"}""", "actor")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved", "actor": {"type": "robot"}}""", "actor.type")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved", "actor": {"name": "Ada"}}""", "actor.type")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved"}""", "actor")]
    [InlineData("""{"id": null, "group": "g", "type": "resolved", "actor": {"type": "user"}}""", "id")]
    [InlineData("""{"group": "g", "type": "resolved", "actor": {"type": "user"}}""", "id")]
    [InlineData("""{"id": "", "group": "g", "type": "resolved", "actor": {"type": "user"}}""", "id")]
    [InlineData("""{"id": "a b", "group": "g", "type": "resolved", "actor": {"type": "user"}}""", "id")]
    [InlineData("""{"id": "a/b", "group": "g", "type": "resolved", "actor": {"type": "user"}}""", "id")]
    [InlineData("""{"id": "ä", "group": "g", "type": "resolved", "actor": {"type": "user"}}""", "id")]
    [InlineData("""{"id": "a", "group": "g\u0000", "type": "resolved", "actor": {"type": "user"}}""", "group")]
    [InlineData("""{"id": "a", "group": "x/y", "type": "resolved", "actor": {"type": "user"}}""", "group")]
    [InlineData("""{"id": "a", "group": ".", "type": "resolved", "actor": {"type": "user"}}""", "group")]
    [InlineData("""{"id": "a", "group": "..", "type": "resolved", "actor": {"type": "user"}}""", "group")]
    [InlineData("""{"id": "a", "group": "g", "type": "Resolved!", "actor": {"type": "user"}}""", "type")]
    [InlineData("""{"id": "a", "id": "b", "group": "g", "type": "resolved", "actor": {"type": "user"}}""", "id")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved", "actor": {"type": "user", "type": "user"}}""", "actor.type")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved", "actor": {"type": "user", "t\u0079pe": "user"}}""", "actor.type")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved", "actor": {"type": "user"}, "data": {"x": [{"y": 1, "y": 2}]}}""", "data.x[0].y")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved", "actor": {"type": "user", "name": "A\u0000"}}""", "actor.name")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved", "actor": {"type": "user", "name": "\ud800"}}""", "actor.name")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved", "actor": {"type": "user", "name": "\udc00\ud800"}}""", "actor.name")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved", "actor": {"type": "user"}, "data": {"x": ["ok", "\ud83d"]}}""", "data.x[1]")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved", "actor": {"type": "user"}, "data": {"\ud83d": 1}}""", "data")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved", "actor": {"type": "user"}, "data": {"a\u0000": 1}}""", "data")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved", "actor": {"type": "user"}, "data": []}""", "data")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved", "actor": {"type": "user"}, "data": "x"}""", "data")]
    [InlineData("""{"id": "a", "group": "g", "type": "note", "actor": {"type": "user"}}""", "data.text")]
    [InlineData("""{"id": "a", "group": "g", "type": "note", "actor": {"type": "user"}, "data": {"text": 5}}""", "data.text")]
    [InlineData("""{"id": "a", "group": "g", "type": "assigned", "actor": {"type": "user"}, "data": {"assignee": "x", "assigneeType": "dog"}}""", "data.assigneeType")]
    [InlineData("""{"id": "a", "group": "g", "type": "assigned", "actor": {"type": "user"}, "data": {"assignee": " ", "assigneeType": "user"}}""", "data.assignee")]
    [InlineData("""{"id": "a", "group": "g", "type": "note", "actor": {"type": "user"}, "data": {"text": ""}}""", "data.text")]
    [InlineData("""{"id": "a", "group": "g", "type": "note", "actor": {"type": "user"}, "data": {"text": " \n\t "}}""", "data.text")]
    [InlineData("""{"id": "a", "group": "g", "type": "note", "actor": {"type": "user"}, "data": {"text": "\u200b\r\n\u2060\ufe0f\u3164"}}""", "data.text")]
    [InlineData("""{"id": "a", "group": "g", "type": "archived", "actor": {"type": "user"}, "data": {"until": "tomorrow"}}""", "data.until")]
    [InlineData("""{"id": "a", "group": "g", "type": "archived", "actor": {"type": "user"}, "data": {"until": "2027-01-31"}}""", "data.until")]
    [InlineData("""{"id": "a", "group": "g", "type": "archived", "actor": {"type": "user"}, "data": {"until": ""}}""", "data.until")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved", "actor": {"type": "user"}, "occurredAt": 1700000000}""", "occurredAt")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved", "actor": {"type": "user"}, "occurredAt": "2026-11-23"}""", "occurredAt")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved", "actor": {"type": "user"}, "occurredAt": "2026-11-23T09:30:00"}""", "occurredAt")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved", "actor": {"type": "user"}, "occurredAt": "2026-02-30T09:30:00Z"}""", "occurredAt")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved", "actor": {"type": "user"}, "occurredAt": "11/23/2026 09:30"}""", "occurredAt")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved", "actor": {"type": "user"}} {}""", "")]
    [InlineData("""{"id": "a", "group": "g", "type": "resolved", "actor": {"type": "user"},}""", "actor")]
    [InlineData("""{"id": "a", /* hello */ "group": "g", "type": "resolved", "actor": {"type": "user"}}""", "id")]
    [InlineData("""{"id": "a" """, "id")]
    [InlineData("""{id: "a"}""", "")]
    [InlineData("not json", "")]
    [InlineData("", "")]
    [InlineData("[]", "")]
    [InlineData("\"text\"", "")]
    [InlineData("null", "")]
    public async Task An_activity_that_is_wrong_is_answered_400_naming_the_field(string json, string field) =>
        (await _world.Post("/v1/activities", json)).Invalid(field);

    [Theory]
    [InlineData("""{"id": "a", "group": ".", "issue": {"title": "x"}}""", "group")]
    [InlineData("""{"id": "a", "group": "..", "issue": {"title": "x"}}""", "group")]
    [InlineData("""{"id": "a", "group": "g"}""", "issue")]
    [InlineData("""{"id": "a", "group": "g", "issue": {}}""", "issue.title")]
    [InlineData("""{"id": "a", "group": "g", "issue": {"title": null}}""", "issue.title")]
    [InlineData("""{"id": "a", "group": "g", "issue": {"title": "x", "url": "javascript:alert(1)"}}""", "issue.url")]
    [InlineData("""{"id": "a", "group": "g", "issue": {"title": "x", "tags": {"n": 5}}}""", "issue.tags.n")]
    [InlineData("""{"id": "a", "group": "g", "issue": {"title": "x", "tags": ["n"]}}""", "issue.tags")]
    [InlineData("""{"id": "a", "group": "g", "issue": {"title": "x", "colour": "red"}}""", "issue.colour")]
    [InlineData("""{"id": "a", "group": "g", "issue": {"title": "x"}, "rule": "a b"}""", "rule")]
    [InlineData("""{"id": "a", "group": "g", "issue": {"title": "x"}, "openPeriod": ""}""", "openPeriod")]
    [InlineData("""{"id": "a", "group": "g", "issue": {"title": "x"}, "channels": []}""", "channels")]
    [InlineData("""{"id": "a", "group": "g", "issue": {"title": "x"}, "channels": {"workspace": "T1", "channel": "C1"}}""", "channels")]
    [InlineData("""{"id": "a", "group": "g", "issue": {"title": "x"}, "channels": ["C1"]}""", "channels[0]")]
    [InlineData("""{"id": "a", "group": "g", "issue": {"title": "x"}, "channels": [{"workspace": "T1"}]}""", "channels[0].channel")]
    [InlineData("""{"id": "a", "group": "g", "issue": {"title": "x"}, "channels": [{"workspace": "T1", "channel": "#general"}]}""", "channels[0].channel")]
    [InlineData("""{"id": "a", "group": "g", "issue": {"title": "x"}, "channels": [{"workspace": "T1", "channel": "C1", "name": "n"}]}""", "channels[0].name")]
    public async Task An_alert_that_is_wrong_is_answered_400_naming_the_field(string json, string field) =>
        (await _world.Post("/v1/alerts", json)).Invalid(field);

    [Fact]
    public async Task All_that_is_wrong_is_said_at_once()
    {
        var answer = await _world.Post("/v1/activities", """{"id": 1, "group": 2, "type": 3, "actor": 4, "occurredAt": "x", "more": 5}""");

        Assert.Equal(["actor", "id", "group", "type", "occurredAt", "more"], answer.Problem(400, "invalid_request").GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_are_answered_400()
    {
        byte[] body = [.. "{\"id\": \"a\", \"group\": \"g\", \"type\": \"note\","u8, .. Encoding.ASCII.GetBytes(Actor), .. ", \"data\": {\"text\": \""u8, 0xED, 0xA0, 0x80, .. "\"}}"u8];

        Assert.Contains("UTF-8", (await _world.Send(HttpMethod.Post, "/v1/activities", body)).Invalid(""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_raw_U0000_is_answered_400()
    {
        byte[] body = [.. "{\"id\": \"a\0\"}"u8];

        (await _world.Send(HttpMethod.Post, "/v1/activities", body)).Problem(400, "invalid_request");
    }

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public async Task JSON_is_read_down_to_32_levels(int levels, bool isRead)
    {
        // The body is one level, data the second.
        string nested = new string('[', levels - 2) + new string(']', levels - 2);
        var answer = await _world.Post("/v1/activities", $$$"""{"id": "a b", "group": "g", "type": "resolved", {{{Actor}}}, "data": {"x": {{{nested}}}}}""");

        if (isRead)
        {
            answer.Invalid("id");
        }
        else
        {
            Assert.Contains("32", answer.Problem(400, "invalid_request").GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=iso-8859-1")]
    [InlineData("application/json, text/plain")]
    [InlineData(null)]
    public async Task Another_media_type_is_answered_415(string? mediaType) =>
        (await _world.Post("/v1/activities", "{}", mediaType)).Problem(415, "unsupported_media_type");

    [Fact]
    public async Task A_compressed_body_is_answered_415() =>
        (await _world.Send(HttpMethod.Post, "/v1/activities", [1, 2, 3], change: request => request.Content!.Headers.ContentEncoding.Add("gzip")))
            .Problem(415, "unsupported_media_type");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_64_KiB_is_answered_413_whether_or_not_it_says_its_length(bool isChunked)
    {
        byte[] body = Encoding.UTF8.GetBytes($$"""{"id": "a", "group": "g", {{Issue}}, "more": "{{new string('x', 64 * 1024)}}"}""");

        var answer = await _world.Send(HttpMethod.Post, "/v1/alerts", body, change: request =>
        {
            request.Headers.TransferEncodingChunked = isChunked;
            request.Content!.Headers.ContentLength = isChunked ? null : body.Length;
        });

        Assert.Contains("65536", answer.Problem(413, "too_large").GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_of_exactly_64_KiB_is_read()
    {
        const int limit = 64 * 1024;
        string json = """{"id": "a b"}""";

        (await _world.Post("/v1/alerts", json + new string(' ', limit - json.Length))).Invalid("issue");
    }

    [Theory]
    [InlineData("GET", "/v1/nothing", 404, "not_found")]
    [InlineData("GET", "/nothing", 404, "not_found")]
    [InlineData("GET", "/v1/activities", 405, "method_not_allowed")]
    [InlineData("DELETE", "/v1/groups/g", 405, "method_not_allowed")]
    [InlineData("PATCH", "/v1/alerts", 405, "method_not_allowed")]
    public async Task Unknown_addresses_and_methods_are_problems_too(string method, string path, int status, string reason) =>
        (await _world.Send(new HttpMethod(method), path)).Problem(status, reason);

    [Theory]
    [InlineData("/v1/groups/a%2Fb")]
    [InlineData("/v1/groups/a%00b")]
    [InlineData("/v1/groups/%F0%9F%92%A9")]
    [InlineData("/v1/groups/a%20b/deliveries")]
    public async Task A_group_of_strange_characters_is_answered_400(string path)
    {
        var answer = await _world.Get(path);

        // Kestrel itself refuses %00 before anything of ours sees it.
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        if (!path.Contains("%00", StringComparison.Ordinal))
        {
            answer.Invalid("group");
        }
    }

    [Fact]
    public async Task A_group_of_201_characters_is_answered_400() => (await _world.Get($"/v1/groups/{new string('g', 201)}")).Invalid("group");

    [Theory]
    [InlineData("colour=red", "colour")]
    [InlineData("state=lost", "state")]
    [InlineData("state=dead&state=sent", "state")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=501", "limit")]
    [InlineData("limit=+5", "limit")]
    [InlineData("reason=%00", "reason")]
    [InlineData("channel=general", "channel")]
    [InlineData("workspace=%F0%9F%92%A9", "workspace")]
    [InlineData("cursor=%27%20or%201=1", "cursor")]
    public async Task A_filter_that_is_wrong_is_answered_400(string query, string field) => (await _world.Get($"/v1/deliveries?{query}")).Invalid(field);
}
