using ThreadGrains.Grains.Channels;

namespace ThreadGrains.Grains.Tests.Channels;

/// <summary>What a workspace's health makes of answers that are not Slack's, and of Slack's word that it knows who we are.</summary>
public sealed class Being_answered_by_something_else
{
    private const string Stranger = "not_slack:404";

    private static readonly DateTimeOffset Noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Probe = TimeSpan.FromMinutes(1);

    private readonly Health _health = new();

    [Fact]
    public void Slack_is_asked_who_we_are_a_few_seconds_later()
    {
        Assert.True(_health.MetByCall(Stranger, Noon, Probe));
        Assert.Equal((Stranger, Noon.AddSeconds(5)), (_health.Error, _health.ProbeAt!.Value));
        Assert.Equal(Noon.AddSeconds(1), With(new Health(), TimeSpan.FromSeconds(1)).ProbeAt);

        static Health With(Health health, TimeSpan probe)
        {
            health.MetByCall(Stranger, Noon, probe);
            return health;
        }
    }

    [Fact]
    public void Many_calls_that_were_under_way_together_meet_one_trouble()
    {
        for (int i = 0; i < 48; i++)
        {
            _health.MetByCall(i % 2 == 0 ? Stranger : "not_slack:302", Noon.AddMilliseconds(i * 10), Probe);
        }

        Assert.Equal((Stranger, Noon.AddSeconds(5)), (_health.Error, _health.ProbeAt!.Value));
    }

    [Fact]
    public void What_comes_again_although_Slack_knows_us_is_probed_later_each_time()
    {
        var now = Noon;
        var waits = new List<double>();
        foreach (int _ in Enumerable.Range(0, 5))
        {
            _health.MetByCall("missing_scope", now, Probe);
            waits.Add((_health.ProbeAt!.Value - now).TotalMinutes);
            now = _health.ProbeAt.Value;
            _health.Lift();
            Assert.Null(_health.Error);
        }

        Assert.Equal([1, 2, 4, 8, 16], waits);
        _health.MetByCall("token_revoked", now, Probe);
        Assert.Equal(now + Probe, _health.ProbeAt);
    }

    [Fact]
    public void A_post_that_went_through_makes_an_end_of_it()
    {
        _health.MetByCall("missing_scope", Noon, Probe);
        _health.Lift();
        _health.MetByCall("missing_scope", Noon, Probe);
        _health.Lift();
        _health.Recovered();
        _health.MetByCall("missing_scope", Noon, Probe);
        Assert.Equal(Noon + Probe, _health.ProbeAt);
    }
}
