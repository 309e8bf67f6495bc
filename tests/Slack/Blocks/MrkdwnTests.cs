using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using ThreadGrains.Slack.Blocks;

namespace ThreadGrains.Slack.Tests.Blocks;

public sealed class MrkdwnTests
{
    // Text as strangers write it: markup, entities, line breaks, direction marks, whole and half surrogate pairs.
    private static readonly string[] Pieces =
    [
        "a", "é", "😀", "\ud83d", "\ude00", "<", ">", "&", "&amp;", "|", "<!channel>", "<@U123>", "`", "*", " ", "\n", "\r\n", "\u2028", "\0", "\u202e", "\u2066", "word",
    ];

    private static readonly Gen<string> Hostile = Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[0, 40].Select(string.Concat);

    [Theory]
    [InlineData("a & b", "a &amp; b")]
    [InlineData("<!channel> & <@U123>", "&lt;!channel&gt; &amp; &lt;@U123&gt;")]
    [InlineData("&amp;", "&amp;amp;")]
    [InlineData("a\0b", "a\ufffdb")]
    [InlineData("😀\nnext", "😀\nnext")]
    [InlineData("user\u202egnp.exe", "usergnp.exe")]
    [InlineData("\u2066\u2069\u200e\u200f\u061c", "")]
    [InlineData("", "")]
    public void Text_from_outside_is_escaped_once(string text, string expected) => Assert.Equal(expected, Mrkdwn.Escape(text));

    [Theory]
    [InlineData("*bold*", "∗bold∗")]
    [InlineData("a *bold* word", "a ∗bold∗ word")]
    [InlineData("__init__ in snake_case", "ˍˍinitˍˍ in snake_case")]
    [InlineData("_ops_bot_", "ˍops_botˍ")]
    [InlineData("~now~ 2 * 3 * 4", "∼now∼ 2 * 3 * 4")]
    [InlineData("(*x*)", "(∗x∗)")]
    [InlineData("日本*語*", "日本∗語∗")]
    [InlineData("`rm -rf`", "ˋrm -rfˋ")]
    [InlineData("10:100:20", "10∶100:20")]
    [InlineData(":wave::skin-tone-2:", "∶wave:∶skin-tone-2:")]
    [InlineData(":\u202ewave:", "∶wave:")]
    [InlineData(":Ⅿ:", "∶Ⅿ:")]
    [InlineData("::a: b", ":∶a: b")]
    [InlineData("https://host:80/a:b", "https://host:80/a:b")]
    [InlineData("> quoted", "› quoted")]
    [InlineData(">>> a > b\n > c", "››› a &gt; b\n › c")]
    public void What_Slack_would_read_as_formatting_becomes_a_look_alike(string text, string expected) => Assert.Equal(expected, Mrkdwn.Escape(text));

    [Theory]
    [InlineData("short", 5, "short")]
    [InlineData("longer", 5, "long…")]
    [InlineData("a😀b", 3, "a…")]
    [InlineData("ae\u0301b", 3, "a…")]
    [InlineData("👩‍👩‍👧x", 4, "👩‍…")]
    [InlineData("ab", 1, "…")]
    public void Raw_text_is_cut_between_characters(string text, int max, string expected) => Assert.Equal(expected, Mrkdwn.Cut(text, max));

    [Theory]
    [InlineData("a `code` b", 8, "a …")]
    [InlineData("a `code` b", 9, "a `code`…")]
    [InlineData("ae\u0301b", 3, "a…")]
    [InlineData("a\u0600&amp;bc", 8, "a\u0600&amp;…")]
    public void A_code_span_and_a_character_stay_whole(string escaped, int max, string expected) => Assert.Equal(expected, Mrkdwn.Truncate(escaped, max));

    [Fact]
    public void An_address_that_is_too_long_for_a_message_leaves_its_label()
    {
        string fits = "https://example.com/".PadRight(Mrkdwn.MaxAddress, 'a');
        Assert.Equal($"<{fits}|x>", Mrkdwn.Link(fits, "x"));
        Assert.Equal("x", Mrkdwn.Link(fits + "a", "x"));
        Assert.Equal("x", Mrkdwn.Link("https://example.com/".PadRight(1000, '&'), "x"));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_replaced()
    {
        Assert.Equal("\ufffd!\ufffd", Mrkdwn.Escape("\ud83d!\ude00"));
        Assert.Equal("\ufffd\ufffd", Mrkdwn.Escape("\ud83d\u202e\ude00"));
    }

    [Theory]
    [InlineData("a\r\nb\n\nc", "a b c")]
    [InlineData("a\u2028b\u2029c\u0085d\ve\ff", "a b c d e f")]
    [InlineData("a\tb", "a\tb")]
    public void A_line_stays_one_line(string text, string expected) => Assert.Equal(expected, Mrkdwn.EscapeLine(text));

    [Fact]
    public void Escaped_text_holds_no_markup_and_decodes_to_what_it_was() => Hostile.Sample(text =>
    {
        var escaped = Mrkdwn.Escape(text);
        var decoded = Regex.Replace(escaped.Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal), "[ˋ∗ˍ∼›∶]",
            lookAlike => "`*_~>:"["ˋ∗ˍ∼›∶".IndexOf(lookAlike.Value, StringComparison.Ordinal)].ToString());
        var expected = Regex.Replace(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\ufffd'), "[\u202e\u2066]", "");
        return !escaped.Contains('<', StringComparison.Ordinal) && !escaped.Contains('>', StringComparison.Ordinal) && decoded == expected;
    });

    [Theory]
    [InlineData("https://example.com/a?b=1&c=2", "label", "<https://example.com/a?b=1&amp;c=2|label>")]
    [InlineData("https://example.com/a b|c<d>", "x", "<https://example.com/a%20b%7Cc%3Cd%3E|x>")]
    [InlineData("http://example.com", "a | b <c> & d\ne", "<http://example.com|a ¦ b &lt;c&gt; &amp; d e>")]
    [InlineData("mailto:a@example.com", "mail", "<mailto:a@example.com|mail>")]
    [InlineData("https://example.com/", "", "<https://example.com/>")]
    [InlineData("javascript:alert(1)", "<b>", "&lt;b&gt;")]
    [InlineData("file:///etc/passwd", "x", "x")]
    [InlineData("data:text/html,x", "x", "x")]
    [InlineData("/relative", "x", "x")]
    [InlineData("", "x", "x")]
    [InlineData("https://", "x", "x")]
    [InlineData("https://example.com/\n<!channel>", "x", "<https://example.com/%0A%3C!channel%3E|x>")]
    public void A_link_is_built_only_to_addresses_that_we_link_to(string url, string label, string expected) => Assert.Equal(expected, Mrkdwn.Link(url, label));

    [Fact]
    public void No_label_and_no_address_can_break_out_of_a_link() => Gen.Select(Hostile, Hostile).Sample((path, label) =>
        Regex.IsMatch(Mrkdwn.Link("https://example.com/" + path, label), @"^<https://example\.com/[^<>|\s]*(\|[^<>|\r\n]+)?>\z"));

    [Theory]
    [InlineData("a`b", "`aˋb`")]
    [InlineData("<x>", "`&lt;x&gt;`")]
    [InlineData("a\nb", "`a b`")]
    [InlineData("", "")]
    public void Code_cannot_be_closed_from_inside(string text, string expected) => Assert.Equal(expected, Mrkdwn.Code(text));

    [Theory]
    [InlineData("a*b", "*a∗b*")]
    [InlineData("_a_", "*ˍaˍ*")]
    [InlineData(" a ", "*a*")]
    [InlineData("<x>\ny", "*&lt;x&gt; y*")]
    [InlineData(" ", "")]
    public void Bold_cannot_be_closed_from_inside(string text, string expected) => Assert.Equal(expected, Mrkdwn.Bold(text));

    [Theory]
    [InlineData("U123")]
    [InlineData("W0ABCDEF")]
    public void A_user_is_mentioned_by_id(string id) => Assert.Equal($"<@{id}>", Mrkdwn.UserMention(id));

    [Theory]
    [InlineData("U1")]
    [InlineData("u123")]
    [InlineData("C123")]
    [InlineData("U123>")]
    [InlineData("U123\n")]
    [InlineData("!channel")]
    public void Nothing_else_is_mentioned(string id) => Assert.Throws<ArgumentException>(() => Mrkdwn.UserMention(id));

    [Theory]
    [InlineData("short", 5, "short")]
    [InlineData("longer", 5, "long…")]
    [InlineData("a&amp;b", 6, "a…")]
    [InlineData("a&amp;bc", 7, "a&amp;…")]
    [InlineData("a😀b", 3, "a…")]
    [InlineData("a <https://x.y|label> b", 10, "a …")]
    [InlineData("&amp;", 1, "…")]
    public void Text_is_cut_between_its_units(string escaped, int max, string expected) => Assert.Equal(expected, Mrkdwn.Truncate(escaped, max));

    [Fact]
    public void However_it_is_cut_it_fits_and_stays_whole() => Gen.Select(Hostile, Hostile, Gen.Int[1, 120]).Sample((text, label, max) =>
    {
        var escaped = Mrkdwn.Escape(text) + Mrkdwn.Link("https://example.com/a?b&c", label) + Mrkdwn.UserMention("U123") + Mrkdwn.Escape(label);
        var cut = Mrkdwn.Truncate(escaped, max);

        if (escaped.Length <= max)
        {
            return cut == escaped;
        }

        var kept = cut[..^1];
        return cut.Length <= max
            && cut.EndsWith('…')
            && escaped.StartsWith(kept, StringComparison.Ordinal)
            && Regex.IsMatch(kept, @"^(?:[^<>&]|&(?:amp|lt|gt);|<[^<>]*>)*\z")           // no open entity, no open <…>
            && (kept.Length == 0 || !char.IsHighSurrogate(kept[^1]))
            && WhatFollowsWouldNotHaveFit(escaped, kept.Length, max);
    });

    [Fact]
    public void There_is_no_room_for_nothing() => Assert.Throws<ArgumentOutOfRangeException>(() => Mrkdwn.Truncate("a", 0));

    // Not cut shorter than need be: the next unit, read here by a pattern of the test's own, would pass the limit.
    private static bool WhatFollowsWouldNotHaveFit(string escaped, int at, int max) =>
        at + Regex.Match(escaped[at..], @"^(?:&(?:amp|lt|gt);|<[^<>]*>|\r\n|[\ud800-\udbff][\udc00-\udfff]|[\s\S])").Length + 1 > max;
}
