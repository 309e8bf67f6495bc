using ThreadGrains.Chaos.Sending;

namespace ThreadGrains.Chaos.Tests;

public sealed class What_is_sent
{
    private static readonly Repetition Some = new(0.1, 3, 0.5, 0.01);

    [Fact]
    public void The_same_seed_gives_the_same_and_another_seed_something_else()
    {
        Assert.Equal(Draw(7).Activities, Draw(7).Activities);
        Assert.NotEqual(Draw(7).Activities, Draw(8).Activities);
    }

    [Fact]
    public void Every_word_and_id_is_there_once()
    {
        var all = Draw(7).Alerts.Concat(Draw(7).Activities).ToList();

        Assert.Equal(all.Count, all.Select(item => item.Word).Distinct().Count());
        Assert.Equal(all.Count, all.Select(item => item.Id).Distinct().Count());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(20, 3)]
    [InlineData(200, 3)]
    [InlineData(7, 5)]
    public void A_group_has_as_many_channels_as_threads_and_shares_them_with_others(int groups, int threads)
    {
        var workload = new Workload(1, groups, threads, 10, 0, Some);
        var places = Enumerable.Range(0, groups).Select(group => workload.ChannelsOf(group).ToList()).ToList();

        Assert.All(places, channels => Assert.Equal(threads, channels.Distinct().Count()));
        Assert.All(places.SelectMany(channels => channels), place => Assert.InRange(place, 0, workload.Channels - 1));
    }

    [Fact]
    public void A_tenth_is_sent_more_than_once()
    {
        Assert.InRange(Draw(7).Activities.Count(item => item.Copies > 1), 70, 130);
        Assert.InRange(Draw(7).Activities.Count(item => item.Altered), 1, 30);
    }

    private static Workload Draw(int seed) => new(seed, 20, 3, 1000, 0.1, Some);
}
