using System.Globalization;
using System.Text;
using ThreadGrains.Groups;
using ThreadGrains.Workspaces;

namespace ThreadGrains.WebhookGateway.Tests.Slack;

/// <summary>
/// One request URL for everything: whatever Slack signed is taken for what it is at either address, and what cannot be taken is
/// refused. Never is something answered 200 that had no effect because it came to the other address.
/// </summary>
public sealed class Either_address : IAsyncLifetime
{
    private const string Json = "application/json";

    private World _world = null!;

    private Script Script => _world.Script;

    public async Task InitializeAsync()
    {
        _world = await World.Start();
        Script.GroupOfMessage[$"{Script.Workspace}/C1234/1503435956.000247"] = "g-1";
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    public static TheoryData<string> Addresses =>
    [
        "/slack/actions", "/slack/events", "/slack/actions/", "/slack/events/", "//slack/actions", "//slack/events", "/slack//actions", "///slack//events//", "/Slack/Actions",
    ];

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task A_click_acts(string path)
    {
        Empty(200, await Click(path));
        Assert.Single(Script.Asked<Click>("Click"));
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task An_event_has_its_effect(string path)
    {
        Empty(200, await Event(path));
        Assert.Equal(new SlackHappening.Uninstalled(), Assert.Single(Script.Asked<SlackEvent>("Take")).Happening);
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task The_handshake_is_answered(string path) =>
        Assert.Equal("abc", (await SlackRequest.Send(_world, [.. """{"type":"url_verification","challenge":"abc"}"""u8], Json, path: path)).Json.GetProperty("challenge").GetString());

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task What_is_not_authentic_is_refused(string path)
    {
        Empty(401, await Click(path, secret: "another"));
        Empty(401, await Event(path, secret: "another"));
        Assert.Empty(Script.Calls);
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task What_cannot_be_taken_is_answered_400_and_logged_with_the_reason(string path)
    {
        string click = SlackRequest.Click(Script.Workspace);
        (string Body, string MediaType, string Reason)[] refused =
        [
            (click, Json, "not_a_form"),
            (click, "text/plain", "neither_form_nor_json"),
            (EventJson, SlackRequest.Form, "no_payload"),
            ("token=t&team_id=T1&channel_id=C1&user_id=U1&command=%2Fresolve&text=&api_app_id=A1&trigger_id=1.2.a", SlackRequest.Form, "slash_command"),
        ];
        foreach (var (body, mediaType, reason) in refused)
        {
            Empty(400, await SlackRequest.Send(_world, Encoding.UTF8.GetBytes(body), mediaType, path: path));
            Assert.Contains($"({reason})", _world.Log.Text, StringComparison.Ordinal);
        }

        Assert.Empty(Script.Calls);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded; charset=utf8", "application/json; charset=utf8")]
    [InlineData("APPLICATION/X-WWW-FORM-URLENCODED", "APPLICATION/JSON;charset=\"UTF-8\"")]
    public async Task Charset_and_case_of_a_media_type_do_not_matter(string form, string json)
    {
        Empty(200, await SlackRequest.Send(_world, SlackRequest.Payload(SlackRequest.Click(Script.Workspace)), form));
        Empty(200, await SlackRequest.Event(_world, EventJson, json));
        Assert.Single(Script.Asked<Click>("Click"));
        Assert.Single(Script.Asked<SlackEvent>("Take"));
    }

    [Fact]
    public async Task A_byte_order_mark_is_part_of_what_was_signed_and_of_nothing_that_is_read()
    {
        byte[] mark = [0xEF, 0xBB, 0xBF];
        byte[] body = [.. mark, .. Encoding.UTF8.GetBytes(EventJson)];
        Empty(200, await SlackRequest.Send(_world, body, Json, path: "/slack/events"));
        Empty(200, await SlackRequest.Send(_world, [.. mark, .. Encoding.UTF8.GetBytes(SlackRequest.Payload(SlackRequest.Click(Script.Workspace)))]));
        Assert.Single(Script.Asked<SlackEvent>("Take"));
        Assert.Single(Script.Asked<Click>("Click"));

        // Signed without the mark that somebody added on the way: no longer what Slack signed.
        string now = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        Empty(401, await SlackRequest.Send(_world, body, Json, path: "/slack/events", change: request =>
        {
            request.Headers.Remove("X-Slack-Request-Timestamp");
            request.Headers.Remove("X-Slack-Signature");
            request.Headers.Add("X-Slack-Request-Timestamp", now);
            request.Headers.Add("X-Slack-Signature", SlackRequest.Sign(World.SigningSecret, now, body[3..]));
        }));
    }

    [Theory]
    [InlineData("utf-16", "UTF-16")]
    [InlineData("utf-32BE", "UTF-32")]
    public async Task Another_encodings_byte_order_mark_is_answered_400_and_logged(string encoding, string name)
    {
        var other = Encoding.GetEncoding(encoding);
        Empty(400, await SlackRequest.Send(_world, [.. other.GetPreamble(), .. other.GetBytes(EventJson)], Json, path: "/slack/events"));
        Assert.Contains($"({name})", _world.Log.Text, StringComparison.Ordinal);
    }

    private string EventJson => $$$"""
        {"token":"legacy-token","team_id":"{{{Script.Workspace}}}","api_app_id":"A1","type":"event_callback","event_id":"Ev1","event_time":1700000000,"event":{"type":"app_uninstalled"}}
        """;

    private Task<Answer> Click(string path, string secret = World.SigningSecret) =>
        SlackRequest.Send(_world, Encoding.UTF8.GetBytes(SlackRequest.Payload(SlackRequest.Click(Script.Workspace))), path: path, secret: secret);

    private Task<Answer> Event(string path, string secret = World.SigningSecret) =>
        SlackRequest.Send(_world, Encoding.UTF8.GetBytes(EventJson), Json, path: path, secret: secret);

    private static void Empty(int status, Answer answer) => Assert.Equal((status, ""), ((int)answer.Status, answer.Body));
}
