using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using ThreadGrains.SlackEmulator.Interactions;

namespace ThreadGrains.SlackEmulator.Tests;

/// <summary>What Slack sends to an app by itself: events with retries, the handshake, the certificate check, menus, doubled deliveries.</summary>
public sealed class EventTests
{
    private static readonly JsonObject Archived = new() { ["type"] = "channel_archive", ["channel"] = Emulator.Channel, ["user"] = Emulator.User };

    [Fact]
    public async Task An_event_is_signed_json_in_its_envelope_and_is_sent_once_when_it_is_taken()
    {
        await using var slack = await Emulator.Start();
        await using var app = await Connected(slack);
        var id = (string)(await slack.Do("events", new JsonObject { ["team"] = Emulator.Team, ["event"] = Archived.DeepClone() }))["event_id"]!;
        await Emulator.Until(async () => (await Attempts(slack)).Count == 1, "the attempt is written down");

        var (path, headers, body) = Assert.Single(app.Received);
        Assert.Equal("/slack/events", path);
        Assert.Equal("application/json", headers["Content-Type"]);
        Assert.Equal(SlackSignature.Of(Emulator.Secret, headers["X-Slack-Request-Timestamp"], body), headers["X-Slack-Signature"]);
        Assert.DoesNotContain("X-Slack-Retry-Num", headers.Keys);
        var envelope = JsonNode.Parse(body)!;
        Assert.Equal(("event_callback", id, Emulator.Team, "A0TEST"), ((string?)envelope["type"], (string?)envelope["event_id"], (string?)envelope["team_id"], (string?)envelope["api_app_id"]));
        Assert.Equal("channel_archive", (string?)envelope["event"]!["type"]);
        Assert.Equal(Emulator.Team, (string?)envelope["authorizations"]![0]!["team_id"]);
        slack.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Single(app.Received);
    }

    [Fact]
    public async Task A_refused_event_comes_again_at_once_after_a_minute_and_after_five_with_a_fresh_signature_and_then_no_more()
    {
        await using var slack = await Emulator.Start();
        await using var app = await Connected(slack);
        app.Status = 500;
        await slack.Do("events", new JsonObject { ["team"] = Emulator.Team, ["event"] = Archived.DeepClone() });
        await Emulator.Until(() => Task.FromResult(app.Received.Count == 2), "the retry at once");
        await Waiting(slack, 2);
        slack.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(2, app.Received.Count);
        slack.Clock.Advance(TimeSpan.FromSeconds(1));
        await Waiting(slack, 3);
        slack.Clock.Advance(TimeSpan.FromMinutes(5));
        await Waiting(slack, 4);
        slack.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(4, app.Received.Count);
        Assert.Equal(["", "1", "2", "3"], app.Received.Select(request => request.Headers.GetValueOrDefault("X-Slack-Retry-Num", "")));
        Assert.Equal(["", "http_error", "http_error", "http_error"], app.Received.Select(request => request.Headers.GetValueOrDefault("X-Slack-Retry-Reason", "")));
        Assert.Single(app.Received.Select(request => Encoding.UTF8.GetString(request.Body)).Distinct());
        Assert.Equal(3, app.Received.Select(request => request.Headers["X-Slack-Signature"]).Distinct().Count());   // the first two within one second
    }

    [Fact]
    public async Task A_failure_that_asks_for_no_retry_gets_none_and_three_seconds_without_an_answer_are_a_failure()
    {
        await using var slack = await Emulator.Start();
        await using var app = await Connected(slack);
        (app.Status, app.AnswerHeaders["X-Slack-No-Retry"]) = (500, "1");
        await slack.Do("events", new JsonObject { ["team"] = Emulator.Team, ["event"] = Archived.DeepClone() });
        await Waiting(slack, 1);
        Assert.Single(app.Received);

        app.AnswerHeaders.Clear();
        var hold = new TaskCompletionSource();
        (app.Status, app.Hold) = (200, hold.Task);
        await slack.Do("events", new JsonObject { ["team"] = Emulator.Team, ["event"] = Archived.DeepClone() });
        await Emulator.Until(() => Task.FromResult(app.Received.Count == 2), "the event arrives");
        slack.Clock.Advance(TimeSpan.FromSeconds(3));
        hold.SetResult();
        await Waiting(slack, 3);
        Assert.Equal("http_timeout", app.Received[2].Headers["X-Slack-Retry-Reason"]);
    }

    [Fact]
    public async Task Two_redirects_of_an_event_are_followed_and_no_more()
    {
        await using var slack = await Emulator.Start();
        await using var app = await Connected(slack);
        (app.Status, app.AnswerHeaders["Location"]) = (302, "/elsewhere");
        await slack.Do("events", new JsonObject { ["team"] = Emulator.Team, ["event"] = Archived.DeepClone() });
        await Waiting(slack, 1);
        Assert.Equal(["/slack/events", "/elsewhere", "/elsewhere"], app.Received.Take(3).Select(request => request.Path));
        Assert.Equal("too_many_redirects", (string?)(await Attempts(slack))[0]!["reason"]);
    }

    [Fact]
    public async Task The_handshake_is_signed_and_the_certificate_check_is_not()
    {
        await using var slack = await Emulator.Start();
        await using var app = await Connected(slack);
        app.Answer = "abc";
        var answer = await slack.Do("url_verification", new JsonObject { ["challenge"] = "abc" });
        Assert.Equal((200, "abc"), ((int)answer["status"]!, (string?)answer["body"]));
        Assert.Equal("url_verification", (string?)JsonNode.Parse(app.Received[0].Body)!["type"]);
        Assert.Contains("X-Slack-Signature", app.Received[0].Headers.Keys);

        await slack.Do("ssl_check");
        Assert.Equal("/slack/commands", app.Received[1].Path);
        Assert.DoesNotContain("X-Slack-Signature", app.Received[1].Headers.Keys);
        var form = HttpUtility.ParseQueryString(Encoding.ASCII.GetString(app.Received[1].Body));
        Assert.Equal("ssl_check token", string.Join(" ", form.AllKeys));
        Assert.Equal("1", form["ssl_check"]);
    }

    [Fact]
    public async Task Typing_into_a_menu_asks_for_its_options_and_a_doubled_click_is_the_very_same_request_twice()
    {
        await using var slack = await Emulator.Start();
        await using var app = await Connected(slack);
        var ts = await slack.Post("x", more: ("blocks", """
            [{"type":"actions","block_id":"b","elements":[
              {"type":"external_select","action_id":"who","placeholder":{"type":"plain_text","text":"Who"}},
              {"type":"button","action_id":"go","text":{"type":"plain_text","text":"Go"}}]}]
            """));
        app.Answer = """{"options":[]}""";
        await slack.Do("options", new JsonObject { ["team"] = Emulator.Team, ["channel"] = Emulator.Channel, ["ts"] = ts, ["actionId"] = "who", ["value"] = "gra", ["user"] = Emulator.User });
        Assert.Equal("/slack/options", app.Received[0].Path);
        var payload = JsonNode.Parse(HttpUtility.ParseQueryString(Encoding.ASCII.GetString(app.Received[0].Body))["payload"]!)!;
        Assert.Equal(("block_suggestion", "who", "gra"), ((string?)payload["type"], (string?)payload["action_id"], (string?)payload["value"]));
        Assert.Null(payload["response_url"]);

        await slack.Do("click", new JsonObject { ["team"] = Emulator.Team, ["channel"] = Emulator.Channel, ["ts"] = ts, ["actionId"] = "go", ["user"] = Emulator.User, ["copies"] = 2 });
        Assert.Equal(3, app.Received.Count);
        Assert.Equal(app.Received[1].Body, app.Received[2].Body);
        Assert.Equal(app.Received[1].Headers["X-Slack-Signature"], app.Received[2].Headers["X-Slack-Signature"]);
    }

    [Fact]
    public async Task What_happens_is_told_once_the_app_is_subscribed_and_not_before()
    {
        await using var slack = await Emulator.Start();
        await using var app = await Connected(slack);
        await slack.Do($"channels/{Emulator.Channel}/archive");
        await slack.Do($"channels/{Emulator.Channel}/unarchive");
        await slack.Put("app", new JsonObject { ["requestUrl"] = app.Address.ToString(), ["events"] = true });

        await slack.Do($"channels/{Emulator.Channel}/archive");
        await slack.Do($"channels/{Emulator.Channel}/unarchive");
        await slack.Do($"channels/{Emulator.Channel}/kick");
        await slack.Do($"channels/{Emulator.Channel}/invite");
        var parent = await slack.Post("parent", more: ("metadata", """{"event_type":"threadgrains_post","event_payload":{"post":"p1","v":1}}"""));
        var reply = await slack.Post("a reply", parent);
        await slack.Do("say", new JsonObject { ["team"] = Emulator.Team, ["channel"] = Emulator.Channel, ["user"] = Emulator.User, ["text"] = "hello" });
        await slack.Do($"messages/{Emulator.Channel}/{parent}/delete");
        await Waiting(slack, 9);

        var told = app.Received.Select(request => JsonNode.Parse(request.Body)!["event"]!).ToList();
        Assert.Equal(
            ["channel_archive", "channel_unarchive", "member_joined_channel", "member_left_channel", "message", "message", "message", "message", "message_metadata_posted"],
            told.Select(happened => (string)happened["type"]!).Order(StringComparer.Ordinal));
        var posted = told.Single(happened => (string)happened["type"]! == "message_metadata_posted");
        Assert.Equal((parent, "A0TEST", "p1"), ((string)posted["message_ts"]!, (string)posted["app_id"]!, (string)posted["metadata"]!["event_payload"]!["post"]!));
        var replied = told.Single(happened => (string?)happened["ts"] == reply);
        Assert.Equal((parent, "A0TEST", "a reply"), ((string)replied["thread_ts"]!, (string)replied["app_id"]!, (string)replied["text"]!));
        var gone = told.Single(happened => (string?)happened["subtype"] == "message_changed");
        Assert.Equal(("tombstone", parent), ((string)gone["message"]!["subtype"]!, (string)gone["message"]!["ts"]!));
    }

    [Fact]
    public async Task A_redirect_of_the_Web_API_is_a_302_and_nothing_is_stored()
    {
        await using var slack = await Emulator.Start();
        await slack.Faults(Emulator.Rule("redirect"));
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = slack.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/chat.postMessage") { Content = new FormUrlEncodedContent([new("channel", Emulator.Channel), new("text", "x")]) };
        request.Headers.Authorization = new("Bearer", Emulator.Token);
        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Empty(await slack.Stored());
    }

    private static async Task<Receiver> Connected(Emulator slack)
    {
        var app = await Receiver.Start();
        await slack.Put("app", new JsonObject { ["requestUrl"] = app.Address.ToString() });
        return app;
    }

    private static async Task<JsonArray> Attempts(Emulator slack) => (await slack.Get("events"))["deliveries"]!.AsArray();

    /// <summary>So many attempts were made; what follows waits on the emulator's clock.</summary>
    private static Task Waiting(Emulator slack, int attempts) =>
        Emulator.Until(async () => (await Attempts(slack)).Count >= attempts, $"{attempts} attempts");
}
