using ThreadGrains.Simulation.Traces;
using ThreadGrains.Simulation.World;
using Xunit.Abstractions;

namespace ThreadGrains.Simulation.Promises;

/// <summary>The courses of events that a model of the protocol found to be the shortest to break a promise, each under seeds enough to vary what it leaves open.</summary>
public sealed class Traces(ITestOutputHelper output) : IDisposable
{
    private const int Seeds = 20;

    private readonly Table _table = new();

    public void Dispose() => _table.Dispose();

    public static TheoryData<string> Names => [.. Trace.All.Select(trace => trace.Rules)];

    [Theory]
    [MemberData(nameof(Names))]
    public void No_promise_is_broken_in(string rules)
    {
        var trace = Trace.All.Single(trace => trace.Rules == rules);
        var reached = new Dictionary<string, int>();
        for (int seed = 1; seed <= Seeds; seed++)
        {
            var result = _table.Play(trace.Under(seed));
            Assert.True(result.Violation is null, $"{trace.Story}\n{result.Story()}");
            foreach (string what in trace.ComesTo.Where(what => result.Told.ContainsKey(what) || result.Reached.ContainsKey(what)))
            {
                reached[what] = reached.GetValueOrDefault(what) + 1;
            }
        }

        output.WriteLine($"{trace.Story} Of {Seeds} seeds came to {string.Join(", ", trace.ComesTo.Select(what => $"'{what}': {reached.GetValueOrDefault(what)}"))}");
        Assert.Empty(trace.ComesTo.Except(reached.Keys));
    }
}
