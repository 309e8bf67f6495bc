using System.Text;
using CsCheck;
using ThreadGrains.Slack.Payloads;

namespace ThreadGrains.Slack.Tests.Payloads;

public sealed class StrictnessTests
{
    private const string Click = """
        {"type":"block_actions","api_app_id":"A1","user":{"id":"U1"},"team":null,"enterprise":null,"channel":null,"message":null,
         "actions":[{"action_id":"a","block_id":"b","type":"a_type_of_tomorrow","action_ts":"1.000000","new":{"x":[1]}}],"tomorrow":1}
        """;

    [Fact]
    public void Unknown_fields_unknown_action_types_and_nulls_pass()
    {
        var click = Assert.IsType<InteractivePayload.BlockActions>(Value(InteractivePayloadReader.ReadJson(Encoding.UTF8.GetBytes(Click))));
        Assert.Equal(("A1", "U1", null, null), (click.ApiAppId, click.User.Id, click.TeamId, click.Message));
        Assert.Equal("a_type_of_tomorrow", Assert.Single(click.Actions).Type);
        Assert.IsType<InteractivePayload.Other>(Value(InteractivePayloadReader.ReadJson("""{"type":"tomorrow"}"""u8)));
        Assert.IsType<EventPayload.Other>(Value(EventPayload.ReadJson("""{"type":"tomorrow"}"""u8)));
    }

    [Theory]
    [InlineData("payload=%7B%7D&payload=%7B%7D", "duplicate_payload")]
    [InlineData("other=1", "no_payload")]
    [InlineData("", "no_payload")]
    [InlineData("payload=%7", "bad_form")]
    [InlineData("payload=%zz", "bad_form")]
    [InlineData("payload=%C3%28", "invalid_utf8")]
    [InlineData("payload=", "bad_json")]
    [InlineData("payload=%7B", "bad_json")]
    [InlineData("payload=[]", "not_an_object")]
    [InlineData("payload=%7B%7D", "no_type")]
    [InlineData("payload={\"type\":7}", "no_type")]
    [InlineData("payload={\"type\":\"block_actions\",\"type\":\"shortcut\"}", "duplicate_type")]
    [InlineData("payload={\"type\":\"block_actions\",\"t\\u0079pe\":\"shortcut\"}", "duplicate_type")]
    [InlineData("payload={\"type\":\"shortcut\",\"\\ud800x\":1}", "bad_json")]
    [InlineData("payload={\"type\":\"block_actions\"}", "no_user")]
    [InlineData("payload={\"type\":\"block_actions\",\"user\":{\"id\":\"\"}}", "no_user")]
    [InlineData("payload={\"type\":\"block_actions\",\"user\":{\"id\":\"U1\"}}", "no_app_id")]
    [InlineData("payload={\"type\":\"block_actions\",\"api_app_id\":\"A1\",\"user\":{\"id\":\"U1\"},\"actions\":[]}", "no_actions")]
    [InlineData("payload={\"type\":\"view_submission\",\"user\":{\"id\":\"U1\"},\"view\":null}", "no_view")]
    [InlineData("payload={\"type\":\"view_closed\",\"user\":{\"id\":\"U1\"}}", "no_view")]
    [InlineData("payload={\"type\":\"shortcut\",\"user\":{\"id\":\"U1\"}}", "no_callback_id")]
    [InlineData("payload={\"type\":\"message_action\",\"user\":{\"id\":\"U1\"},\"callback_id\":\"c\"}", "no_channel")]
    [InlineData("payload={\"type\":\"message_action\",\"user\":{\"id\":\"U1\"},\"callback_id\":\"c\",\"channel\":{\"id\":\"C1\"}}", "no_message")]
    [InlineData("payload={\"type\":\"block_suggestion\",\"user\":{\"id\":\"U1\"}}", "no_action_id")]
    public void A_malformed_interaction_is_told_apart(string form, string reason) => Assert.Equal(reason, Fault(InteractivePayloadReader.Read(Encoding.UTF8.GetBytes(form))));

    [Theory]
    [InlineData("""{"type":"url_verification"}""", "no_challenge")]
    [InlineData("""{"type":"event_callback","event_id":"Ev1"}""", "no_event")]
    [InlineData("""{"type":"event_callback","event_id":"Ev1","event":{}}""", "no_event")]
    [InlineData("""{"type":"event_callback","event":{"type":"message"}}""", "no_event_id")]
    [InlineData("null", "not_an_object")]
    public void A_malformed_event_is_told_apart(string json, string reason) => Assert.Equal(reason, Fault(EventPayload.ReadJson(Encoding.UTF8.GetBytes(json))));

    [Fact]
    public void Bytes_that_are_no_utf8_are_refused_wherever_they_stand()
    {
        Assert.Equal("invalid_utf8", Fault(EventPayload.ReadJson([.. "{\"type\":\"x\",\"y\":\""u8, 0xC3, 0x28, .. "\"}"u8])));
        Assert.Equal("invalid_utf8", Fault(InteractivePayloadReader.Read([.. "payload="u8, 0xFF])));
    }

    [Theory]
    [InlineData(32, null)]
    [InlineData(33, "bad_json")]
    public void Thirty_two_levels_are_deep_enough(int depth, string? reason)
    {
        // The object itself is one of them.
        var json = "{\"type\":\"tomorrow\",\"x\":" + new string('[', depth - 1) + new string(']', depth - 1) + "}";
        Assert.Equal(reason, InteractivePayloadReader.ReadJson(Encoding.UTF8.GetBytes(json)) is PayloadReadResult<InteractivePayload>.Malformed malformed ? malformed.Reason : null);
    }

    [Fact]
    public void Half_a_surrogate_pair_in_a_value_reads_as_absent()
    {
        var json = Click.Replace("\"block_id\":\"b\"", "\"block_id\":\"b\",\"value\":\"\\ud800\"", StringComparison.Ordinal);
        var click = Assert.IsType<InteractivePayload.BlockActions>(Value(InteractivePayloadReader.ReadJson(Encoding.UTF8.GetBytes(json))));
        Assert.Null(click.Actions[0].Value);
    }

    [Fact]
    public void No_bytes_make_the_readers_throw()
    {
        var seeds = Source.SampleNames("interactive").Select(Source.Sample).ToArray();
        Gen.Select(Gen.Int[0, seeds.Length - 1], Gen.Int[0, 5000], Gen.Byte, Gen.Int[0, 5000]).Sample((which, at, with, length) =>
        {
            var bytes = seeds[which].ToArray();
            bytes[at % bytes.Length] = with;
            bytes = bytes[..Math.Max(1, bytes.Length - (length % 3 == 0 ? length % bytes.Length : 0))];
            _ = InteractivePayloadReader.ReadJson(bytes);
            _ = EventPayload.ReadJson(bytes);
            _ = InteractivePayloadReader.Read(bytes);
            _ = SlashCommand.ReadForm(bytes);
            _ = SslCheck.Is("application/x-www-form-urlencoded", bytes);
        });
    }

    [Fact]
    public void A_form_decodes_pluses_percents_and_repeated_fields()
    {
        var form = Value(FormBody.Parse("a=1+2%2B3&b=%F0%9F%98%80&c&a=x&=y&&"u8));
        Assert.Equal(2, form.Count("a"));
        Assert.Null(form.Single("a"));
        Assert.Equal(("😀", "", "y", null), (form.Single("b"), form.Single("c"), form.Single(""), form.Single("d")));
        Assert.Equal("1 2+3", Value(FormBody.Parse("a=1+2%2B3"u8)).Single("a"));
        Assert.Equal("too_many_fields", Fault(FormBody.Parse(Encoding.ASCII.GetBytes(string.Join('&', Enumerable.Repeat("a=1", 101))))));
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", true)]
    [InlineData("application/x-www-form-urlencoded; charset=utf-8", true)]
    [InlineData("APPLICATION/X-WWW-FORM-URLENCODED ;charset=utf-8", true)]
    [InlineData("application/x-www-form-urlencoded-not", false)]
    [InlineData("application/json", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_media_type_is_compared_without_its_parameters(string? contentType, bool isForm) => Assert.Equal(isForm, SlackMediaType.IsForm(contentType));

    [Theory]
    [InlineData("ssl_check=1&token=abc", true)]
    [InlineData("token=abc&ssl_check=1", true)]
    [InlineData("ssl_check=1", true)]
    [InlineData("ssl_check=0&token=abc", false)]
    [InlineData("ssl_check=true", false)]
    [InlineData("ssl_check=", false)]
    [InlineData("ssl_check=1&ssl_check=1", false)]
    [InlineData("ssl_check=1&token=a&token=b", false)]
    [InlineData("ssl_check=1&payload=%7B%7D", false)]
    [InlineData("ssl_check=1&token=abc&command=%2Fx", false)]
    [InlineData("ssl_check=1&token=abc&other", false)]
    [InlineData("token=abc", false)]
    [InlineData("", false)]
    public void An_ssl_check_is_exactly_that(string body, bool expected)
    {
        Assert.Equal(expected, SslCheck.Is("application/x-www-form-urlencoded", Encoding.ASCII.GetBytes(body)));
        Assert.False(SslCheck.Is("application/json", Encoding.ASCII.GetBytes(body)));
        Assert.False(SslCheck.Is(null, Encoding.ASCII.GetBytes(body)));
    }

    [Theory]
    [InlineData("https://hooks.slack.com/actions/T1/1/x", true)]
    [InlineData("https://HOOKS.slack.com:443/actions/T1/1/x", true)]
    [InlineData("https://hooks.slack-gov.com/actions/T1/1/x", true)]
    [InlineData("http://127.0.0.1:9000/hooks/x", true)]
    [InlineData("http://hooks.slack.com/actions/T1/1/x", false)]
    [InlineData("http://hooks.slack-gov.com/actions/T1/1/x", false)]
    [InlineData("https://hooks.slack.com:444/x", false)]
    [InlineData("https://hooks.slack.com.evil.example/x", false)]
    [InlineData("https://evil.example/hooks.slack.com", false)]
    [InlineData("https://hooks.slack.com@evil.example/x", false)]
    [InlineData("https://user@hooks.slack.com/x", false)]
    [InlineData("https://xhooks.slack.com/x", false)]
    [InlineData("http://127.0.0.1:9001/x", false)]
    [InlineData("http://169.254.169.254/latest", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("nonsense", false)]
    public void A_response_url_is_given_out_only_for_slacks_hosts_and_the_emulator(string url, bool trusted)
    {
        var json = Click.Replace("\"tomorrow\":1", $"\"response_url\":\"{url}\"", StringComparison.Ordinal);
        var click = (InteractivePayload.BlockActions)Value(InteractivePayloadReader.ReadJson(Encoding.UTF8.GetBytes(json)));

        Assert.Equal(trusted, click.ResponseUrl!.TryGet(new Uri("http://127.0.0.1:9000/"), out var address));
        Assert.Equal(trusted, address is not null);
        Assert.Equal("…", click.ResponseUrl.ToString());
        Assert.Equal("block_actions", click.ToString());
    }

    [Theory]
    [InlineData("token=t&command=%2Fx&command=%2Fy&user_id=U1&channel_id=C1", "duplicate_field")]
    [InlineData("user_id=U1&channel_id=C1", "no_command")]
    [InlineData("command=%2Fx&channel_id=C1", "no_user")]
    [InlineData("command=%2Fx&user_id=U1", "no_channel")]
    [InlineData("command=%E0", "invalid_utf8")]
    public void A_malformed_command_is_told_apart(string form, string reason) => Assert.Equal(reason, Fault(SlashCommand.ReadForm(Encoding.ASCII.GetBytes(form))));

    private static T Value<T>(PayloadReadResult<T> result)
        where T : class => Assert.IsType<PayloadReadResult<T>.Read>(result).Value;

    private static string Fault<T>(PayloadReadResult<T> result)
        where T : class => Assert.IsType<PayloadReadResult<T>.Malformed>(result).Reason;
}
