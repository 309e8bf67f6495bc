using System.Text.Json;
using System.Text.Json.Nodes;
using ThreadGrains.SlackEmulator.Blocks;

namespace ThreadGrains.SlackEmulator.Tests;

public sealed class BlockTests
{
    /// <summary>Pointer of the breach, then the largest or smallest thing that is allowed, then the first that is not.</summary>
    public static TheoryData<string, string, string> Limits
    {
        get
        {
            static string Plain(int length) => $$"""{"type":"plain_text","text":"{{new string('a', length)}}"}""";
            static string Mrkdwn(int length) => $$"""{"type":"mrkdwn","text":"{{new string('a', length)}}"}""";
            static string Many(string item, int count) => string.Join(',', Enumerable.Range(0, count).Select(number => item.Replace("#", Emulator.Number(number), StringComparison.Ordinal)));
            static string Button(string more, int text = 3) => $$"""{"type":"actions","elements":[{"type":"button","text":{{Plain(text)}}{{more}}}]}""";
            static string Options(string type, int count, string value = "v#", int text = 3) =>
                $$$"""{"type":"actions","elements":[{"type":"{{{type}}}","options":[{{{Many($$"""{"text":{{Plain(text)}},"value":"{{value}}"}""", count)}}}]}]}""";
            static string Long(int length) => new('x', length);

            return new()
            {
                { "/blocks", Many("""{"type":"divider"}""", 50), Many("""{"type":"divider"}""", 51) },
                { "/blocks/0/text/text", $$"""{"type":"section","text":{{Mrkdwn(3_000)}}}""", $$"""{"type":"section","text":{{Mrkdwn(3_001)}}}""" },
                { "/blocks/0/text/text", $$"""{"type":"section","text":{{Mrkdwn(1)}}}""", $$"""{"type":"section","text":{{Mrkdwn(0)}}}""" },
                { "/blocks/0/fields/0/text", $$"""{"type":"section","fields":[{{Mrkdwn(2_000)}}]}""", $$"""{"type":"section","fields":[{{Mrkdwn(2_001)}}]}""" },
                { "/blocks/0/fields", $$"""{"type":"section","fields":[{{Many(Mrkdwn(1), 10)}}]}""", $$"""{"type":"section","fields":[{{Many(Mrkdwn(1), 11)}}]}""" },
                { "/blocks/0", $$"""{"type":"section","text":{{Plain(1)}}}""", """{"type":"section"}""" },
                { "/blocks/0/text/text", $$"""{"type":"header","text":{{Plain(150)}}}""", $$"""{"type":"header","text":{{Plain(151)}}}""" },
                { "/blocks/0/text/type", $$"""{"type":"header","text":{{Plain(1)}}}""", $$"""{"type":"header","text":{{Mrkdwn(1)}}}""" },
                { "/blocks/0/elements", $$"""{"type":"context","elements":[{{Many(Mrkdwn(1), 10)}}]}""", $$"""{"type":"context","elements":[{{Many(Mrkdwn(1), 11)}}]}""" },
                {
                    "/blocks/0/elements", $$$"""{"type":"actions","elements":[{{{Many($$"""{"type":"button","text":{{Plain(1)}}}""", 25)}}}]}""",
                    $$$"""{"type":"actions","elements":[{{{Many($$"""{"type":"button","text":{{Plain(1)}}}""", 26)}}}]}"""
                },
                { "/blocks/0/elements/0/text/text", Button("", 75), Button("", 76) },
                { "/blocks/0/elements/0/value", Button($",\"value\":\"{Long(2_000)}\""), Button($",\"value\":\"{Long(2_001)}\"") },
                { "/blocks/0/elements/0/url", Button($",\"url\":\"{Long(3_000)}\""), Button($",\"url\":\"{Long(3_001)}\"") },
                { "/blocks/0/elements/0/action_id", Button($",\"action_id\":\"{Long(255)}\""), Button($",\"action_id\":\"{Long(256)}\"") },
                { "/blocks/0/elements/0/style", Button(",\"style\":\"danger\""), Button(",\"style\":\"loud\"") },
                { "/blocks/0/block_id", $$"""{"type":"divider","block_id":"{{Long(255)}}"}""", $$"""{"type":"divider","block_id":"{{Long(256)}}"}""" },
                { "/blocks/1/block_id", """{"type":"divider","block_id":"a"},{"type":"divider","block_id":"b"}""", """{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}""" },
                { "/blocks/0/elements/0/options", Options("static_select", 100), Options("static_select", 101) },
                { "/blocks/0/elements/0/options", Options("overflow", 5), Options("overflow", 6) },
                { "/blocks/0/elements/0/options", Options("radio_buttons", 10), Options("radio_buttons", 11) },
                { "/blocks/0/elements/0/options/0/value", Options("overflow", 1, Long(150)), Options("overflow", 1, Long(151)) },
                { "/blocks/0/elements/0/options/0/text/text", Options("overflow", 1, text: 75), Options("overflow", 1, text: 76) },
                { "/blocks/0/alt_text", """{"type":"image","image_url":"https://x.y/z.png","alt_text":"z"}""", """{"type":"image","image_url":"https://x.y/z.png","alt_text":""}""" },
                { "/blocks/0/text", $$"""{"type":"markdown","text":"{{Long(12_000)}}"}""", $$"""{"type":"markdown","text":"{{Long(12_001)}}"}""" },
                { "/blocks/0", """{"type":"divider"}""", """{"type":"carpet"}""" },
                { "/blocks/0", """{"type":"divider"}""", "17" },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Limits))]
    public void Each_limit_holds_exactly_and_its_breach_is_named(string pointer, string allowed, string refused)
    {
        Assert.Empty(BlockValidation.OfMessage(JsonElement.Parse($"[{allowed}]")));
        var error = Assert.Single(BlockValidation.OfMessage(JsonElement.Parse($"[{refused}]")));
        Assert.StartsWith("[ERROR] ", error, StringComparison.Ordinal);
        Assert.EndsWith($"[json-pointer:{pointer}]", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_texts_of_a_message_together_have_a_limit()
    {
        await using var slack = await Emulator.Start();
        foreach (var (last, expected) in new[] { (2_998, null), (2_999, "msg_blocks_too_long") })
        {
            string[] texts = [.. Enumerable.Repeat(new string('a', 3_000), 3), new string('b', last)];
            var sections = texts.Select(text => $$$"""{"type":"section","text":{"type":"mrkdwn","text":"{{{text}}}"}}""");
            var blocks = $$"""[{{string.Join(',', sections)}},{"type":"context","elements":[{"type":"plain_text","text":"cc"}]}]""";
            Assert.Equal(expected, (string?)(await slack.Call("chat.postMessage", ("channel", Emulator.Channel), ("text", "x"), ("blocks", blocks)))["error"]);
        }
        Assert.Single(await slack.Stored());
    }

    [Fact]
    public async Task Wrong_blocks_are_refused_with_what_is_wrong_and_nothing_is_stored()
    {
        await using var slack = await Emulator.Start();
        var answer = await slack.Call("chat.postMessage", ("channel", Emulator.Channel), ("text", "x"), ("blocks", """[{"type":"section","text":{"type":"mrkdwn","text":""}}]"""));
        Assert.Equal("invalid_blocks", (string?)answer["error"]);
        Assert.Equal("[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]", (string?)answer["response_metadata"]!["messages"]![0]);
        Assert.Empty(await slack.Stored());
        foreach (var blocks in new[] { "no json", "{}", "\"x\"" })
            Assert.Equal("invalid_blocks_format", (string?)(await slack.Call("chat.postMessage", ("channel", Emulator.Channel), ("text", "x"), ("blocks", blocks)))["error"]);
    }

    [Fact]
    public async Task Blocks_come_back_with_ids_defaults_and_normalised_text_and_given_ids_stay()
    {
        await using var slack = await Emulator.Start();
        await slack.CallWithJson("chat.postMessage", JsonNode.Parse("""
            {"channel":"C0ALERTS","text":"x","blocks":[
              {"type":"section","block_id":"tg1:0198-aa","text":{"type":"mrkdwn","text":"a & b https://x.y"}},
              {"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Go"}}]}]}
            """)!);

        var blocks = (await slack.History())["messages"]![0]!["blocks"]!.AsArray();

        Assert.Equal("tg1:0198-aa", (string?)blocks[0]!["block_id"]);
        Assert.Equal("a &amp; b <https://x.y>", (string?)blocks[0]!["text"]!["text"]);
        Assert.False((bool)blocks[0]!["text"]!["verbatim"]!);
        Assert.Equal(5, ((string)blocks[1]!["block_id"]!).Length);
        Assert.Equal(5, ((string)blocks[1]!["elements"]![0]!["action_id"]!).Length);
        Assert.True((bool)blocks[1]!["elements"]![0]!["text"]!["emoji"]!);
    }

    [Fact]
    public async Task A_hundred_attachments_are_the_most()
    {
        await using var slack = await Emulator.Start();
        async Task<string?> Error(int count) => (string?)(await slack.Call("chat.postMessage", ("channel", Emulator.Channel), ("attachments", "[" + string.Join(',', Enumerable.Repeat("{\"text\":\"a\"}", count)) + "]")))["error"];
        Assert.Null(await Error(100));
        Assert.Equal("too_many_attachments", await Error(101));
    }
}
