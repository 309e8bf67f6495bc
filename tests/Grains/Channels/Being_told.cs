using ThreadGrains.Grains.Channels;

namespace ThreadGrains.Grains.Tests.Channels;

/// <summary>Events of Slack's come in any order and more than once.</summary>
public sealed class Being_told
{
    private static readonly DateTimeOffset Noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Probe = TimeSpan.FromMinutes(1);

    [Fact]
    public void The_newest_event_decides_whatever_order_they_arrive_in()
    {
        var events = new (string? Error, int At)[] { ("is_archived", 1), (null, 2), ("not_in_channel", 3), (null, 4) };
        foreach (var order in Orders(events))
        {
            var health = new Health();
            foreach (var (error, at) in order.Concat(order))
            {
                health.Told(error, Noon.AddSeconds(at), Noon, Probe);
            }

            Assert.Null(health.Error);
            Assert.Equal(Noon.AddSeconds(4), health.ToldAt);
        }
    }

    [Fact]
    public void An_error_that_was_told_is_probed_like_one_that_was_met()
    {
        var health = new Health();
        Assert.True(health.Told("is_archived", Noon, Noon.AddSeconds(5), Probe));
        Assert.Equal(("is_archived", Noon.AddSeconds(5), Noon.AddSeconds(65)), (health.Error, health.Since!.Value, health.ProbeAt!.Value));
        Assert.False(health.TakeProbe(Noon.AddSeconds(64), Probe));
        Assert.True(health.TakeProbe(Noon.AddSeconds(65), Probe));
        Assert.False(health.Told(null, Noon.AddSeconds(-1), Noon, Probe));
        Assert.True(health.Told(null, Noon, Noon, Probe));
        Assert.Null(health.Error);
    }

    [Fact]
    public void What_our_own_calls_showed_outdates_older_events_as_far_as_two_clocks_can_tell()
    {
        foreach (var saw in new Action<Health>[] { health => health.Seen(Noon), health => health.Met("is_archived", Noon, Probe) })
        {
            var health = new Health();
            saw(health);
            string? former = health.Error;
            Assert.False(health.Told("app_uninstalled", Noon.AddHours(-1), Noon, Probe));
            Assert.False(health.Told(null, Noon.AddSeconds(-61), Noon, Probe));
            Assert.Equal(former, health.Error);
            Assert.True(health.Told("app_uninstalled", Noon.AddSeconds(-59), Noon, Probe));
            Assert.Equal("app_uninstalled", health.Error);
        }
    }

    [Fact]
    public void A_new_installation_outdates_every_event_before_it_and_none_after_it()
    {
        var health = new Health();
        Assert.True(health.Told("app_uninstalled", Noon.AddSeconds(5), Noon, Probe));
        health.Installed(Noon);
        Assert.Null(health.Error);
        Assert.False(health.Told("token_revoked", Noon.AddSeconds(-1), Noon, Probe));
        Assert.True(health.Told("token_revoked", Noon.AddSeconds(1), Noon, Probe));
    }

    [Fact]
    public void The_newest_name_counts_whatever_order_they_arrive_in()
    {
        foreach (var order in Orders<int>([1, 2, 3]))
        {
            var health = new Health();
            foreach (int at in order)
            {
                health.Named($"name-{at}", Noon.AddSeconds(at));
            }

            Assert.Equal("name-3", health.Name);
        }
    }

    private static IEnumerable<IReadOnlyList<T>> Orders<T>(IReadOnlyList<T> items) => items.Count == 0
        ? [[]]
        : items.SelectMany((first, i) => Orders<T>([.. items.Where((_, other) => other != i)]).Select(rest => (IReadOnlyList<T>)[first, .. rest]));
}
