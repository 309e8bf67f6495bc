using System.Reflection;
using System.Text.Json.Nodes;
using ThreadGrains.Workspaces;

namespace ThreadGrains.WebhookGateway.Tests.Slack;

public sealed class Events : IAsyncLifetime
{
    private const string Post = "0199f2a1-6f50-7c3e-9a51-0c8f2b7e4d10";
    private static readonly DateTimeOffset Moment = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);

    private World _world = null!;

    private Script Script => _world.Script;

    public async Task InitializeAsync() => _world = await World.Start();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    public static TheoryData<string, SlackHappening?> Kinds => new()
    {
        { """{"type":"channel_archive","channel":"C1","user":"U1"}""", new SlackHappening.ChannelShut("C1", "is_archived") },
        { """{"type":"group_archive","channel":"G1"}""", new SlackHappening.ChannelShut("G1", "is_archived") },
        { """{"type":"channel_unarchive","channel":"C1","user":"U1"}""", new SlackHappening.ChannelOpened("C1") },
        { """{"type":"group_unarchive","channel":"C1"}""", new SlackHappening.ChannelOpened("C1") },
        { """{"type":"channel_deleted","channel":"C1"}""", new SlackHappening.ChannelShut("C1", "channel_deleted") },
        { """{"type":"group_deleted","channel":"C1"}""", new SlackHappening.ChannelShut("C1", "channel_deleted") },
        { """{"type":"channel_rename","channel":{"id":"C1","name":"new-name","created":1360782804}}""", new SlackHappening.ChannelRenamed("C1", "new-name") },
        { """{"type":"channel_id_changed","old_channel_id":"G1","new_channel_id":"C2"}""", new SlackHappening.ChannelMoved("G1", "C2") },
        { """{"type":"channel_id_changed","old_channel_id":"C2","new_channel_id":"C2"}""", null },
        { """{"type":"channel_id_changed","old_channel_id":"G1"}""", null },
        { """{"type":"channel_left","channel":"C1"}""", new SlackHappening.MemberLeft("C1", null) },
        { """{"type":"group_left","channel":"C1"}""", new SlackHappening.MemberLeft("C1", null) },
        { """{"type":"member_left_channel","user":"U1","channel":"C1","channel_type":"C"}""", new SlackHappening.MemberLeft("C1", "U1") },
        { """{"type":"member_joined_channel","user":"U1","channel":"C1","inviter":"U2"}""", new SlackHappening.MemberJoined("C1", "U1") },
        { """{"type":"message","subtype":"message_deleted","channel":"C1","deleted_ts":"1503435956.000247","hidden":true}""", new SlackHappening.MessageDeleted("C1", "1503435956.000247") },
        { """{"type":"message","subtype":"message_changed","channel":"C1","message":{"subtype":"tombstone","ts":"1503435956.000247"}}""", new SlackHappening.MessageDeleted("C1", "1503435956.000247") },
        {
            $$$$"""{"type":"message_metadata_posted","app_id":"A1","user_id":"U1","channel_id":"C1","message_ts":"1503435956.000247","metadata":{"event_type":"threadgrains_post","event_payload":{"post":"{{{{Post}}}}","v":1}}}""",
            new SlackHappening.PostSeen("C1", "1503435956.000247", new Guid(Post), "U1", "A1")
        },
        {
            $$$$"""{"type":"message","bot_id":"B1","app_id":"A1","user":"U1","channel":"C1","ts":"1503435956.000247","thread_ts":"1503435956.000001","blocks":[{"type":"section","block_id":"tg1:{{{{Post}}}}"}]}""",
            new SlackHappening.PostSeen("C1", "1503435956.000247", new Guid(Post), "U1", "A1", "1503435956.000001")
        },
        {
            $$$$"""{"type":"message","bot_id":"B1","app_id":"A1","user":"U1","channel":"C1","ts":"1503435956.000247","blocks":[{"type":"section","block_id":"tg1:{{{{Post}}}}"}]}""",
            new SlackHappening.PostSeen("C1", "1503435956.000247", new Guid(Post), "U1", "A1", "1503435956.000247")
        },
        { $$$$"""{"type":"message","channel":"C1","user":"U1","ts":"1503435956.000247","blocks":[{"type":"section","block_id":"tg1:{{{{Post}}}}"}]}""", null },
        { $$$$"""{"type":"message","subtype":"message_changed","bot_id":"B1","channel":"C1","ts":"1503435956.000247","blocks":[{"type":"section","block_id":"tg1:{{{{Post}}}}"}]}""", null },
        { """{"type":"app_uninstalled"}""", new SlackHappening.Uninstalled() },
        { """{"type":"message","subtype":"message_changed","channel":"C1","message":{"text":"edited","ts":"1503435956.000247"}}""", null },
        { """{"type":"message","channel":"C1","text":"hello","ts":"1503435956.000247"}""", null },
        { """{"type":"message_metadata_posted","channel_id":"C1","message_ts":"1503435956.000247","metadata":{"event_type":"task_created","event_payload":{"post":"x"}}}""", null },
        { """{"type":"channel_archive","channel":"not an id"}""", null },
        { """{"type":"channel_archive"}""", null },
        { """{"type":"channel_rename","channel":"C1"}""", null },
        { """{"type":"something_new","channel":"C1"}""", null },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Each_event_that_concerns_us_reaches_the_workspace_and_no_other_does(string inner, SlackHappening? expected)
    {
        Empty(200, await SlackRequest.Event(_world, Envelope(inner)));

        if (expected is null)
        {
            Assert.Empty(Script.Asked<SlackEvent>("Take"));
        }
        else
        {
            Assert.Equal(new SlackEvent("Ev1", Moment, expected), Assert.Single(Script.Asked<SlackEvent>("Take")));
            Assert.Equal(["Admit", "Take"], Script.Calls.Select(call => call.Method));
        }
    }

    [Fact]
    public async Task Revoked_tokens_are_told_by_their_bot_users_and_the_finer_moment_counts()
    {
        await SlackRequest.Event(_world, Envelope("""{"type":"tokens_revoked","tokens":{"oauth":["U8"],"bot":["U9",7]},"event_ts":"1614847360.131900"}"""));
        var told = Assert.Single(Script.Asked<SlackEvent>("Take"));
        Assert.Equal(["U9"], Assert.IsType<SlackHappening.TokensRevoked>(told.Happening).BotUsers);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1614847360).AddMicroseconds(131900), told.At);
    }

    public static TheoryData<string> Samples =>
        [.. Directory.EnumerateFiles(SamplesFolder()).Select(path => Path.GetFileName(path)!).Where(name => !name.Contains("inner_event", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Each_sample_of_Slacks_is_answered_200_and_has_its_effect(string name)
    {
        var envelope = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(SamplesFolder(), name)))!;
        if (envelope["team_id"] is not null)
        {
            envelope["team_id"] = Script.Workspace;
        }

        foreach (var authorization in envelope["authorizations"]?.AsArray() ?? [])
        {
            authorization!["team_id"] = Script.Workspace;
        }

        var answer = await SlackRequest.Event(_world, envelope.ToJsonString());
        Assert.Equal(200, (int)answer.Status);
        SlackHappening? expected = name switch
        {
            "app_uninstalled.json" or "app_uninstalled.authorizations.json" => new SlackHappening.Uninstalled(),
            "member_joined_channel.json" => new SlackHappening.MemberJoined("C111", "W23456789"),
            "member_left_channel.json" => new SlackHappening.MemberLeft("C111", "W23456789"),
            "message.message_deleted.json" => new SlackHappening.MessageDeleted("C111", "1665368619.804829"),
            _ => null,
        };
        var told = Script.Asked<SlackEvent>("Take").Select(happened => happened.Happening).ToList();
        if (name.StartsWith("tokens_revoked", StringComparison.Ordinal))
        {
            Assert.IsType<SlackHappening.TokensRevoked>(Assert.Single(told));
        }
        else
        {
            Assert.Equal(expected is null ? [] : [expected], told);
        }

        if (name == "url_verification.json")
        {
            Assert.Equal("application/json", answer.MediaType);
            Assert.Equal((string?)envelope["challenge"], answer.Json.GetProperty("challenge").GetString());
            Assert.Empty(Script.Calls);
        }
        else
        {
            Assert.Empty(answer.Body);
        }
    }

    [Theory]
    [InlineData(SlackEventOutcome.Done, 200)]
    [InlineData(SlackEventOutcome.Repeated, 200)]
    [InlineData(SlackEventOutcome.NothingToDo, 200)]
    [InlineData(SlackEventOutcome.Unavailable, 503)]
    public async Task What_cannot_be_taken_now_is_refused_so_that_Slack_sends_it_again(SlackEventOutcome outcome, int status)
    {
        Script.TakeEvent = _ => outcome;
        var answer = await SlackRequest.Event(_world, Envelope("""{"type":"app_uninstalled"}"""));
        Empty(status, answer);
        Assert.False(answer.Headers.Contains("X-Slack-No-Retry"));
    }

    [Fact]
    public async Task What_no_retry_mends_asks_for_none_and_reaches_no_grain()
    {
        string good = Envelope("""{"type":"app_uninstalled"}""");
        (int Status, Answer Answer)[] refused =
        [
            (401, await SlackRequest.Event(_world, good, secret: "another")),
            (401, await SlackRequest.Event(_world, good, at: DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 301)),
            (401, await SlackRequest.Event(_world, """{"type":"url_verification","challenge":"abc"}""", secret: "another")),
            (400, await SlackRequest.Event(_world, "{")),
            (400, await SlackRequest.Event(_world, "[]")),
            (400, await SlackRequest.Event(_world, """{"type":"event_callback","event_id":"Ev1"}""")),
            (400, await SlackRequest.Event(_world, """{"type":"event_callback","event":{"type":"x"}}""")),
            (400, await SlackRequest.Event(_world, """{"type":"url_verification"}""")),
            (400, await SlackRequest.Event(_world, good, contentType: "text/plain")),
            (400, await SlackRequest.Event(_world, good, contentType: null)),
            (403, await SlackRequest.Event(_world, Envelope("""{"type":"app_uninstalled"}""", "TSTRANGER"))),
            (403, await SlackRequest.Event(_world, Envelope("""{"type":"app_uninstalled"}""", "no id"))),
        ];
        foreach (var (status, answer) in refused)
        {
            Empty(status, answer);
            Assert.Equal(["1"], answer.Headers.GetValues("X-Slack-No-Retry"));
        }

        Assert.Empty(Script.Calls);
        Assert.Equal(405, (int)(await _world.Get("/slack/events")).Status);
    }

    [Fact]
    public async Task A_repeated_signature_and_a_minute_that_Slack_dropped_are_answered_200()
    {
        Script.Admit = _ => Task.FromResult(WorkspaceAdmission.Repeated);
        Empty(200, await SlackRequest.Event(_world, Envelope("""{"type":"app_uninstalled"}""")));
        Empty(200, await SlackRequest.Event(_world, $$"""{"type":"app_rate_limited","team_id":"{{Script.Workspace}}","minute_rate_limited":1518467820,"api_app_id":"A1"}"""));
        Assert.Empty(Script.Asked<SlackEvent>("Take"));
        Assert.Contains("slack_events_dropped", _world.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("legacy-token", 200)]
    [InlineData("another", 401)]
    public async Task Without_a_signing_secret_the_old_token_decides_over_events_too(string configured, int status)
    {
        await using var world = await World.Start(settings: [("Slack:SigningSecret", null), ("Slack:LegacyVerificationToken", configured)]);
        Empty(status, await SlackRequest.Event(world, Envelope("""{"type":"app_uninstalled"}""", world.Script.Workspace)));
    }

    private string Envelope(string inner, string? team = null) => $$"""
        {"token":"legacy-token","team_id":"{{team ?? Script.Workspace}}","api_app_id":"A1","type":"event_callback","event_id":"Ev1","event_time":{{Moment.ToUnixTimeSeconds()}},
         "authorizations":[{"enterprise_id":null,"team_id":"{{team ?? Script.Workspace}}","user_id":"U1","is_bot":true,"is_enterprise_install":false}],"event":{{inner}}}
        """;

    private static void Empty(int status, Answer answer)
    {
        Assert.Equal(status, (int)answer.Status);
        Assert.Empty(answer.Body);
    }

    private static string SamplesFolder() => typeof(Events).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "SlackSamples").Value!;
}
