using System.Text.Json.Nodes;
using CsCheck;
using ThreadGrains.SlackEmulator.Messages;

namespace ThreadGrains.SlackEmulator.Tests;

public sealed class PostingTests
{
    [Fact]
    public async Task Every_ts_of_a_channel_is_later_than_the_one_before_even_while_the_clock_stands_still()
    {
        await using var slack = await Emulator.Start();

        var given = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => slack.Post($"n{number}")));

        Assert.Equal(50, given.Distinct().Count());
        Assert.All(given, static ts => Assert.Matches(@"^\d{10}\.\d{6}$", ts));
        var stored = (await slack.Stored()).Select(static message => (string)message!["ts"]!).ToList();
        Assert.Equal(stored.Order(StringComparer.Ordinal), stored);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_does_not_set_ts_back()
    {
        await using var slack = await Emulator.Start();
        var before = await slack.Post("before");
        slack.Clock.AdjustTime(slack.Clock.GetUtcNow() - TimeSpan.FromHours(1));

        var after = await slack.Post("after");

        Assert.True(string.CompareOrdinal(after, before) > 0, $"{after} is not after {before}");
    }

    [Fact]
    public async Task A_post_of_the_app_shows_its_bot_its_app_and_its_user_and_no_subtype()
    {
        await using var slack = await Emulator.Start();
        var me = await slack.Call("auth.test");

        var message = (await slack.Call("chat.postMessage", ("channel", Emulator.Channel), ("text", "hello")))["message"]!;

        Assert.Equal((string?)me["bot_id"], (string?)message["bot_id"]);
        Assert.Equal((string?)me["user_id"], (string?)message["user"]);
        Assert.Equal("A0TEST", (string?)message["app_id"]);
        Assert.Equal((string?)me["bot_id"], (string?)message["bot_profile"]!["id"]);
        Assert.Null(message["subtype"]);
        Assert.Null(message["thread_ts"]);
    }

    [Theory]
    [InlineData("a & b", "a &amp; b")]
    [InlineData("a &amp; b", "a &amp; b")]
    [InlineData("1 < 2 > 0", "1 &lt; 2 &gt; 0")]
    [InlineData("see https://example.com/a?b=1&c=2.", "see <https://example.com/a?b=1&amp;c=2>.")]
    [InlineData("<https://example.com|a link>", "<https://example.com|a link>")]
    [InlineData("<@U0ROBIN> and <!here> in <#C0ALERTS|alerts>", "<@U0ROBIN> and <!here> in <#C0ALERTS|alerts>")]
    [InlineData("<script>", "&lt;script&gt;")]
    public async Task Entities_and_links_are_normalised_on_the_way_in(string sent, string stored)
    {
        await using var slack = await Emulator.Start();
        await slack.Post(sent);
        Assert.Equal(stored, (string?)(await slack.History())["messages"]![0]!["text"]);
    }

    [Fact]
    public void Normalising_twice_changes_nothing_more()
    {
        string[] pieces = ["&", "<", ">", "&amp;", "&lt;", "a", " ", "https://x.y/z", "<https://x.y|l>", "<@U1>", "|", "http://", "<!here>", "_", ".", "h"];
        Check.Sample(Gen.Int[0, pieces.Length - 1].Array[0, 12], picked =>
        {
            var once = MessageText.Normalise(string.Concat(picked.Select(piece => pieces[piece])));
            return MessageText.Normalise(once) == once;
        });
    }

    [Fact]
    public async Task Bare_addresses_stay_text_with_parse_none()
    {
        await using var slack = await Emulator.Start();
        await slack.Post("https://example.com", more: ("parse", "none"));
        Assert.Equal("https://example.com", (string?)(await slack.History())["messages"]![0]!["text"]);
    }

    [Fact]
    public async Task A_text_over_40000_characters_is_cut_with_a_warning_and_never_inside_a_surrogate_pair()
    {
        await using var slack = await Emulator.Start();

        var answer = await slack.Call("chat.postMessage", ("channel", Emulator.Channel), ("text", "a" + string.Concat(Enumerable.Repeat("😀", 20_000))));

        Assert.True((bool)answer["ok"]!);
        Assert.Equal("message_truncated", (string?)answer["warning"]);
        Assert.Equal("message_truncated", (string?)answer["response_metadata"]!["warnings"]![0]);
        var text = (string)(await slack.Stored())[0]!["text"]!;
        Assert.Equal(39_999, text.Length);
        Assert.EndsWith("😀", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n ")]
    public async Task A_post_that_says_nothing_is_refused(string text)
    {
        await using var slack = await Emulator.Start();
        Assert.Equal("no_text", (string?)(await slack.Call("chat.postMessage", ("channel", Emulator.Channel), ("text", text), ("blocks", "[]")))["error"]);
        Assert.Empty(await slack.Stored());
    }

    [Theory]
    [InlineData("C0NOWHERE")]
    [InlineData("U0NOBODY")]
    public async Task A_channel_that_does_not_exist_is_not_found(string channel)
    {
        await using var slack = await Emulator.Start();
        Assert.Equal("channel_not_found", (string?)(await slack.Call("chat.postMessage", ("channel", channel), ("text", "x")))["error"]);
    }

    [Fact]
    public async Task A_post_to_a_person_goes_to_their_direct_message_and_names_it()
    {
        await using var slack = await Emulator.Start();
        var answer = await slack.Call("chat.postMessage", ("channel", Emulator.User), ("text", "psst"));
        Assert.StartsWith("D", (string)answer["channel"]!, StringComparison.Ordinal);
        Assert.Single(await slack.Stored("channel=" + (string)answer["channel"]!));
    }

    [Theory]
    [InlineData("archive", "is_archived", "is_inactive")]
    [InlineData("kick", "not_in_channel", null)]
    [InlineData("read_only", "restricted_action_read_only_channel", null)]
    [InlineData("thread_only", "restricted_action_thread_only_channel", null)]
    public async Task The_standing_of_a_channel_decides_whether_it_takes_posts(string change, string refusal, string? refusedUpdate)
    {
        await using var slack = await Emulator.Start();
        var ts = await slack.Post("before");
        await slack.Do($"channels/{Emulator.Channel}/{change}");

        Assert.Equal(refusal, (string?)(await slack.Call("chat.postMessage", ("channel", Emulator.Channel), ("text", "x")))["error"]);
        Assert.Equal(refusedUpdate, (string?)(await slack.Call("chat.update", ("channel", Emulator.Channel), ("ts", ts), ("text", "x")))["error"]);
        Assert.Single(await slack.Stored());
    }

    [Fact]
    public async Task An_archived_channel_takes_posts_again_when_it_is_unarchived_and_a_left_one_after_joining()
    {
        await using var slack = await Emulator.Start();
        await slack.Do($"channels/{Emulator.Channel}/archive");
        await slack.Do($"channels/{Emulator.Channel}/unarchive");
        await slack.Post("back");
        await slack.Do($"channels/{Emulator.Channel}/kick");
        Assert.Equal("not_in_channel", (string?)(await slack.History())["error"]);
        Assert.True((bool)(await slack.Call("conversations.join", ("channel", Emulator.Channel)))["ok"]!);
        await slack.Post("joined");
        Assert.Equal("already_in_channel", (string?)(await slack.Call("conversations.join", ("channel", Emulator.Channel)))["warning"]);
    }

    [Theory]
    [InlineData("no json", "invalid_metadata_format")]
    [InlineData("""{"event_type":"a"}""", "invalid_metadata_format")]
    [InlineData("""{"event_type":"a","event_payload":{"x":{"y":1}}}""", "invalid_metadata_schema")]
    [InlineData("""{"event_type":"a","event_payload":{"x":null}}""", "invalid_metadata_schema")]
    public async Task Metadata_that_Slack_would_not_take_is_refused(string metadata, string error)
    {
        await using var slack = await Emulator.Start();
        var answer = await slack.Call("chat.postMessage", ("channel", Emulator.Channel), ("text", "x"), ("metadata", metadata));
        Assert.Equal(error, (string?)answer["error"]);
    }

    [Fact]
    public async Task Metadata_is_shown_with_its_payload_only_to_those_who_ask_for_all_of_it()
    {
        await using var slack = await Emulator.Start();
        var root = await slack.Post("x", more: ("metadata", """{"event_type":"threadgrains_post","event_payload":{"post":"p1","v":1}}"""));

        foreach (var read in new Func<(string, string)[], Task<JsonNode>>[] { more => slack.Replies(root, more), slack.History })
        {
            var plain = (await read([]))["messages"]![0]!["metadata"]!;
            Assert.Equal("""{"event_type":"threadgrains_post"}""", plain.ToJsonString());
            var all = (await read([("include_all_metadata", "true")]))["messages"]![0]!["metadata"]!;
            Assert.Equal("""{"event_type":"threadgrains_post","event_payload":{"post":"p1","v":1}}""", all.ToJsonString());
        }
    }

    [Fact]
    public async Task An_ephemeral_message_is_nowhere_but_before_one_person()
    {
        await using var slack = await Emulator.Start();
        var answer = await slack.Call("chat.postEphemeral", ("channel", Emulator.Channel), ("user", Emulator.User), ("text", "only you"));
        Assert.Matches(@"^\d+\.\d{6}$", (string)answer["message_ts"]!);
        Assert.Empty(await slack.Stored());
        Assert.Empty((await slack.History())["messages"]!.AsArray());
        var shown = Assert.Single((await slack.Get("ephemerals?user=" + Emulator.User))["ephemerals"]!.AsArray())!;
        Assert.Equal("only you", (string?)shown["text"]);
        Assert.Equal("user_not_in_channel", (string?)(await slack.Call("chat.postEphemeral", ("channel", Emulator.Channel), ("user", "U0NOBODY"), ("text", "x")))["error"]);
    }

    [Fact]
    public async Task A_permalink_names_channel_message_and_thread()
    {
        await using var slack = await Emulator.Start();
        var root = await slack.Post("root");
        var reply = await slack.Post("reply", root);
        async Task<string?> Link(string ts) => (string?)(await slack.Call("chat.getPermalink", ("channel", Emulator.Channel), ("message_ts", ts)))["permalink"];
        Assert.EndsWith($"/archives/{Emulator.Channel}/p{root.Replace(".", "", StringComparison.Ordinal)}", await Link(root), StringComparison.Ordinal);
        Assert.EndsWith($"?thread_ts={root}&cid={Emulator.Channel}", await Link(reply), StringComparison.Ordinal);
        Assert.Equal("message_not_found", (string?)(await slack.Call("chat.getPermalink", ("channel", Emulator.Channel), ("message_ts", "1.000000")))["error"]);
    }
}
