using System.Text.Json;
using ThreadGrains.Slack.Blocks;

namespace ThreadGrains.Slack.Tests.Blocks;

public sealed class BlockTests
{
    private static readonly Dictionary<string, (string Field, int Limit, Func<int, object> Build)> Table = new()
    {
        ["section"] = ("text object", 3000, n => new Section(new MarkdownText(Of(n)))),
        ["plain text"] = ("text object", 3000, n => new PlainText(Of(n))),
        ["header"] = ("header text", 150, n => new Header(new PlainText(Of(n)))),
        ["field"] = ("field text", 2000, n => new Fields([new MarkdownText(Of(n))])),
        ["fields"] = ("fields", 10, n => new Fields(Many(n, _ => new MarkdownText("x")))),
        ["context"] = ("context elements", 10, n => new Context(Many(n, _ => new MarkdownText("x")))),
        ["actions"] = ("actions elements", 25, n => new Actions(Many(n, i => new Button($"a{i}", "x")))),
        ["button text"] = ("button text", 75, n => new Button("a", Of(n))),
        ["action_id"] = ("action_id", 255, n => new Button(Of(n), "x")),
        ["button value"] = ("button value", 2000, n => new Button("a", "x") { Value = Of(n) }),
        ["button url"] = ("button url", 3000, n => new Button("a", "x") { Url = "https://x/".PadRight(n, 'x') }),
        ["block_id"] = ("block_id", 255, n => new Divider { BlockId = Of(n) }),
    };

    public static TheoryData<string> Limits => new(Table.Keys);

    [Theory]
    [MemberData(nameof(Limits))]
    public void Up_to_the_limit_a_block_is_built_and_beyond_it_the_error_names_field_limit_and_length(string name)
    {
        var (field, limit, build) = Table[name];

        Assert.NotNull(build(limit));
        var error = Assert.Throws<ArgumentException>(() => build(limit + 1));

        Assert.StartsWith(field + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains($"the limit is {limit}.", error.Message, StringComparison.Ordinal);
        Assert.Contains($" {limit + 1} ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_kind_of_block_is_in_the_table_or_has_no_limit_of_its_own()
    {
        var kinds = typeof(Block).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Block)) && !type.IsAbstract).Select(type => type.Name);
        Assert.Equal(["Actions", "Context", "Divider", "Fields", "Header", "Section"], kinds.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Empty_texts_and_lists_are_refused()
    {
        foreach (var build in new Func<object>[]
        {
            () => new MarkdownText(""), () => new PlainText(""), () => new Fields([]), () => new Context([]), () => new Actions([]),
            () => new Button("", "x"), () => new Button("a", ""), () => new Button("a", "x") { Value = "" }, () => new Divider { BlockId = "" },
        })
        {
            Assert.Contains(": empty", Assert.Throws<ArgumentException>(build).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("/relative")]
    [InlineData("ftp://example.com/")]
    public void A_button_opens_only_web_addresses(string url) => Assert.Throws<ArgumentException>(() => new Button("a", "x") { Url = url });

    [Fact]
    public void A_message_has_at_most_fifty_blocks_and_no_id_twice()
    {
        Assert.Equal(50, BlockList.Of([.. Many(50, _ => new Divider())]).Count);
        Assert.Contains("51 items, the limit is 50", Assert.Throws<ArgumentException>(() => BlockList.Of([.. Many(51, _ => new Divider())])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => BlockList.Of(new Divider { BlockId = "b" }, new Divider { BlockId = "b" }));
        Assert.Throws<ArgumentException>(() => BlockList.Of(new Actions([new Button("a", "x")]), new Section(new MarkdownText("x"), new Button("a", "x"))));
        Assert.Throws<ArgumentException>(() => BlockList.Of(new Actions([new Button("a", "x"), new Button("a", "y")])));
    }

    [Fact]
    public void The_json_is_what_slack_documents_and_always_the_same()
    {
        BlockList blocks = Card();

        Assert.Equal(
            """
            [{"type":"header","block_id":"top","text":{"type":"plain_text","text":"Title"}},
            {"type":"section","text":{"type":"mrkdwn","text":"*Bold* é \uD83D\uDE00 \"quoted\" <https://x.y|z>"},"accessory":{"type":"button","action_id":"open","text":{"type":"plain_text","text":"Open"},"url":"https://x.y/?a=1&b=2"}},
            {"type":"section","fields":[{"type":"mrkdwn","text":"a"},{"type":"plain_text","text":"b"}]},
            {"type":"context","elements":[{"type":"mrkdwn","text":"small"}]},
            {"type":"divider"},
            {"type":"actions","elements":[{"type":"button","action_id":"tg.resolve","text":{"type":"plain_text","text":"Resolve"},"value":"v","style":"primary"},{"type":"button","action_id":"tg.archive","text":{"type":"plain_text","text":"Archive"},"style":"danger"}]}]
            """.ReplaceLineEndings(""),
            blocks.ToJson());
        Assert.Equal(blocks.ToJson(), Card().ToJson());
        using var parsed = JsonDocument.Parse(blocks.ToJson());
        Assert.Equal(6, parsed.RootElement.GetArrayLength());

        static BlockList Card() =>
        [
            new Header(new PlainText("Title")) { BlockId = "top" },
            new Section(new MarkdownText("*Bold* é 😀 \"quoted\" <https://x.y|z>"), new Button("open", "Open") { Url = "https://x.y/?a=1&b=2" }),
            new Fields([new MarkdownText("a"), new PlainText("b")]),
            new Context([new MarkdownText("small")]),
            new Divider(),
            new Actions([new Button("tg.resolve", "Resolve") { Value = "v", Style = ButtonStyle.Primary }, new Button("tg.archive", "Archive") { Style = ButtonStyle.Danger }]),
        ];
    }

    private static string Of(int length) => new('x', length);

    private static IEnumerable<T> Many<T>(int count, Func<int, T> make) => Enumerable.Range(0, count).Select(make);
}
