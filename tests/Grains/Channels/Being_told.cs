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

    private static IEnumerable<IReadOnlyList<T>> Orders<T>(IReadOnlyList<T> items) => items.Count == 0
        ? [[]]
        : items.SelectMany((first, i) => Orders<T>([.. items.Where((_, other) => other != i)]).Select(rest => (IReadOnlyList<T>)[first, .. rest]));
}
