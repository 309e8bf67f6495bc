using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using ThreadGrains.SlackEmulator.Interactions;

namespace ThreadGrains.SlackEmulator.Tests;

public sealed class InteractionTests
{
    private const string Buttons = """
        [{"type":"section","block_id":"tg1:p1","text":{"type":"mrkdwn","text":"An issue"}},
         {"type":"actions","block_id":"b","elements":[
           {"type":"button","action_id":"tg.resolve","text":{"type":"plain_text","text":"Resolve"},"value":"g1","style":"primary"},
           {"type":"static_select","action_id":"pick","options":[{"text":{"type":"plain_text","text":"One"},"value":"1"},{"text":{"type":"plain_text","text":"Two"},"value":"2"}]}]}]
        """;

    /// <summary>Slack's own published example ("Verifying requests from Slack").</summary>
    [Fact]
    public void The_signature_is_the_one_that_Slack_publishes()
    {
        var body = Encoding.ASCII.GetBytes("token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c");
        Assert.Equal("v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503", SlackSignature.Of(Emulator.Secret, "1531420618", body));
    }

    [Fact]
    public async Task A_click_is_one_signed_form_with_Slacks_headers_and_says_what_was_clicked_where_and_by_whom()
    {
        await using var world = await World.Start();
        var answer = await world.Click("tg.resolve");
        Assert.Equal(200, (int)answer["status"]!);

        var (path, headers, body) = Assert.Single(world.App.Received);
        Assert.Equal("/slack/actions", path);
        Assert.Equal("application/x-www-form-urlencoded", headers["Content-Type"]);
        Assert.Equal("Slackbot 1.0 (+https://api.slack.com/robots)", headers["User-Agent"]);
        Assert.Equal("application/json,*/*", headers["Accept"]);
        var timestamp = headers["X-Slack-Request-Timestamp"];
        Assert.Equal(Emulator.Number(world.Slack.Clock.GetUtcNow().ToUnixTimeSeconds()), timestamp);
        Assert.Equal(SlackSignature.Of(Emulator.Secret, timestamp, body), headers["X-Slack-Signature"]);

        var payload = world.Payload();
        Assert.Equal("block_actions", (string?)payload["type"]);
        Assert.Equal("A0TEST", (string?)payload["api_app_id"]);
        Assert.Equal(Emulator.Team, (string?)payload["team"]!["id"]);
        Assert.Equal(Emulator.User, (string?)payload["user"]!["id"]);
        Assert.Equal(Emulator.Channel, (string?)payload["channel"]!["id"]);
        Assert.Equal(world.Ts, (string?)payload["container"]!["message_ts"]);
        Assert.Equal("tg1:p1", (string?)payload["message"]!["blocks"]![0]!["block_id"]);
        Assert.Null(payload["message"]!["thread_ts"]);
        Assert.Matches(@"^\d+\.\d+\.[0-9a-f]+$", (string)payload["trigger_id"]!);
        var action = Assert.Single(payload["actions"]!.AsArray())!;
        Assert.Equal("tg.resolve", (string?)action["action_id"]);
        Assert.Equal("b", (string?)action["block_id"]);
        Assert.Equal("g1", (string?)action["value"]);
        Assert.Equal("button", (string?)action["type"]);
        Assert.Matches(@"^\d+\.\d{6}$", (string)action["action_ts"]!);
    }

    [Fact]
    public async Task Two_clicks_have_two_action_ts_and_two_triggers()
    {
        await using var world = await World.Start();
        await world.Click("tg.resolve");
        await world.Click("tg.resolve");
        Assert.NotEqual((string?)world.Payload(0)["actions"]![0]!["action_ts"], (string?)world.Payload(1)["actions"]![0]!["action_ts"]);
        Assert.NotEqual((string?)world.Payload(0)["trigger_id"], (string?)world.Payload(1)["trigger_id"]);
    }

    [Fact]
    public async Task A_click_in_a_thread_names_it_and_a_click_on_a_parent_too_once_it_is_one()
    {
        await using var world = await World.Start();
        var reply = await world.Slack.Post("reply", world.Ts, more: ("blocks", Buttons));
        await world.Click("tg.resolve", reply);
        Assert.Equal(world.Ts, (string?)world.Payload()["container"]!["thread_ts"]);
        Assert.Equal(world.Ts, (string?)world.Payload()["message"]!["thread_ts"]);
        await world.Click("tg.resolve");
        Assert.Equal(world.Ts, (string?)world.Payload()["message"]!["thread_ts"]);
    }

    [Fact]
    public async Task What_is_chosen_in_a_menu_is_an_option_of_it()
    {
        await using var world = await World.Start();
        await world.Click("pick", value: "2");
        Assert.Equal("Two", (string?)world.Payload()["actions"]![0]!["selected_option"]!["text"]!["text"]);
        Assert.Equal(HttpStatusCode.BadRequest, (await world.TryClick("pick", value: "3")).Status);
    }

    [Theory]
    [InlineData("tg.nothing", null, Emulator.User, HttpStatusCode.BadRequest, "tg.resolve, pick")]
    [InlineData("tg.resolve", "1503435956.000247", Emulator.User, HttpStatusCode.NotFound, "1503435956.000247")]
    [InlineData("tg.resolve", null, "robin", HttpStatusCode.BadRequest, "robin")]
    public async Task A_click_on_what_is_not_there_is_refused_with_the_reason_and_nothing_is_sent(string action, string? ts, string user, HttpStatusCode status, string named)
    {
        await using var world = await World.Start();
        var (actual, answer) = await world.TryClick(action, ts, user: user);
        Assert.Equal(status, actual);
        Assert.Contains(named, (string?)answer!["error"], StringComparison.Ordinal);
        Assert.Empty(world.App.Received);
    }

    [Fact]
    public async Task The_apps_answer_is_given_back_and_an_error_or_redirect_is_not_tried_again()
    {
        await using var world = await World.Start();
        (world.App.Status, world.App.Answer) = (503, "later");
        var answer = await world.Click("tg.resolve");
        Assert.Equal((503, "later"), ((int)answer["status"]!, (string?)answer["body"]));
        world.App.Status = 302;
        Assert.Equal(302, (int)(await world.Click("tg.resolve"))["status"]!);
        Assert.Equal(2, world.App.Received.Count);
    }

    [Fact]
    public async Task After_three_seconds_without_an_answer_the_click_has_failed()
    {
        await using var world = await World.Start();
        var hold = new TaskCompletionSource();
        world.App.Hold = hold.Task;
        var click = world.Click("tg.resolve");
        await Emulator.Until(() => Task.FromResult(world.App.Received.Count == 1), "the click arrives");
        Assert.False(click.IsCompleted);
        world.Slack.Clock.Advance(TimeSpan.FromSeconds(3));
        var answer = await click;
        Assert.Equal((0, "http_timeout"), ((int)answer["status"]!, (string?)answer["error"]));
        Assert.Single(world.App.Received);
        hold.SetResult();
    }

    [Fact]
    public async Task Without_a_receiver_the_click_says_so()
    {
        await using var slack = await Emulator.Start();
        var ts = await slack.Post("x", more: ("blocks", Buttons));
        var click = new JsonObject { ["team"] = Emulator.Team, ["channel"] = Emulator.Channel, ["ts"] = ts, ["actionId"] = "tg.resolve", ["user"] = Emulator.User };
        Assert.Equal(HttpStatusCode.Conflict, (await slack.Try(HttpMethod.Post, "click", click)).Status);
        await slack.Put("app", new JsonObject { ["requestUrl"] = "http://127.0.0.1:9" });
        Assert.Equal("connection_failed", (string?)(await slack.Do("click", click.DeepClone()))["error"]);
        Assert.Equal(HttpStatusCode.BadRequest, (await slack.Try(HttpMethod.Put, "app", new JsonObject { ["requestUrl"] = "ftp://x" })).Status);
    }

    [Fact]
    public async Task A_response_url_answers_one_person_replaces_publishes_or_deletes_five_times_in_all()
    {
        await using var world = await World.Start();
        await world.Click("tg.resolve");
        async Task<(HttpStatusCode, string)> Respond(string json)
        {
            using var response = await world.Slack.Http.PostAsync((string)world.Payload()["response_url"]!, new StringContent(json, Encoding.UTF8, "application/json"));
            return (response.StatusCode, await response.Content.ReadAsStringAsync());
        }

        Assert.Equal((HttpStatusCode.OK, "ok"), await Respond("""{"text":"done by you"}"""));
        Assert.Equal("done by you", (string?)Assert.Single((await world.Slack.Get("ephemerals?user=" + Emulator.User))["ephemerals"]!.AsArray())!["text"]);
        Assert.Equal((HttpStatusCode.OK, "ok"), await Respond("""{"replace_original":"true","text":"replaced"}"""));
        Assert.Equal("replaced", (string?)(await world.Slack.Stored())[0]!["text"]);
        Assert.Equal((HttpStatusCode.OK, "ok"), await Respond($$"""{"response_type":"in_channel","replace_original":false,"thread_ts":"{{world.Ts}}","text":"to all"}"""));
        Assert.Equal("to all", (string?)Assert.Single(await world.Slack.Stored($"channel={Emulator.Channel}&thread_ts={world.Ts}"))!["text"]);
        Assert.Equal((HttpStatusCode.OK, "ok"), await Respond($$"""{"response_type":"in_channel","thread_ts":"{{world.Ts}}","text":"overwritten"}"""));
        Assert.Equal("overwritten", (string?)(await world.Slack.Stored())[0]!["text"]);
        Assert.Equal((HttpStatusCode.OK, "ok"), await Respond("""{"delete_original":true}"""));
        Assert.True((bool)(await world.Slack.Stored())[0]!["deleted"]!);

        var (status, body) = await Respond("""{"text":"a sixth time"}""");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("used_url", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_response_url_lives_for_thirty_minutes()
    {
        await using var world = await World.Start();
        await world.Click("tg.resolve");
        async Task<HttpStatusCode> Respond()
        {
            using var response = await world.Slack.Http.PostAsync((string)world.Payload()["response_url"]!, new StringContent("""{"text":"x"}""", Encoding.UTF8, "application/json"));
            return response.StatusCode;
        }
        world.Slack.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(HttpStatusCode.OK, await Respond());
        world.Slack.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.NotFound, await Respond());
    }

    private sealed class World(Emulator slack, Receiver app, string ts) : IAsyncDisposable
    {
        public Emulator Slack => slack;
        public Receiver App => app;
        public string Ts => ts;

        public static async Task<World> Start()
        {
            var slack = await Emulator.Start();
            var app = await Receiver.Start();
            await slack.Put("app", new JsonObject { ["requestUrl"] = app.Address.ToString() });
            return new World(slack, app, await slack.Post("An issue", more: ("blocks", Buttons)));
        }

        public JsonNode Payload(int? number = null) =>
            JsonNode.Parse(HttpUtility.ParseQueryString(Encoding.ASCII.GetString(App.Received[number ?? App.Received.Count - 1].Body))["payload"]!)!;

        public async Task<JsonNode> Click(string action, string? at = null, string? value = null)
        {
            var (status, answer) = await TryClick(action, at, value);
            Assert.True(status == HttpStatusCode.OK, answer?.ToJsonString());
            return answer!;
        }

        public Task<(HttpStatusCode Status, JsonNode? Body)> TryClick(string action, string? at = null, string? value = null, string user = Emulator.User)
        {
            var click = new JsonObject { ["team"] = Emulator.Team, ["channel"] = Emulator.Channel, ["ts"] = at ?? ts, ["actionId"] = action, ["user"] = user };
            if (value is not null) click["value"] = value;
            return Slack.Try(HttpMethod.Post, "click", click);
        }

        public async ValueTask DisposeAsync()
        {
            await Slack.DisposeAsync();
            await App.DisposeAsync();
        }
    }
}
