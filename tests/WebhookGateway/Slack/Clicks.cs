using Microsoft.Extensions.Time.Testing;
using ThreadGrains.Groups;
using ThreadGrains.Workspaces;

namespace ThreadGrains.WebhookGateway.Tests.Slack;

public sealed class Clicks : IAsyncLifetime
{
    private World _world = null!;

    private Script Script => _world.Script;

    private string Ours => SlackRequest.Payload(SlackRequest.Click(Script.Workspace));

    public async Task InitializeAsync()
    {
        _world = await World.Start();
        Script.GroupOfMessage[$"{Script.Workspace}/C1234/1503435956.000247"] = "g-1";
    }

    public async Task DisposeAsync()
    {
        Assert.DoesNotContain("hooks.slack.com", _world.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("legacy-token", _world.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("v0=", _world.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(World.SigningSecret, _world.Log.Text, StringComparison.Ordinal);
        await _world.DisposeAsync();
    }

    [Theory]
    [InlineData(ClickOutcome.Changed, 200)]
    [InlineData(ClickOutcome.Duplicate, 200)]
    [InlineData(ClickOutcome.NothingToDo, 200)]
    [InlineData(ClickOutcome.NotOurs, 200)]
    [InlineData(ClickOutcome.Stranger, 200)]
    [InlineData(ClickOutcome.Unavailable, 503)]
    public async Task A_click_reaches_the_group_that_the_message_announces(ClickOutcome outcome, int status)
    {
        Script.Click = _ => Task.FromResult(new ClickReceipt(outcome));

        Empty(status, await SlackRequest.Send(_world, Ours));

        var call = Assert.Single(Script.Calls, call => call.Method == "Click");
        Assert.Equal($"{Script.Organization}/g-1", call.Grain);
        Assert.Equal(
            new Click(new ChannelAddress(Script.Workspace, "C1234"), "1503435956.000247", "tg.resolve", "1700000000.000100", "U42", "ada", new Guid("0199f2a1-6f50-7c3e-9a51-0c8f2b7e4d10")),
            (Click)call.Argument!);
        Assert.Equal(outcome == ClickOutcome.NotOurs ? 1 : 0, Script.Calls.Count(call => call.Method == "Whisper"));
    }

    [Fact]
    public async Task The_group_is_told_from_which_workspace_the_person_comes()
    {
        Empty(200, await SlackRequest.Send(_world, SlackRequest.Payload(SlackRequest.Click(Script.Workspace, userTeam: "T0OTHERTEAM1"))));
        Assert.Equal("T0OTHERTEAM1", Assert.Single(Script.Asked<Click>("Click")).UserTeam);

        Empty(400, await SlackRequest.Send(_world, SlackRequest.Payload(SlackRequest.Click(Script.Workspace, userTeam: "other/team"))));
    }

    [Fact]
    public async Task Every_outcome_of_a_click_has_a_status()
    {
        foreach (var outcome in Enum.GetValues<ClickOutcome>())
        {
            Script.Click = _ => Task.FromResult(new ClickReceipt(outcome));

            var answer = await SlackRequest.Send(_world, SlackRequest.Payload(SlackRequest.Click(Script.Workspace)));
            Assert.Contains((int)answer.Status, new[] { 200, 503 });
        }
    }

    [Fact]
    public async Task The_workspace_is_asked_before_anything_else()
    {
        await SlackRequest.Send(_world, Ours);

        Assert.Equal(["Admit", "FindGroupOfMessage", "Click"], Script.Calls.Select(call => call.Method));
        Assert.Matches("^[0-9a-f]{64}$", Assert.Single(Script.Asked<string>("Admit")));
    }

    [Fact]
    public async Task A_repeated_signature_is_answered_200_and_does_nothing()
    {
        var seen = new HashSet<string>();
        Script.Admit = digest => Task.FromResult(seen.Add(digest) ? WorkspaceAdmission.Admitted : WorkspaceAdmission.Repeated);
        long at = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

        Empty(200, await SlackRequest.Send(_world, Ours, at: at));
        Empty(200, await SlackRequest.Send(_world, Ours, at: at));

        Assert.Single(Script.Asked<Click>("Click"));
    }

    [Fact]
    public async Task A_workspace_without_our_app_is_answered_403()
    {
        Empty(403, await SlackRequest.Send(_world, SlackRequest.Payload(SlackRequest.Click("TSTRANGER"))));

        Script.Admit = _ => Task.FromResult(WorkspaceAdmission.Unknown);
        Empty(403, await SlackRequest.Send(_world, Ours));
        Assert.Empty(Script.Asked<Click>("Click"));
    }

    [Theory]
    [InlineData("""{"type": "block_actions", "api_app_id": "A1", "team": null, "user": {"id": "U1"}, "actions": [{"action_id": "tg.resolve"}]}""")]
    [InlineData("""{"type": "block_actions", "api_app_id": "A1", "team": {"id": "T/../x"}, "user": {"id": "U1"}, "actions": [{"action_id": "tg.resolve"}]}""")]
    [InlineData("""{"type": "block_actions", "api_app_id": "A1", "team": {"id": "t1"}, "user": {"id": "U1"}, "actions": [{"action_id": "tg.resolve"}]}""")]
    public async Task What_is_no_workspace_is_answered_403_and_becomes_no_grains_key(string payload)
    {
        Empty(403, await SlackRequest.Send(_world, SlackRequest.Payload(payload)));
        Assert.Empty(Script.Calls);
    }

    [Theory]
    [InlineData("1503435956.999999", "C1234")]
    [InlineData("1503435956.000247", "C9999")]
    public async Task A_click_on_a_message_that_is_not_ours_is_answered_200_and_the_person_is_told(string ts, string channel)
    {
        Empty(200, await SlackRequest.Send(_world, SlackRequest.Payload(SlackRequest.Click(Script.Workspace, channel: channel, ts: ts))));

        Assert.Empty(Script.Asked<Click>("Click"));
        var (where, who, _, text) = Assert.Single(Script.Asked<(string, string, string?, string)>("Whisper"));
        Assert.Equal((channel, "U42"), (where, who));
        Assert.StartsWith("Nothing was changed", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tg.delete_everything")]
    [InlineData("TG.RESOLVE")]
    [InlineData("tg.resolve ")]
    [InlineData("open_link")]
    public async Task An_unknown_action_is_answered_200_and_the_person_is_told(string action)
    {
        Empty(200, await SlackRequest.Send(_world, SlackRequest.Payload(SlackRequest.Click(Script.Workspace, action))));

        Assert.Empty(Script.Asked<Click>("Click"));
        Assert.Single(Script.Asked<(string, string, string?, string)>("Whisper"));
    }

    [Theory]
    [InlineData("""{"type": "view_submission", "api_app_id": "A1", "team": {"id": "TEAM"}, "user": {"id": "U1"}, "view": {"id": "V1"}}""")]
    [InlineData("""{"type": "shortcut", "api_app_id": "A1", "team": {"id": "TEAM"}, "user": {"id": "U1"}, "callback_id": "c"}""")]
    [InlineData("""{"type": "of_the_future", "team": {"id": "TEAM"}, "user": {"id": "U1"}}""")]
    [InlineData("""{"type": "block_actions", "api_app_id": "A1", "team": {"id": "TEAM"}, "user": {"id": "U1"}, "view": {"id": "V1"}, "actions": [{"action_id": "tg.resolve", "action_ts": "1.000000"}]}""")]
    public async Task Other_interactions_are_answered_200_and_do_nothing(string payload)
    {
        Empty(200, await SlackRequest.Send(_world, SlackRequest.Payload(payload.Replace("TEAM", Script.Workspace, StringComparison.Ordinal))));

        Assert.Equal(["Admit"], Script.Calls.Select(call => call.Method));
    }

    [Theory]
    [InlineData("nothing=here")]
    [InlineData("payload=rubbish")]
    [InlineData("payload=%7B%7D")]
    [InlineData("payload=%7B%22type%22%3A%22block_actions%22%7D")]
    [InlineData("payload=%7B%22type%22%3A%22a%22%2C%22type%22%3A%22b%22%7D")]
    [InlineData("payload=%ZZ")]
    [InlineData("payload=%FF%FE")]
    [InlineData("payload=%7B%7D&payload=%7B%7D")]
    [InlineData("")]
    public async Task What_is_signed_but_malformed_is_answered_400(string body)
    {
        Empty(400, await SlackRequest.Send(_world, body));
        Assert.Empty(Script.Calls);
    }

    [Fact]
    public async Task JSON_where_a_form_is_due_is_answered_400()
    {
        Empty(400, await SlackRequest.Send(_world, SlackRequest.Click(Script.Workspace), "application/json"));
        Assert.Empty(Script.Calls);
    }

    [Theory]
    [InlineData("general", "U42", "1700000000.000100")]
    [InlineData("C1234", "<script>", "1700000000.000100")]
    [InlineData("C1234", "U42", "yesterday")]
    public async Task Ids_that_are_none_of_Slacks_are_answered_400(string channel, string user, string actionTs)
    {
        Empty(400, await SlackRequest.Send(_world, SlackRequest.Payload(SlackRequest.Click(Script.Workspace, channel: channel, user: user, actionTs: actionTs))));
        Assert.Empty(Script.Asked<Click>("Click"));
    }

    [Fact]
    public async Task A_form_with_a_charset_is_a_form()
    {
        Empty(200, await SlackRequest.Send(_world, Ours, "application/x-www-form-urlencoded; charset=utf-8"));
        Assert.Single(Script.Asked<Click>("Click"));
    }

    [Fact]
    public async Task What_is_not_authentic_is_answered_401_and_reaches_nobody()
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Empty(401, await SlackRequest.Send(_world, Ours, secret: "wrong"));
        Empty(401, await SlackRequest.Send(_world, Ours, at: now - 310));
        Empty(401, await SlackRequest.Send(_world, Ours, at: now + 310));
        Empty(401, await SlackRequest.Send(_world, Ours, change: request => request.Headers.Remove("X-Slack-Signature")));
        Empty(401, await SlackRequest.Send(_world, Ours, change: request => request.Headers.Remove("X-Slack-Request-Timestamp")));
        string timestamp = now.ToString(System.Globalization.CultureInfo.InvariantCulture);
        string signed = $"X-Slack-Signature: {SlackRequest.Sign(World.SigningSecret, timestamp, System.Text.Encoding.UTF8.GetBytes(Ours))}\r\n";
        Assert.StartsWith("HTTP/1.1 401", await _world.Raw(
            $"POST /slack/actions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {SlackRequest.Form}\r\nX-Slack-Request-Timestamp: {timestamp}\r\n{signed}{signed}Content-Length: {Ours.Length}\r\n\r\n{Ours}"), StringComparison.Ordinal);
        Empty(401, await SlackRequest.Send(_world, Ours, change: request =>
        {
            string signature = request.Headers.GetValues("X-Slack-Signature").Single();
            request.Headers.Remove("X-Slack-Signature");
            request.Headers.Add("X-Slack-Signature", signature.ToUpperInvariant().Replace("V0", "v0", StringComparison.Ordinal));
        }));
        Empty(401, await SlackRequest.Send(_world, Ours, change: request =>
            request.Content = new ByteArrayContent([.. "payload={}"u8]) { Headers = { ContentType = new("application/x-www-form-urlencoded") } }));
        Empty(401, await _world.Send(HttpMethod.Post, "/slack/actions", [.. "rubbish"u8]));

        Assert.Empty(Script.Calls);
        foreach (string reason in new[] { "mismatch", "stale", "future", "missing_header", "duplicate_header", "bad_signature_format" })
        {
            Assert.Contains($"({reason},", _world.Log.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(-300, 200)]
    [InlineData(-301, 401)]
    [InlineData(300, 200)]
    [InlineData(301, 401)]
    public async Task The_window_is_five_minutes_to_both_sides(int seconds, int status)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var world = await World.Start(clock);

        Empty(status, await SlackRequest.Send(world, SlackRequest.Payload(SlackRequest.Click(world.Script.Workspace)), at: clock.GetUtcNow().ToUnixTimeSeconds() + seconds));
    }

    [Fact]
    public async Task A_body_is_compared_as_bytes_and_never_re_encoded()
    {
        // Not UTF-8: authentic all the same, and then malformed.
        Empty(400, await SlackRequest.Send(_world, [.. "payload="u8, 0xFF, 0xFE]));
    }

    [Theory]
    [InlineData("ssl_check=1&token=x", 200)]
    [InlineData("ssl_check=1", 200)]
    [InlineData("ssl_check=0&token=x", 401)]
    [InlineData("ssl_check=1&token=x&payload=%7B%7D", 401)]
    [InlineData("ssl_check=1&command=%2Ftg", 401)]
    [InlineData("ssl_check=1&ssl_check=1", 401)]
    public async Task Only_Slacks_certificate_test_may_come_unsigned_and_it_does_nothing(string body, int status)
    {
        Empty(status, await _world.Send(HttpMethod.Post, "/slack/actions", System.Text.Encoding.UTF8.GetBytes(body), SlackRequest.Form));
        Assert.Empty(Script.Calls);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    public async Task Other_methods_are_answered_405(string method) => Empty(405, await _world.Send(new HttpMethod(method), "/slack/actions"));

    [Theory]
    [InlineData("/slack/commands")]
    public async Task Addresses_that_are_not_there_are_answered_404(string path) => Empty(404, await _world.Send(HttpMethod.Post, path, []));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_1_MiB_is_answered_413(bool isChunked)
    {
        byte[] body = new byte[(1024 * 1024) + 1];

        Empty(413, await SlackRequest.Send(_world, body, change: request =>
        {
            request.Headers.TransferEncodingChunked = isChunked;
            request.Content!.Headers.ContentLength = isChunked ? null : body.Length;
        }));
        Assert.Empty(Script.Calls);
    }

    [Fact]
    public async Task A_body_of_1_MiB_is_read()
    {
        string json = SlackRequest.Payload(SlackRequest.Click(Script.Workspace));

        Empty(200, await SlackRequest.Send(_world, json + "&pad=" + new string('x', (1024 * 1024) - json.Length - 5)));
        Assert.Single(Script.Asked<Click>("Click"));
    }

    [Fact]
    public async Task A_click_that_cannot_be_stored_in_time_is_answered_503_before_Slack_gives_up()
    {
        await using var world = await World.Start(settings: [("Gateway:SlackGrainPatience", "00:00:00.4"), ("Gateway:SlackBudget", "00:00:00.6")]);
        world.Script.GroupOfMessage[$"{world.Script.Workspace}/C1234/1503435956.000247"] = "g-1";
        var never = new TaskCompletionSource<ClickReceipt>();
        world.Script.Click = _ => never.Task;
        var watch = System.Diagnostics.Stopwatch.StartNew();

        Empty(503, await SlackRequest.Send(world, SlackRequest.Payload(SlackRequest.Click(world.Script.Workspace))));

        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(2.5));
        await Followed(world);
        never.SetResult(new ClickReceipt(ClickOutcome.Changed));
    }

    [Fact]
    public async Task A_fault_behind_the_gateway_is_answered_503()
    {
        Script.Click = _ => throw new InvalidOperationException("bug");
        Empty(503, await SlackRequest.Send(_world, Ours));
        await Followed(_world);

        Script.Admit = _ => throw new SiloUnavailableException("gone");
        Empty(503, await SlackRequest.Send(_world, Ours));
    }

    [Theory]
    [InlineData(ClickOutcome.Unavailable, 1)]
    [InlineData(ClickOutcome.Changed, 0)]
    [InlineData(ClickOutcome.NothingToDo, 0)]
    public async Task The_group_is_asked_to_tell_the_end_of_a_click_that_was_answered_503_and_of_no_other(ClickOutcome outcome, int followed)
    {
        Script.Click = _ => Task.FromResult(new ClickReceipt(outcome));
        Empty(followed == 1 ? 503 : 200, await SlackRequest.Send(_world, Ours));
        if (followed == 1)
        {
            await Followed(_world);
        }

        Assert.Equal(followed, Script.Asked<Click>("FollowClick").Length);
    }

    [Fact]
    public async Task A_click_is_repeated_while_a_silo_goes_away_and_the_admission_is_not()
    {
        int tries = 0;
        Script.Click = _ => Interlocked.Increment(ref tries) < 3 ? throw new SiloUnavailableException("draining") : Task.FromResult(new ClickReceipt(ClickOutcome.Changed));

        Empty(200, await SlackRequest.Send(_world, Ours));

        Assert.Equal(3, tries);
        Assert.Single(Script.Asked<string>("Admit"));
    }

    [Fact]
    public async Task Several_secrets_are_valid_while_one_is_being_replaced()
    {
        await using var world = await World.Start(settings: ("Slack:SigningSecret", "old-secret, new-secret"));
        string body = SlackRequest.Payload(SlackRequest.Click(world.Script.Workspace));

        Empty(200, await SlackRequest.Send(world, body, secret: "old-secret"));
        Empty(200, await SlackRequest.Send(world, body, secret: "new-secret"));
        Empty(401, await SlackRequest.Send(world, body, secret: "old-secret, new-secret"));
    }

    [Fact]
    public async Task The_token_in_the_payload_counts_for_nothing_beside_a_signing_secret()
    {
        await using var world = await World.Start(settings: ("Slack:LegacyVerificationToken", "legacy-token"));

        Empty(401, await world.Send(HttpMethod.Post, "/slack/actions", System.Text.Encoding.UTF8.GetBytes(SlackRequest.Payload(SlackRequest.Click(world.Script.Workspace))), SlackRequest.Form));
        Assert.Contains("slack_token_unused", world.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("legacy-token", 200)]
    [InlineData("another-token", 401)]
    public async Task The_token_decides_only_where_it_was_asked_for_and_there_is_no_secret(string configured, int status)
    {
        await using var world = await World.Start(settings: [("Slack:SigningSecret", null), ("Slack:LegacyVerificationToken", configured)]);
        byte[] body = System.Text.Encoding.UTF8.GetBytes(SlackRequest.Payload(SlackRequest.Click(world.Script.Workspace)));

        Empty(status, await world.Send(HttpMethod.Post, "/slack/actions", body, SlackRequest.Form));
        Empty(401, await world.Send(HttpMethod.Post, "/slack/actions", [.. "payload=%7B%7D"u8], SlackRequest.Form));
        Empty(401, await world.Send(HttpMethod.Post, "/slack/actions", [.. "rubbish"u8], SlackRequest.Form));
        Assert.Contains("Warning slack_token_mode", world.Log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(null, " ")]
    [InlineData("", null)]
    [InlineData(" ", "legacy-token")]
    [InlineData("a,,b", null)]
    [InlineData("a,", null)]
    public async Task Without_a_secret_the_gateway_does_not_start_and_says_what_is_missing(string? secret, string? token)
    {
        var wrong = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(
            () => World.Start(settings: [("Slack:SigningSecret", secret), ("Slack:LegacyVerificationToken", token)]));

        Assert.Contains("ThreadGrains__Slack__SigningSecret", Assert.Single(wrong.Failures), StringComparison.Ordinal);
    }

    private static async Task Followed(World world)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (world.Script.Asked<Click>("FollowClick").Length == 0)
        {
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20), "The group was not asked to tell the person.");
            await Task.Delay(10);
        }

        Assert.Equal(world.Script.Asked<Click>("Click")[0], world.Script.Asked<Click>("FollowClick")[0]);
    }

    private static void Empty(int status, Answer answer) => Assert.Equal((status, ""), ((int)answer.Status, answer.Body));
}
