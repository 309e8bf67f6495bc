using System.Text;
using System.Text.Json;
using CsCheck;
using ThreadGrains.Groups;

namespace ThreadGrains.Grains.Tests.Rendering;

/// <summary>Alerts and activities of all types, with texts of all lengths and all of Unicode in every field.</summary>
internal static class Strangers
{
    private static readonly string[] Pieces =
    [
        "a", "Z", "9", " ", "  ", "\n", "\r\n", "\u2028", "\t", "*", "**", "_", "__", "~", "`", "```", "```\n", "\n```cs\n", ":", ":wave:", ":100:", "10:100:20", "::",
        "<", ">", "\n> ", ">>>", "&", "&amp;", "&lt;", "|", "<!channel>", "<@U123>", "<https://evil.example|x>", "https://x.example/a_b_(c)?d=*e*&f=:g:", "word", "snake_case",
        "*bold*", "_it_", "`code`", "~s~", "\u200b", "\u200d", "\u202e", "\u2060", "\u0301", "e\u0301", "👩‍👩‍👧", "🇩🇪", "😀", "\u0600", "각", "日本語", "İ", "ß", "•", "…", "\u0001", "\u001b[31m",
    ];

    private static readonly Gen<string> Rune = Gen.Int[1, 0x10FFFF].Select(value => System.Text.Rune.IsValid(value) ? new Rune(value).ToString() : "\uFFFD");

    private static readonly Gen<string> Piece = Gen.Frequency((8, OneOf(Pieces)), (1, Rune));

    private static readonly Gen<string> Brief = Piece.Array[0, 12].Select(string.Concat);

    private static readonly Gen<string> Middling = Piece.Array[0, 400].Select(string.Concat);

    /// <summary>A few pieces again and again, to a length that is drawn evenly over the orders of magnitude.</summary>
    private static Gen<string> Long(int most) => Gen.Select(Piece.Array[1, 6], Gen.Double[2, Math.Log10(most)]).Select((pieces, magnitude) =>
    {
        string unit = string.Concat(pieces);
        var text = new StringBuilder();
        while (text.Length < Math.Pow(10, magnitude))
        {
            text.Append(unit);
        }

        return Whole(text.ToString(), most);
    });

    /// <summary>Any text of at most some characters, short ones mostly.</summary>
    public static Gen<string> Text(int most = 100_000) =>
        Gen.Frequency((12, Brief), (3, Middling.Select(text => Whole(text, most))), (2, Long(most)), (1, Gen.String.Select(text => Whole(text.Replace("\0", "", StringComparison.Ordinal), most))));

    private static Gen<string?> Maybe(Gen<string> text) => Gen.Frequency((1, Gen.Const((string?)null)), (3, text.Select(one => (string?)one)));

    public static Gen<string> Url { get; } = Gen.Frequency(
        (3, Gen.Const("https://x.example/1")),
        (2, Text(20_000).Select(text => "https://x.example/q?x=" + text)),
        (1, Gen.Int[1900, 4000].Select(length => "https://x.example/".PadRight(length, 'a'))),
        (1, Gen.Int[100, 3000].Select(length => "https://x.example/".PadRight(length, '&'))));

    public static Gen<string> Group { get; } = OneOf("BILL-1", "_ops_:a:b", "~x~", new string('a', 64), new string('~', 200), "team:42:");

    public static Gen<Actor> Actor { get; } = Gen.Select(OneOf(ActorTypes.User, ActorTypes.System, ActorTypes.Integration), Maybe(Text()), Maybe(Text()), Maybe(Text()))
        .Select((type, id, name, email) => new Actor(type, id, name, email));

    public static Gen<IssueFacts> Issue { get; } = Gen.Select(
        Gen.Select(Maybe(Text()), Maybe(Url), Maybe(Text())), Gen.Select(Maybe(Text()), Maybe(Text()), Maybe(Text())),
        Gen.Frequency((2, Gen.Int[0, 5]), (1, Gen.Int[40, 120])).SelectMany(count => Gen.Select(Text(2000), Text(2000)).Array[count]))
        .Select((one, two, tags) => new IssueFacts(
            one.Item1, one.Item2, one.Item3, two.Item1, two.Item2, two.Item3, tags.DistinctBy(tag => tag.Item1).ToDictionary(tag => tag.Item1, tag => tag.Item2)));

    /// <summary>An activity that the rules accept.</summary>
    public static Gen<Activity> Activity { get; } = Gen.Select(OneOf([.. ActivityTypes.All]), Actor, Data).Select((type, actor, data) => new Activity("a1", type, actor, Of(type, data)));

    private static Gen<Dictionary<string, string>> Data => Gen.Select(
        Text(50_000), Gen.Select(Text(4000), Text(4000), Text(4000)), Gen.Select(Text(4000), Text(4000)), Url,
        OneOf("1", "0", "1000", "12.5", "-3", "1e300", "99999999999999999999999999999999999", "1e400"),
        OneOf("2027-01-31T12:00:00Z", "escalating", "condition_met", "forever"), Gen.Int[0, 1 << 12])
        .Select((text, some, more, url, number, until, kept) =>
        {
            var all = new Dictionary<string, string>
            {
                ["text"] = Json(text), ["version"] = Json(some.Item1), ["commit"] = Json(some.Item2), ["repository"] = Json(some.Item3), ["assignee"] = Json(more.Item1),
                ["label"] = Json(more.Item2), ["provider"] = Json(some.Item1), ["url"] = Json(url), ["number"] = kept % 2 == 0 ? number : Json(more.Item2), ["age"] = number, ["duration"] = number,
                ["count"] = number, ["forecast"] = number, ["until"] = Json(until), ["forever"] = "true", ["new"] = kept % 3 == 0 ? "false" : "true", ["assigneeType"] = kept % 2 == 0 ? "\"user\"" : "\"team\"",
            };
            int bit = 0;
            // What the type demands must be there; of the rest some is left out.
            return all.Where(one => Required.Contains(one.Key) || (kept >> bit++ % 12 & 1) == 0).ToDictionary();
        });

    private static readonly string[] Required = ["text", "commit", "number", "assignee", "assigneeType", "provider"];

    private static string Of(string type, Dictionary<string, string> data) =>
        "{" + string.Join(',', data.Where(one => type == ActivityTypes.Note || one.Key != "text").Select(one => $"\"{one.Key}\":{one.Value}")) + "}";

    private static Gen<string> OneOf(params string[] all) => Gen.Int[0, all.Length - 1].Select(i => all[i]);

    private static string Json(string text) => JsonSerializer.Serialize(text);

    private static string Whole(string text, int most)
    {
        string cut = text.Length <= most ? text : text[..most];
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(cut));
    }
}
