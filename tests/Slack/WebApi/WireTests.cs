using System.Reflection;
using System.Text.Json;
using System.Web;
using ThreadGrains.Slack.Blocks;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Slack.Tests.WebApi;

/// <summary>What leaves, seen from the other side of the socket.</summary>
public sealed class WireTests
{
    private const string Everything = """
        {"ok":true,"ts":"1503435956.000247","channel":{"id":"C1","is_member":true},"messages":[],"team_id":"T1","user_id":"U1",
         "user":{"id":"U1"},"view":{"id":"V1","hash":"h"},"message_ts":"1.000000"}
        """;

    private static readonly Dictionary<string, (string Method, bool IsJson, Func<SlackClient, Task<object>> Call)> Calls = new()
    {
        ["PostRoot"] = ("chat.postMessage", true, async c => await c.PostRoot(Messages.Token, Messages.Root(), Messages.Window(), default)),
        ["PostReply"] = ("chat.postMessage", true, async c => await c.PostReply(Messages.Token, Messages.Reply(), Messages.Window(), default)),
        ["UpdateMessage"] = ("chat.update", true, async c => await c.UpdateMessage(Messages.Token, Messages.Update(), default)),
        ["DeleteMessage"] = ("chat.delete", true, async c => await c.DeleteMessage(Messages.Token, "C1", Messages.Parent, default)),
        ["PostEphemeral"] = ("chat.postEphemeral", true, async c => await c.PostEphemeral(Messages.Token, new EphemeralMessage { Channel = "C1", User = "U1", Text = "x" }, default)),
        ["PostDirect"] = ("chat.postMessage", true, async c => await c.PostDirect(Messages.Token, new DirectMessage { User = "U1", Text = "x" }, default)),
        ["GetReplies"] = ("conversations.replies", false, async c => await c.GetReplies(Messages.Token, "C1", Messages.Parent, null, null, 15, default)),
        ["GetHistory"] = ("conversations.history", false, async c => await c.GetHistory(Messages.Token, "C1", null, null, false, null, 15, default)),
        ["GetChannel"] = ("conversations.info", false, async c => await c.GetChannel(Messages.Token, "C1", default)),
        ["JoinChannel"] = ("conversations.join", false, async c => await c.JoinChannel(Messages.Token, "C1", default)),
        ["AuthTest"] = ("auth.test", false, async c => await c.AuthTest(Messages.Token, default)),
        ["Introduce"] = ("auth.test", false, async c => (await c.Introduce(Messages.Token, default)).Outcome),
        ["GetUser"] = ("users.info", false, async c => await c.GetUser(Messages.Token, "U1", default)),
        ["OpenView"] = ("views.open", true, async c => await c.OpenView(Messages.Token, new TriggerId("1.2.abc"), """{"type":"modal"}""", default)),
        ["UpdateView"] = ("views.update", true, async c => await c.UpdateView(Messages.Token, "V1", """{"type":"modal"}""", "h", default)),
    };

    public static TheoryData<string> CallNames => new(Calls.Keys);

    [Fact]
    public void Every_method_of_the_client_is_in_the_table() => Assert.Equal(
        typeof(SlackClient).GetMethods(BindingFlags.Public | BindingFlags.Instance)
            .Where(method => typeof(Task).IsAssignableFrom(method.ReturnType))
            .Select(method => method.Name).Distinct().Order(StringComparer.Ordinal),
        Calls.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(CallNames))]
    public async Task Each_method_is_sent_in_the_encoding_that_slack_reads(string name)
    {
        var (method, isJson, call) = Calls[name];
        await using var server = new RawServer(_ => RawAnswer.Json(Everything));
        using var client = server.Client();

        var outcome = await call(client);

        Assert.Contains(outcome.GetType().Name.Split('`')[0], new[] { "Ok", "Posted" });
        var request = Assert.Single(server.Requests);
        Assert.Equal($"POST /api/{method} HTTP/1.1", request.Line);
        Assert.Equal($"Bearer {Messages.Secret}", request.Headers["Authorization"]);
        Assert.Equal(isJson ? "application/json; charset=utf-8" : "application/x-www-form-urlencoded", request.Headers["Content-Type"]);
        Assert.Matches(@"^ThreadGrains/\d+\.\d+\.\d+", request.Headers["User-Agent"]);
        Assert.True(request.Headers.ContainsKey("Content-Length"));
        Assert.DoesNotContain(Messages.Secret, request.Line + request.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(request.Headers.Keys, header => header is "Transfer-Encoding" or "Expect" or "Cookie" or "traceparent" or "Accept-Encoding");
        if (isJson)
        {
            using var body = JsonDocument.Parse(request.Body);
            Assert.False(body.RootElement.TryGetProperty("token", out _));
        }
    }

    [Fact]
    public async Task A_reply_carries_thread_text_blocks_and_both_markers_and_asks_for_no_magic()
    {
        await using var server = new RawServer(_ => RawAnswer.Json(Messages.Posted));
        using var client = server.Client();
        var reply = Messages.Reply("fixed by <@U123>") with { Broadcast = true };

        await client.PostReply(Messages.Token, reply, Messages.Window(), CancellationToken.None);

        Assert.Equal(
            """
            {"channel":"C1","thread_ts":"1503435956.000001","reply_broadcast":true,"text":"fixed by <@U123>",
            "blocks":[{"type":"section","block_id":"tg1:0190b3a0-7c1f-7000-8000-000000000001","text":{"type":"mrkdwn","text":"fixed by <@U123>"}}],
            "metadata":{"event_type":"threadgrains_post","event_payload":{"post":"0190b3a0-7c1f-7000-8000-000000000001","v":1,"delivery":"0190b3a0-7c1f-7000-8000-000000000002"}},
            "parse":"none","link_names":false,"unfurl_links":false,"unfurl_media":false}
            """.ReplaceLineEndings(""),
            Assert.Single(server.Requests).Body);
    }

    [Fact]
    public async Task A_root_has_no_thread_and_an_update_repeats_both_markers()
    {
        await using var server = new RawServer(_ => RawAnswer.Json(Messages.Posted));
        using var client = server.Client();

        await client.PostRoot(Messages.Token, Messages.Root(), Messages.Window(), CancellationToken.None);
        await client.UpdateMessage(Messages.Token, Messages.Update(), Messages.Window(), CancellationToken.None);

        var bodies = server.Requests.Select(request => JsonDocument.Parse(request.Body).RootElement).ToArray();
        Assert.False(bodies[0].TryGetProperty("thread_ts", out _));
        Assert.All(bodies, body => Assert.Equal(Messages.Marker, PostMarker.FromMetadata(body.GetProperty("metadata"))));
        Assert.All(bodies, body => Assert.Equal(Messages.Marker with { Delivery = null }, PostMarker.FromBlockId(body.GetProperty("blocks")[0].GetProperty("block_id").GetString())));
        Assert.Equal("1503435956.000001", bodies[1].GetProperty("ts").GetString());
    }

    [Fact]
    public async Task Without_metadata_the_block_keeps_the_marker_and_without_both_nothing_is_built()
    {
        await using var server = new RawServer(_ => RawAnswer.Json(Messages.Posted));
        using var client = server.Client();

        await client.PostRoot(Messages.Token, Messages.Root() with { OmitMetadata = true }, Messages.Window(), CancellationToken.None);

        using var body = JsonDocument.Parse(Assert.Single(server.Requests).Body);
        Assert.False(body.RootElement.TryGetProperty("metadata", out _));
        Assert.Equal(Messages.Marker with { Delivery = null }, PostMarker.FromMessage(body.RootElement));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => client.PostRoot(Messages.Token, Messages.Root() with { OmitMetadata = true, Blocks = BlockList.Empty }, Messages.Window(), CancellationToken.None));
    }

    [Fact]
    public void A_marker_names_everything_that_a_digest_carries_and_stays_small()
    {
        Guid[] members = [.. Enumerable.Range(0, 50).Select(_ => Guid.CreateVersion7(DateTimeOffset.UnixEpoch))];
        var reply = Messages.Reply() with { Marker = PostMarker.Of(Messages.Marker.Post, members) };
        using var body = JsonDocument.Parse(reply.ToBytes());
        var metadata = body.RootElement.GetProperty("metadata");
        Assert.True(metadata.GetRawText().Length < 1000, metadata.GetRawText());
        var read = PostMarker.FromMessage(body.RootElement)!.Value;
        Assert.Equal(reply.Marker, read);
        Assert.All(members, member => Assert.True(read.Carries(member)));
        Assert.False(read.Carries(Guid.CreateVersion7(DateTimeOffset.UnixEpoch)));
        Assert.False(PostMarker.FromBlockId(read.BlockId)!.Value.Carries(members[0]));
        Assert.Throws<ArgumentException>(() => PostMarker.Of(Messages.Marker.Post, [.. members, members[0]]));
        Assert.Throws<ArgumentException>(() => PostMarker.Of(Messages.Marker.Post, []));
    }

    [Theory]
    [InlineData("short")]
    [InlineData("")]
    [InlineData(null)]
    public void A_company_that_is_not_of_our_form_is_none(string? company)
    {
        using var metadata = JsonDocument.Parse(JsonSerializer.Serialize(new
        {
            event_type = PostMarker.EventType, event_payload = new { post = Messages.Marker.Post, v = 1, delivery = Messages.Marker.Delivery, company },
        }));
        Assert.Equal(Messages.Marker, PostMarker.FromMetadata(metadata.RootElement));
    }

    [Fact]
    public async Task Reads_ask_for_the_metadata_and_give_the_cursor_back_encoded()
    {
        await using var server = new RawServer(_ => RawAnswer.Json("""
            {"ok":true,"has_more":true,"response_metadata":{"next_cursor":"bmV4dA=="},"messages":[
              {"ts":"1503435956.000001","thread_ts":"1503435956.000001","subtype":"tombstone","user":"USLACKBOT","text":"This message was deleted."},
              {"ts":"1503435957.000001","thread_ts":"1503435956.000001","text":"a","bot_id":"B1","app_id":"A1","user":"U1",
               "metadata":{"event_type":"threadgrains_post","event_payload":{"post":"0190b3a0-7c1f-7000-8000-000000000001","v":1,"delivery":"0190b3a0-7c1f-7000-8000-000000000002"}}},
              {"ts":"1503435958.000001","text":"b","metadata":{"event_type":"threadgrains_post"},
               "blocks":[{"type":"section"},{"type":"section","block_id":"tg1:0190b3a0-7c1f-7000-8000-000000000001"}]},
              {"text":"no ts"}]}
            """, 200, "X-OAuth-Scopes: chat:write, channels:history", "x-slack-req-id: r1", "Date: Sat, 01 Aug 2026 12:00:00 GMT"));
        using var client = server.Client();

        var outcome = await client.GetReplies(Messages.Token, "C1", Messages.Parent, SlackTs.Parse("1503435955.500000"), "bmV4dA==", 200, CancellationToken.None);
        await client.GetHistory(Messages.Token, "C1", Messages.Parent, Messages.Parent, true, null, 999, CancellationToken.None);

        var ok = Assert.IsType<CallOutcome<MessagePage>.Ok>(outcome);
        Assert.Equal(["chat:write", "channels:history"], ok.Headers.Scopes);
        Assert.Equal("r1", ok.Headers.RequestId);
        Assert.Equal(new DateTimeOffset(2026, 8, 1, 12, 0, 0, TimeSpan.Zero), ok.Headers.Date);
        Assert.Equal(("bmV4dA==", true, 3), (ok.Value.NextCursor, ok.Value.HasMore, ok.Value.Messages.Count));
        Assert.True(ok.Value.Messages[0].IsTombstone);
        Assert.Null(ok.Value.Messages[0].Marker);
        Assert.Equal((Messages.Marker, "B1", "A1", "U1"), (ok.Value.Messages[1].Marker!.Value, ok.Value.Messages[1].BotId, ok.Value.Messages[1].AppId, ok.Value.Messages[1].User));
        Assert.Equal(Messages.Marker with { Delivery = null }, ok.Value.Messages[2].Marker);

        var requests = server.Requests.Select(request => request.Body).ToArray();
        Assert.Equal("channel=C1&ts=1503435956.000001&oldest=1503435955.500000&limit=200&include_all_metadata=true&cursor=bmV4dA%3D%3D", requests[0]);
        Assert.Equal("true", HttpUtility.ParseQueryString(requests[1])["inclusive"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task The_base_address_may_end_in_a_slash_or_not(string end)
    {
        await using var server = new RawServer(_ => RawAnswer.Json(Everything));
        using var client = new SlackClient(Messages.Patient(new Uri(server.Api.AbsoluteUri.TrimEnd('/') + end)), TimeProvider.System);

        await client.AuthTest(Messages.Token, CancellationToken.None);

        Assert.Equal("POST /api/auth.test HTTP/1.1", Assert.Single(server.Requests).Line);
    }

    [Theory]
    [InlineData("ftp://slack.com/api/")]
    [InlineData("https://user@slack.com/api/")]
    [InlineData("https://slack.com/api/?x=1")]
    [InlineData("/api/")]
    public void A_base_address_that_is_none_stops_the_start(string address) =>
        Assert.Throws<ArgumentException>(() => new SlackClient(new SlackClientOptions { ApiUrl = new Uri(address, UriKind.RelativeOrAbsolute) }, TimeProvider.System));

    [Fact]
    public async Task Deleting_what_is_gone_has_succeeded()
    {
        await using var server = new RawServer(_ => RawAnswer.Json("""{"ok":false,"error":"message_not_found"}"""));
        using var client = server.Client();

        var deleted = Assert.IsType<CallOutcome<DeletedMessage>.Ok>(await client.DeleteMessage(Messages.Token, "C1", Messages.Parent, CancellationToken.None));
        var updated = await client.UpdateMessage(Messages.Token, Messages.Update(), CancellationToken.None);

        Assert.Equal(new DeletedMessage("C1", Messages.Parent, WasThere: false), deleted.Value);
        Assert.Equal(new CallOutcome<UpdatedMessage>.Refused(RefusalScope.Message, "message_not_found"), updated);
    }

    [Fact]
    public void A_message_that_cannot_be_right_is_not_built()
    {
        Assert.Throws<ArgumentException>(() => Messages.Reply() with { ThreadTs = default });
        Assert.Throws<ArgumentException>(() => Messages.Root() with { Channel = "#general" });
        Assert.Throws<ArgumentException>(() => Messages.Root() with { Text = "" });
        Assert.Throws<ArgumentException>(() => Messages.Root() with { Text = new string('x', 40_001) });
        Assert.Throws<ArgumentException>(() => Messages.Update() with { Text = new string('x', 4_001) });
        Assert.Throws<ArgumentException>(() => Messages.Root() with { Blocks = [new Divider { BlockId = "mine" }] });
    }

    [Fact]
    public async Task Text_that_is_no_unicode_is_sent_as_something_that_is()
    {
        await using var server = new RawServer(_ => RawAnswer.Json(Messages.Posted));
        using var client = server.Client();

        await client.PostRoot(Messages.Token, Messages.Root("half \ud83d a pair, and é ✓ 😀"), Messages.Window(), CancellationToken.None);

        using var body = JsonDocument.Parse(Assert.Single(server.Requests).Body);
        Assert.Equal("half \ufffd a pair, and é ✓ 😀", body.RootElement.GetProperty("text").GetString());
    }
}
