using System.Reflection;
using System.Text;
using System.Text.Json;
using ThreadGrains.Slack.WebApi;
using static ThreadGrains.Slack.WebApi.PostOutcome;

namespace ThreadGrains.Slack.Tests.WebApi;

/// <summary>From what happened to what it means: all of it by table.</summary>
public sealed class ClassificationTests
{
    private static readonly DateTimeOffset Now = new(2026, 8, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly SlackTs Ts = SlackTs.Parse("1503435956.000247");

    // The contract's lists, written again here and not taken from the code.
    private static readonly Dictionary<string, string> Codes = new()
    {
        ["Limited"] = "ratelimited rate_limited",
        ["RetryLater False"] = "team_added_to_org org_login_required external_channel_migrating request_timeout",
        ["RetryLater True"] = "message_limit_exceeded accesslimited",
        ["Unknown"] = "fatal_error internal_error service_unavailable update_failed duplicate_message_not_found duplicate_channel_not_found",
        ["Refused Metadata"] = "invalid_metadata_format invalid_metadata_schema metadata_too_large metadata_must_be_sent_from_app",
        ["Refused Message"] = "no_text msg_too_long msg_blocks_too_long invalid_blocks invalid_blocks_format invalid_attachments too_many_attachments " +
            "attachment_payload_limit_exceeded too_many_contact_cards markdown_text_conflict missing_file_data slack_connect_canvas_sharing_blocked " +
            "slack_connect_file_link_sharing_blocked slack_connect_lists_sharing_blocked message_not_found cant_update_message edit_window_closed " +
            "block_mismatch streaming_state_conflict cant_broadcast_message no_dual_broadcast_content_update cant_delete_message " +
            "expired_trigger_id exchanged_trigger_id invalid_trigger_id view_too_large duplicate_external_id push_limit_reached hash_conflict not_found " +
            "user_not_found user_not_visible invalid_cursor",
        ["Refused Thread"] = "cannot_reply_to_message restricted_action_thread_locked thread_not_found invalid_thread_ts restricted_action_non_threadable_channel",
        ["Refused Channel"] = "channel_not_found not_in_channel is_archived is_inactive restricted_action restricted_action_read_only_channel " +
            "restricted_action_thread_only_channel ekm_access_denied messages_tab_disabled channel_is_limited_access method_not_supported_for_channel_type " +
            "no_permission access_denied team_not_found user_not_in_channel too_many_members",
        ["Refused Workspace"] = "not_authed invalid_auth account_inactive token_revoked token_expired missing_scope not_allowed_token_type app_access_restricted " +
            "team_access_not_granted enterprise_is_restricted two_factor_setup_required is_bot as_user_not_supported send_on_behalf_not_allowed " +
            "user_removed_from_team team_disabled",
        ["Refused Request"] = "invalid_arguments invalid_arg_name invalid_array_arg missing_argument missing_args invalid_charset invalid_form_data invalid_post_type " +
            "missing_post_type invalid_json json_not_object insecure_request unknown_method deprecated_endpoint method_deprecated upgrade_required " +
            "draft_not_found draft_already_sent draft_has_conflict draft_already_deleted invalid_ts_oldest invalid_ts_latest",
        ["Refused Unknown"] = "no_such_code_yet",
    };

    public static TheoryData<string, string> EveryCode
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (expected, codes) in Codes)
            {
                foreach (var code in codes.Split(' '))
                {
                    data.Add(code, expected);
                }
            }

            return data;
        }
    }

    public static TheoryData<int, string, string> EveryStatus => new()
    {
        { 200, """{"ok":true,"ts":"1503435956.000247","channel":"C1","message":{}}""", "Posted" },
        { 200, """{"ok":true,"ts":"1503435956.000247","channel":"C1","is_duplicate":true,"message":{}}""", "Posted" },
        { 200, """{"ok":true}""", "Unknown without_ts" },
        { 200, """{"ok":true,"ts":1503435956.000247}""", "Unknown without_ts" },
        { 200, """{"ok":"true","ts":"1503435956.000247"}""", "Unknown without_ok" },
        { 200, """{"ts":"1503435956.000247"}""", "Unknown without_ok" },
        { 200, "[]", "Unknown without_ok" },
        { 200, "", "Unknown not_json" },
        { 200, "<html>", "Unknown not_json" },
        { 200, """{"ok":true,"ts":"1503435956.000247" """, "Unknown not_json" },
        { 200, """{"\ud800abc":1,"ok":true,"ts":"1503435956.000247"}""", "Unknown not_json" },
        { 200, """{"ok":false}""", "Refused Unknown no_error_code" },
        { 200, """{"ok":false,"error":"a code\nwith a line break"}""", "Refused Unknown unprintable_error_code" },
        { 429, """{"ok":false,"error":"ratelimited"}""", "Limited ratelimited" },
        { 429, """{"ok":false,"error":"message_limit_exceeded"}""", "Limited message_limit_exceeded" },
        { 429, "message_limit_exceeded", "Limited message_limit_exceeded" },
        { 429, "message_limit_exceeded\n", "Limited message_limit_exceeded" },
        { 429, "channel_not_found", "Limited http_429" },
        { 429, "", "Limited http_429" },
        { 429, "<html>", "Limited http_429" },
        { 408, "", "Unknown http_408" },
        { 500, "<html>", "Unknown http_500" },
        { 503, """{"ok":false,"error":"service_unavailable"}""", "Unknown http_503" },
        { 503, """{"ok":false,"error":"channel_not_found"}""", "Unknown http_503" },
        { 599, "", "Unknown http_599" },
        { 201, """{"ok":true,"ts":"1503435956.000247"}""", "Unknown http_201" },
        { 204, "", "NotSlack 204" },
        { 302, "<html>", "NotSlack 302" },
        { 307, "", "NotSlack 307" },
        { 400, "<html>", "NotSlack 400" },
        { 400, """{"ok":false,"error":"invalid_arguments"}""", "Refused Request invalid_arguments" },
        { 401, """{"message":"who are you?"}""", "NotSlack 401" },
        { 403, "<html>", "NotSlack 403" },
        { 404, "<html>", "NotSlack 404" },
        { 404, """{"ok":false,"error":"channel_not_found"}""", "Refused Channel channel_not_found" },
        { 407, "", "NotSlack 407" },
    };

    [Theory]
    [MemberData(nameof(EveryCode))]
    public void Every_code_has_its_class(string code, string expected)
    {
        var outcome = PostOutcomes.Classify(Answered(200, $$"""{"ok":false,"error":"{{code}}"}"""), "C1");
        Assert.Equal($"{expected} {code}", Describe(outcome));
    }

    [Theory]
    [MemberData(nameof(EveryStatus))]
    public void Every_status_and_body_has_its_class(int status, string body, string expected) =>
        Assert.Equal(expected, Describe(PostOutcomes.Classify(Answered(status, body), "C1")));

    [Fact]
    public void What_never_began_was_not_sent_and_what_broke_off_is_in_doubt()
    {
        Assert.Equal(new NotSent("dns"), PostOutcomes.Classify(new Exchange.NeverBegan("dns"), "C1"));
        Assert.Equal(new Unknown("reset"), PostOutcomes.Classify(new Exchange.BrokenOff("reset"), "C1"));
        Assert.Equal(new Unknown("cut_off"), PostOutcomes.Classify(new Exchange.Answered(200, SlackHeaders.None, null, "cut_off", Now), "C1"));
    }

    [Fact]
    public void A_broken_body_does_not_matter_where_the_status_says_enough()
    {
        Assert.Equal("Limited http_429", Describe(PostOutcomes.Classify(new Exchange.Answered(429, SlackHeaders.None, null, "reset", Now), "C1")));
        Assert.Equal("NotSlack 302", Describe(PostOutcomes.Classify(new Exchange.Answered(302, SlackHeaders.None, null, "reset", Now), "C1")));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("soon", null)]
    [InlineData("1.5", null)]
    [InlineData("-1", null)]
    [InlineData("1, 2", null)]
    [InlineData("0", 0)]
    [InlineData("30", 30)]
    [InlineData(" 30 ", 30)]
    [InlineData("3600", 3600)]
    [InlineData("3601", 3600)]
    [InlineData("99999999999999999999999999", 3600)]
    [InlineData("Sat, 01 Aug 2026 12:00:45 GMT", 45)]
    [InlineData("Sat, 01 Aug 2026 11:00:00 GMT", 0)]
    [InlineData("Sun, 02 Aug 2026 12:00:00 GMT", 3600)]
    public void Retry_after_is_seconds_or_a_date_and_never_more_than_an_hour(string? header, int? seconds)
    {
        var outcome = Assert.IsType<Limited>(PostOutcomes.Classify(Answered(429, "", header), "C1"));
        Assert.Equal(seconds is { } s ? TimeSpan.FromSeconds(s) : null, outcome.RetryAfter);
    }

    [Fact]
    public void A_date_is_measured_by_slacks_own_clock()
    {
        var headers = new SlackHeaders(null, Now.AddHours(-5), null) { RetryAfter = "Sat, 01 Aug 2026 07:00:10 GMT" };
        var outcome = PostOutcomes.Classify(new Exchange.Answered(429, headers, Array.Empty<byte>(), null, Now), "C1");
        Assert.Equal(TimeSpan.FromSeconds(10), Assert.IsType<Limited>(outcome).RetryAfter);
    }

    [Fact]
    public void A_limit_told_by_code_obeys_the_header_too() =>
        Assert.Equal(new Limited(TimeSpan.FromSeconds(7), "rate_limited"), PostOutcomes.Classify(Answered(200, """{"ok":false,"error":"rate_limited"}""", "7"), "C1"));

    [Theory]
    [InlineData("""{"ok":true,"ts":"1503435956.000247","channel":"D7","message":{"thread_ts":"1503435956.000001"}}""", "D7", "1503435956.000001", true)]
    [InlineData("""{"ok":true,"ts":"1503435956.000247","channel":"C1","message":{"text":"x"}}""", "C1", null, true)]
    [InlineData("""{"ok":true,"ts":"1503435956.000247","channel":"C1","message":{"thread_ts":null}}""", "C1", null, true)]
    [InlineData("""{"ok":true,"ts":"1503435956.000247","channel":"C1","message":{"thread_ts":1503435956.000001}}""", "C1", null, false)]
    [InlineData("""{"ok":true,"ts":"1503435956.000247","channel":"C1"}""", "C1", null, false)]
    [InlineData("""{"ok":true,"ts":"1503435956.000247"}""", "C1", null, false)]
    public void A_post_tells_where_it_really_is(string body, string channel, string? threadTs, bool hasMessage) => Assert.Equal(
        new Posted(Ts, channel, threadTs is null ? null : SlackTs.Parse(threadTs), hasMessage),
        PostOutcomes.Classify(Answered(200, body), "C1"));

    [Theory]
    [InlineData("chat:write", "users:read,channels:history", true)]
    [InlineData("channels:history,groups:history", "", true)]
    [InlineData("<script>", "users:read", false)]
    [InlineData("", "users:read", false)]
    public void A_missing_scope_is_named(string needed, string provided, bool isNamed)
    {
        string body = $$"""{"ok":false,"error":"missing_scope","needed":"{{needed}}","provided":"{{provided}}"}""";
        var missing = isNamed ? new MissingScope(needed, provided) : null;
        Assert.Equal(new Refused(RefusalScope.Workspace, "missing_scope") { Missing = missing }, PostOutcomes.Classify(Answered(200, body), "C1"));
        Assert.Equal(new CallOutcome<string>.Refused(RefusalScope.Workspace, "missing_scope") { Missing = missing }, PostOutcomes.Classify(Answered(200, body), _ => "value"));
        Assert.False(MissingScope.IsGranted("a:x,b:x", ["c:x"]));
        Assert.True(MissingScope.IsGranted("a:x,b:x", ["b:x"]));
    }

    [Fact]
    public void Every_outcome_of_a_post_has_its_like_for_calls()
    {
        foreach (var (name, expected) in new (Exchange, CallOutcome<string>)[]
        {
            (new Exchange.NeverBegan("tls"), new CallOutcome<string>.RetryLater("tls", false)),
            (new Exchange.BrokenOff("reset"), new CallOutcome<string>.Unknown("reset")),
            (Answered(200, """{"ok":true}"""), new CallOutcome<string>.Ok("value", SlackHeaders.None)),
            (Answered(429, "", "3"), new CallOutcome<string>.Limited(TimeSpan.FromSeconds(3), "http_429")),
            (Answered(200, """{"ok":false,"error":"accesslimited"}"""), new CallOutcome<string>.RetryLater("accesslimited", true)),
            (Answered(200, """{"ok":false,"error":"missing_scope"}"""), new CallOutcome<string>.Refused(RefusalScope.Workspace, "missing_scope")),
            (Answered(404, ""), new CallOutcome<string>.NotSlack("404")),
        })
        {
            Assert.Equal(expected, PostOutcomes.Classify(name, _ => "value"));
        }

        Assert.Equal(new CallOutcome<string>.Unknown("incomplete_answer"), PostOutcomes.Classify<string>(Answered(200, """{"ok":true}"""), _ => null));
    }

    [Fact]
    public void Every_outcome_occurs_in_these_tables()
    {
        var cases = typeof(PostOutcome).GetNestedTypes(BindingFlags.Public).Select(type => type.Name).Order(StringComparer.Ordinal);
        var seen = Codes.Keys.Select(key => key.Split(' ')[0])
            .Concat(EveryStatus.Select(row => ((string)row[2]).Split(' ')[0]))
            .Append(nameof(NotSent))
            .Distinct()
            .Order(StringComparer.Ordinal);
        Assert.Equal(cases, seen);

        Assert.Equal(
            Enum.GetNames<RefusalScope>().Order(StringComparer.Ordinal),
            Codes.Keys.Where(key => key.StartsWith("Refused", StringComparison.Ordinal)).Select(key => key.Split(' ')[1]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_code_that_slack_lists_for_our_methods_is_known_but_those_about_things_we_do_not_send()
    {
        string[] ours =
        [
            "chat.postMessage", "chat.update", "chat.postEphemeral", "chat.delete", "conversations.replies", "conversations.history",
            "conversations.info", "conversations.join", "views.open", "views.update", "users.info", "auth.test",
        ];
        string[] filesListsAndFilters =
        [
            "blocked_file_type", "file_deleted", "file_is_deleted", "file_not_found", "file_share_limit_reached", "invalid_metadata_filter_keys",
            "list_record_comment_fetch_failed", "max_file_sharing_exceeded", "posting_to_channel_denied", "slack_connect_blocked_file_type",
            "too_many_users", "unable_to_share_files",
        ];

        using var catalogue = JsonDocument.Parse(Source.Sample("web-api-docs-2026/_catalogue.json"));
        var unknown = ours
            .SelectMany(method => new[] { "errors_of_the_method", "errors_common_to_all_methods" }
                .SelectMany(list => catalogue.RootElement.GetProperty(method).GetProperty(list).EnumerateArray()))
            .Select(code => code.GetString()!)
            .Where(code => SlackErrors.ClassOf(code) == ErrorClass.Unlisted)
            .Distinct()
            .Order(StringComparer.Ordinal);

        Assert.Equal(filesListsAndFilters, unknown);
    }

    private static Exchange.Answered Answered(int status, string body, string? retryAfter = null) =>
        new(status, SlackHeaders.None with { RetryAfter = retryAfter }, Encoding.UTF8.GetBytes(body), null, Now);

    private static string Describe(PostOutcome outcome) => outcome switch
    {
        Posted => "Posted",
        NotSent not => $"NotSent {not.Reason}",
        Limited limited => $"Limited {limited.Error}",
        RetryLater later => $"RetryLater {later.WorkspaceWide} {later.Error}",
        Refused refused => $"Refused {refused.Scope} {refused.Error}",
        Unknown unknown => $"Unknown {unknown.Evidence}",
        NotSlack not => $"NotSlack {not.Status}",
        _ => throw new InvalidOperationException($"No description of {outcome.GetType().Name}"),
    };
}
