using ThreadGrains.Simulation.World;

namespace ThreadGrains.Simulation.Promises;

/// <summary>
/// Every crash point of a small story, one after the other: an alert and two activities in one thread. The silo dies before each
/// event there is, and each I/O meets each end that it can have; everything else goes well.
/// </summary>
public sealed class CrashPoints : IDisposable
{
    private readonly Table _table = new();

    public void Dispose() => _table.Dispose();

    /// <summary>With one silo the next owner is the same one, started again; with two it may be the other.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_silo_may_die_before_any_event(int silos)
    {
        long events = Undisturbed(silos).Steps;
        Assert.InRange(events, 50, 5_000);
        for (long kill = 0; kill < events; kill++)
        {
            var result = _table.Play(Story(silos) with { KillBefore = kill });
            Assert.True(result.Violation is null, $"{silos} silos, killed before event {kill}: {result.Story()}");
        }
    }

    [Fact]
    public void Any_io_may_meet_any_end()
    {
        long ios = Undisturbed(silos: 1).Io;
        Assert.InRange(ios, 30, 2_000);
        foreach (var fault in Enum.GetValues<Fault>().Except([Fault.None]))
        {
            for (long number = 0; number < ios; number++)
            {
                var result = _table.Play(Story(silos: 1) with { Script = (other, _) => other == number ? fault : Fault.None });
                Assert.True(result.Violation is null, $"I/O {number} met {fault}: {result.Story()}");
            }
        }
    }

    /// <summary>The answer of an I/O is lost, and the silo dies a while later: what it had in hand is gone too.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(9)]
    public void An_answer_may_be_lost_and_the_silo_die_after_it(int eventsLater)
    {
        long ios = Undisturbed(silos: 2).Io;
        for (long number = 0; number < ios; number++)
        {
            long at = -1;
            var plan = Story(silos: 2);
            // First the event at which the I/O is made, then the run in which the silo dies a few events later.
            Fault Lose(long other) => other == number ? Fault.AnswerLost : Fault.None;
            _table.Play(plan with { Script = (other, _) => Lose(other), Watch = (step, io) => at = io == number && at < 0 ? step : at });
            var result = _table.Play(plan with { Script = (other, _) => Lose(other), KillBefore = at + eventsLater });
            Assert.True(result.Violation is null, $"The answer of I/O {number} was lost, and the silo died {eventsLater} events later: {result.Story()}");
        }
    }

    private RunResult Undisturbed(int silos)
    {
        var result = _table.Play(Story(silos));
        Assert.True(result.Violation is null, result.Story());
        return result;
    }

    private static Plan Story(int silos) => new(7)
    {
        Silos = silos,
        Groups = 1,
        Threads = 1,
        Activities = 2,
        Plain = true,
        Weather = Weather.Calm,
        Length = TimeSpan.FromSeconds(5),
    };
}
