using System.Diagnostics;
using ThreadGrains.Simulation.World;
using Xunit.Abstractions;

namespace ThreadGrains.Simulation.Promises;

/// <summary>P1 to P6 and P9 under whatever the seed makes happen; checked after every write, every byte and every message, and at rest.</summary>
public sealed class Seeds(ITestOutputHelper output) : IDisposable
{
    /// <summary>Steps that are played; <c>bench/simulate --seeds</c> plays as many others as one likes.</summary>
    private const long Enough = 1_000_000;

    /// <summary>What they may cost: a minute of one core.</summary>
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(1);

    private readonly Table _table = new();

    public void Dispose() => _table.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void A_seed_gives_the_same_history_every_time(int seed)
    {
        var first = _table.Play(new Plan(seed));
        var second = _table.Play(new Plan(seed));

        Assert.NotEqual(0, first.Steps);
        Assert.Equal((first.Fingerprint, first.Steps, first.Io), (second.Fingerprint, second.Steps, second.Io));
    }

    [Fact]
    public void Another_seed_gives_another_history() =>
        Assert.NotEqual(_table.Play(new Plan(1)).Fingerprint, _table.Play(new Plan(2)).Fingerprint);

    /// <summary>Seeds under which a former version, of the product or of the simulation, broke a promise.</summary>
    [Theory]
    [InlineData(38)]
    [InlineData(47)]
    [InlineData(203)]
    [InlineData(1007)]
    [InlineData(1073)]
    [InlineData(595)]
    [InlineData(2477)]
    [InlineData(3806)]
    [InlineData(21524)]
    [InlineData(31981)]
    [InlineData(46825)]
    [InlineData(202344)]
    [InlineData(213510)]
    [InlineData(703879)]
    public void A_former_find_breaks_no_promise(int seed)
    {
        var result = _table.Play(new Plan(seed));
        Assert.True(result.Violation is null, result.Story());
    }

    /// <summary>Operators who give up what is in doubt and send it again at once, every few seconds, with posts on their way all the while.</summary>
    [Fact]
    public void Hasty_operators_break_no_promise()
    {
        int[] former = [1866, 2052, 3409, 103_468, 115_398, 135_004, 143_939];
        int fresh = Fresh();
        output.WriteLine($"seeds from {fresh}: bench/simulate --hasty --seed {fresh} --seeds N plays them again");
        foreach (int seed in former.Concat(Enumerable.Range(fresh, 200)))
        {
            var result = _table.Play(new Plan(seed) { Weather = Weather.HastyOperators });
            Assert.True(result.Violation is null, result.Story());
        }
    }

    [Fact]
    public void A_million_steps_break_no_promise_reach_every_turn_and_take_less_than_a_minute()
    {
        // A tenth are others in every run, and whichever breaks a promise is kept above; bench/simulate plays as many as one likes.
        const int first = 11_000;
        int fresh = Fresh();
        output.WriteLine($"seeds from {first}, and from {fresh}: bench/simulate --seed {fresh} --seeds N plays them again");
        var reached = new SortedDictionary<string, int>(StringComparer.Ordinal);
        // Of the processor, and not of a clock on the wall: others may be at work on the same machine.
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        long steps = 0;
        int next = first, played = 0;
        for (; steps < Enough; played++)
        {
            var result = _table.Play(new Plan(steps < Enough / 10 ? fresh++ : next++));
            Assert.True(result.Violation is null, result.Story());
            steps += result.Steps;
            foreach (var (what, times) in result.Reached)
            {
                reached[what] = reached.GetValueOrDefault(what) + times;
            }
        }

        var taken = Process.GetCurrentProcess().TotalProcessorTime - before;
        output.WriteLine($"{played} seeds, {steps} steps in {taken.TotalSeconds:0.0} s of a processor");
        output.WriteLine(string.Join('\n', reached.Select(entry => $"{entry.Value,9}  {entry.Key}")));
        Assert.Empty(MustBeReached.Except(reached.Keys));
        Assert.InRange(taken, TimeSpan.Zero, AtMost);
    }

    private static int Fresh() => (int)(DateTimeOffset.UtcNow.ToUnixTimeSeconds() % 1_000_000_000);

    /// <summary>What the runs have to come to, else they prove nothing about it.</summary>
    private static readonly string[] MustBeReached =
    [
        "turn: Taken", "turn: Known", "turn: Fenced",
        "claim: Claimed", "claim: NotNow", "claim: Fenced",
        "settle Sent: Settled", "settle TryAgain: Settled", "settle Dead: Settled", "settle Doubt: Settled", "settle Orphaned: Settled", "settle Sent: Observed",
        "doubt: Begin", "doubt: AbsentOnce", "doubt: Absent", "doubt: ParentGone", "doubt: ReadLater", "doubt: GiveUp", "doubt: Reopen",
        "end observation: Done", "close thread: Done", "reopen thread: Done", "park: Done", "verified", "repost", "claim of a Recap",
    ];
}
