using ThreadGrains.Chaos.Nemesis;

namespace ThreadGrains.Chaos.Tests;

public sealed class What_the_nemesis_plans
{
    private static readonly Rhythm[] Rhythms =
    [
        new(Blow.Kill, TimeSpan.FromSeconds(5), TimeSpan.Zero),
        new(Blow.Freeze, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(20)),
    ];

    [Fact]
    public void The_same_seed_gives_the_same_plan_and_another_seed_another_one()
    {
        Assert.Equal(Draw(7), Draw(7));
        Assert.NotEqual(Draw(7), Draw(8));
    }

    [Fact]
    public void Every_blow_comes_as_often_as_it_is_wanted_and_falls_on_every_member()
    {
        var kills = Draw(7).Where(strike => strike.Blow == Blow.Kill).ToList();

        Assert.Equal(120, kills.Count);
        Assert.Equal([0, 1, 2], kills.Select(strike => strike.Member).Distinct().Order());
    }

    [Fact]
    public void No_blow_falls_on_a_member_that_is_frozen()
    {
        foreach (var plan in Enumerable.Range(0, 50).Select(Draw))
        {
            var frozen = plan.Where(strike => strike.Blow == Blow.Freeze).ToList();
            Assert.NotEmpty(frozen);
            Assert.DoesNotContain(plan, strike => frozen.Exists(other =>
                other != strike && other.Member == strike.Member && strike.At >= other.At && strike.At < other.At + other.Length));
        }
    }

    [Fact]
    public void A_rhythm_may_end_after_some_times()
    {
        var plan = NemesisPlan.Draw(1, [Rhythms[0] with { Times = 2, First = TimeSpan.FromSeconds(1) }], 3, TimeSpan.FromMinutes(10));

        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6)], plan.Select(strike => strike.At));
    }

    private static IReadOnlyList<Strike> Draw(int seed) => NemesisPlan.Draw(seed, Rhythms, 3, TimeSpan.FromMinutes(10));
}
