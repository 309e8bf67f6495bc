using CsCheck;
using ThreadGrains.Grains.Tests.Delivery;
using ThreadGrains.Grains.Workspaces;

namespace ThreadGrains.Grains.Tests.Workspaces;

/// <summary>The budget of reads of a workspace, also at one a minute.</summary>
public class Reading_with_little
{
    private static readonly ReadRank New = new(Given.Now);

    private static ReadRank Since(int seconds) => new(Given.Now.AddSeconds(seconds));

    /// <summary>Everybody comes when told, for as long as wanted; who read, in order, and when.</summary>
    private static List<(string Who, DateTimeOffset At)> Play(ReadBudget budget, IEnumerable<(string Who, ReadRank Rank, int Reads)> askers, int minutes)
    {
        var left = askers.ToDictionary(asker => asker.Who, asker => asker.Reads);
        var ranks = askers.ToDictionary(asker => asker.Who, asker => asker.Rank);
        var come = new PriorityQueue<string, (DateTimeOffset, string)>(left.Keys.Select(who => (who, (Given.Now, who))));
        var read = new List<(string, DateTimeOffset)>();
        while (come.TryDequeue(out string? who, out var turn) && turn.Item1 < Given.Now.AddMinutes(minutes))
        {
            if (budget.Take(who, ranks[who], turn.Item1) is { } later)
            {
                Assert.True(later > turn.Item1);
                come.Enqueue(who, (later, who));
                continue;
            }

            read.Add((who, turn.Item1));
            if (--left[who] > 0)
            {
                come.Enqueue(who, (turn.Item1.AddSeconds(1), who));
            }
        }

        return read;
    }

    [Fact]
    public void At_one_a_minute_the_oldest_doubt_reads_first_and_no_second_one_within_the_minute()
    {
        var read = Play(new ReadBudget(1), [("young", Since(30), 1), ("old", Since(-30), 1), ("middle", Since(0), 1), ("x", Since(-90), 1)], 10);
        // All came in the same moment, of which the first to ask knows nothing.
        Assert.Equal(["middle", "x", "old", "young"], read.Select(each => each.Who));
        Assert.All(read.Zip(read.Skip(1)), pair => Assert.InRange((pair.Second.At - pair.First.At).TotalSeconds, 60, 64));
    }

    [Fact]
    public void A_verification_waits_while_any_doubt_wants_to_read()
    {
        var read = Play(new ReadBudget(1), [("a", New, 1), ("b", Since(600), 3), ("verify", new ReadRank(Given.Now.AddDays(-1), CanWait: true), 1)], 20);
        Assert.Equal(["a", "b", "b", "b", "verify"], read.Select(each => each.Who));
    }

    [Fact]
    public void One_that_needs_many_reads_leaves_the_others_theirs()
    {
        var read = Play(new ReadBudget(1), [("greedy", Since(-600), 100), .. Enumerable.Range(0, 10).Select(i => ($"{i}", Since(i), 2))], 60);
        Assert.Equal(20, read.Count(each => each.Who != "greedy"));
        Assert.InRange(read.Count, 50, 60);
    }

    [Fact]
    public void Two_hundred_doubts_come_in_turn_and_none_is_forgotten()
    {
        var askers = Enumerable.Range(0, 200).Select(i => ($"{i:000}", Since(i % 7), 2)).ToList();
        var read = Play(new ReadBudget(1), askers, 430);
        Assert.Equal(400, read.Count);
        Assert.Equal(200, read.Take(200).Select(each => each.Who).Distinct().Count());
    }

    [Fact]
    public void Whoever_does_not_come_loses_its_turn_after_a_grace()
    {
        var budget = new ReadBudget(1);
        Assert.Null(budget.Take("a", New, Given.Now));
        Assert.NotNull(budget.Take("gone", Since(-60), Given.Now));
        Assert.NotNull(budget.Take("b", New, Given.Now));
        Assert.NotNull(budget.Take("b", New, Given.Now.AddSeconds(62)));
        Assert.Null(budget.Take("b", New, Given.Now.AddSeconds(64)));
    }

    [Fact]
    public void A_limiters_word_is_obeyed_at_once()
    {
        var budget = new ReadBudget(50);
        budget.Throttled(TimeSpan.FromSeconds(90), Given.Now);
        Assert.Equal(Given.Now.AddSeconds(90), budget.Take("a", New, Given.Now));
        Assert.Null(budget.Take("a", New, Given.Now.AddSeconds(90)));
    }

    [Fact]
    public void Without_a_limit_everybody_reads()
    {
        var budget = new ReadBudget(0);
        Assert.All(Enumerable.Range(0, 100), i => Assert.Null(budget.Take($"{i % 10}", New, Given.Now)));
    }

    [Fact]
    public void No_order_of_asking_beats_the_limit() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 20], Gen.Bool).Array[1, 300].Sample(asks =>
        {
            var budget = new ReadBudget(30);
            var now = Given.Now;
            var went = new List<DateTimeOffset>();
            foreach (var (asker, pause, canWait) in asks)
            {
                now = now.AddSeconds(pause);
                if (budget.Take($"{asker}", new ReadRank(Given.Now.AddSeconds(asker), canWait), now) is null)
                {
                    went.Add(now);
                }
            }

            for (int i = 0; i < went.Count; i++)
            {
                for (int j = i; j < went.Count; j++)
                {
                    Assert.True(j - i + 1 <= 6 + ((went[j] - went[i]).TotalSeconds / 2) + 0.001);
                }
            }
        }, iter: 200);
}
