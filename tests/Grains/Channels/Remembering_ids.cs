namespace ThreadGrains.Grains.Tests.Channels;

public sealed class Remembering_ids
{
    private static readonly DateTimeOffset Noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_id_is_known_for_its_time_and_no_more_are_kept_than_fit()
    {
        var ids = new RecentIds(TimeSpan.FromMinutes(10), 2);
        Assert.True(ids.Add("a", Noon));
        Assert.False(ids.Add("a", Noon.AddMinutes(9)));
        Assert.True(ids.Contains("a", Noon.AddMinutes(9)));
        Assert.False(ids.Contains("a", Noon.AddMinutes(10)));
        Assert.True(ids.Add("a", Noon.AddMinutes(10)));
        ids.Add("b", Noon.AddMinutes(10));
        ids.Add("c", Noon.AddMinutes(10));
        Assert.False(ids.Contains("a", Noon.AddMinutes(10)));
        Assert.True(ids.Contains("b", Noon.AddMinutes(10)) && ids.Contains("c", Noon.AddMinutes(10)));
    }
}
