using CsCheck;

namespace ThreadGrains.Slack.Tests;

public sealed class SlackTsTests
{
    [Theory]
    [InlineData("1503435956.000247")]
    [InlineData("0.000000")]
    [InlineData("999999999999999999.999999")]
    public void A_ts_is_kept_as_slack_wrote_it(string text)
    {
        Assert.True(SlackTs.TryParse(text, out var ts));
        Assert.Equal(text, ts.ToString());
        Assert.True(ts.IsValid);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1503435956")]
    [InlineData("1503435956.00024")]
    [InlineData("1503435956.0002470")]
    [InlineData(".000247")]
    [InlineData("-1.000247")]
    [InlineData("1,5.000247")]
    [InlineData(" 1503435956.000247")]
    [InlineData("1503435956.000247\n")]
    [InlineData("1503435956.00.247")]
    [InlineData("١.000247")]
    [InlineData("9999999999999999999.000000")]
    public void Anything_else_is_no_ts(string? text)
    {
        Assert.False(SlackTs.TryParse(text, out var ts));
        Assert.False(ts.IsValid);
        Assert.Equal("", ts.ToString());
        Assert.Throws<FormatException>(() => SlackTs.Parse(text!));
    }

    [Fact]
    public void They_are_ordered_by_their_numbers_and_not_by_their_text()
    {
        var part = Gen.Select(Gen.Long[0, 99_999_999_999], Gen.Int[0, 999_999]);
        Gen.Select(part, part).Sample((a, b) =>
        {
            var (left, right) = (SlackTs.Parse($"{a.Item1}.{a.Item2:000000}"), SlackTs.Parse($"{b.Item1}.{b.Item2:000000}"));
            return Math.Sign(left.CompareTo(right)) == a.CompareTo(b) && left == right == (a == b) && left < right == a.CompareTo(b) < 0;
        });
        Assert.True(SlackTs.Parse("999999999.000001") < SlackTs.Parse("1000000000.000000"));
        Assert.True(default(SlackTs) < SlackTs.Parse("0.000000"));
        Assert.Equal(0, default(SlackTs).CompareTo(default));
    }

    [Fact]
    public void A_moment_makes_the_bound_for_a_read_and_comes_back()
    {
        var moment = new DateTimeOffset(2026, 8, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(2_470);
        Assert.Equal("1785585600.000247", SlackTs.FromTime(moment).ToString());
        Assert.Equal(moment, SlackTs.FromTime(moment).ToTime());
        Assert.Throws<InvalidOperationException>(() => default(SlackTs).ToTime());
        Assert.Throws<ArgumentOutOfRangeException>(() => SlackTs.FromTime(DateTimeOffset.MinValue));
    }
}
