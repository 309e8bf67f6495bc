using ThreadGrains.Chaos.Judging;

namespace ThreadGrains.Chaos.Tests;

public sealed class What_a_run_must_see
{
    private static readonly Minimums Wanted = new(100, 10, 2, 20, 20, 5, 1, 1);

    [Fact]
    public void Each_minimum_that_is_not_reached_is_told()
    {
        var full = new Column("threadgrains", 1, new Report(100, 3, 100, [], new Dictionary<(string, string), DateTimeOffset>()))
        {
            Kills = 10, Freezes = 2, Present = 20, Absent = 20, Takeovers = 5, Fenced = 1, LateResults = 1,
        };
        Assert.Empty(full.Missing(Wanted));

        Column[] lacking =
        [
            full with { Report = full.Report with { Accepted = 99 } }, full with { Kills = 9 }, full with { Freezes = 1 }, full with { Present = 19 },
            full with { Absent = 19 }, full with { Takeovers = 4 }, full with { Fenced = 0 }, full with { LateResults = 0 },
        ];
        Assert.All(lacking, column => Assert.Single(column.Missing(Wanted)));
    }

    [Fact]
    public void A_smaller_run_must_see_less_in_proportion()
    {
        Assert.Equal(new Minimums(50, 5, 1, 10, 10, 2, 0, 0), Wanted.For(50, 100));
        Assert.Equal(50, ChaosOptions.Read(["--activities", "50"]).Minimums.Accepts);
    }

    [Fact]
    public void Every_experiment_can_be_asked_for_by_name_and_changes_nothing_but_pacing()
    {
        Assert.All(Experiments.All.Keys, name =>
        {
            var options = ChaosOptions.Read(["--experiment", name, "--seed", "5"]);
            Assert.Equal((name, 5), (options.Name, options.Seed));
            // The one that shows what becomes of doubts that nobody can read has to choose what becomes of them.
            var others = name == "E20-silent" ? ["ThreadGrains__InDoubt__Unreadable"] : Array.Empty<string>();
            Assert.Equal(others, options.Settings.Keys.Where(setting => !setting.StartsWith("ThreadGrains__Pacing__", StringComparison.Ordinal)));
        });
    }

    [Theory]
    [InlineData("--experiment", "E99")]
    [InlineData("--groups", "none")]
    [InlineData("--sender", "nobody")]
    [InlineData("--seed")]
    [InlineData("--unknown", "1")]
    public void What_cannot_be_understood_is_refused(params string[] arguments) => Assert.Throws<FormatException>(() => ChaosOptions.Read(arguments));
}
