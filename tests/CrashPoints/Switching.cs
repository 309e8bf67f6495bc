namespace ThreadGrains.CrashPoints.Tests;

/// <summary>The kill switch meets the call that is meant, and no other.</summary>
public sealed class Switching : IDisposable
{
    private readonly string _mark = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    [Fact]
    public void Only_the_call_that_is_meant_is_met()
    {
        var killSwitch = new KillSwitch(CrashPoint.Parse("Claim:after:2"), _mark);

        Assert.Equal([null, null, Fate.After, null], new[] { "Claim", "Settle", "Claim", "Claim" }.Select(killSwitch.Meets));
    }

    [Fact]
    public void Processes_that_share_a_mark_meet_their_fate_once()
    {
        var point = CrashPoint.Parse("Claim:before:1");

        Assert.Equal(Fate.Before, new KillSwitch(point, _mark).Meets("Claim"));
        Assert.Null(new KillSwitch(point, _mark).Meets("Claim"));
    }

    [Theory]
    [InlineData("Claim:after:2")]
    [InlineData("chat.postMessage:half:1")]
    public void A_point_reads_as_it_is_written(string text) => Assert.Equal(text, CrashPoint.Parse(text).ToString());

    [Theory]
    [InlineData("Claim")]
    [InlineData("Claim:never:1")]
    [InlineData("Claim:after:0")]
    public void What_is_no_point_is_refused(string text) => Assert.Throws<FormatException>(() => CrashPoint.Parse(text));

    public void Dispose() => File.Delete(_mark);
}
