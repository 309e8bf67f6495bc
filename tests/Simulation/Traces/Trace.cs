using ThreadGrains.Simulation.World;

namespace ThreadGrains.Simulation.Traces;

/// <summary>
/// One course of events that the product must survive, in a group with one thread: what meets which fault, and what else happens
/// when. Everything left open, above all how long things take, comes out of the seed.
/// </summary>
/// <param name="Rules">The rules of which some would be missed in this course: by their names in the model of the protocol, or of mutants.</param>
/// <param name="Story">What happens, in words.</param>
internal sealed record Trace(string Rules, string Story)
{
    /// <summary>All courses.</summary>
    public static IReadOnlyList<Trace> All { get; } = [.. ModelTraces.All, .. FurtherTraces.All];

    /// <summary>The course in which a rule would be missed; null: there is none.</summary>
    public static Trace? Of(string rule) => All.FirstOrDefault(trace => trace.Rules.Split(", ").Contains(rule));

    /// <summary>The n-th I/O of a kind meets a fault; the first is 1. Of posts the first is the announcement.</summary>
    public IReadOnlyList<(Io Io, int Nth, Fault Fault)> Faults { get; init; } = [];

    /// <summary>What else happens.</summary>
    public IReadOnlyList<Cue> Cues { get; init; } = [];

    /// <summary>Lines of the history, or of what was reached, each of which some seed must come to: else it was another course.</summary>
    public required IReadOnlyList<string> ComesTo { get; init; }

    /// <summary>How many activities are told after the alert.</summary>
    public int Activities { get; init; } = 2;

    /// <summary>Whether Slack tells by itself what it stores; where it does, evidence comes before most other things can happen.</summary>
    public bool SlackTells { get; init; }

    /// <summary>The course under one seed.</summary>
    public Plan Under(int seed)
    {
        var met = new Dictionary<Io, int>();
        return new Plan(seed)
        {
            Silos = 2, Groups = 1, Threads = 1, Activities = Activities, Plain = true,
            // All is told at once, and events are lost until everything is over.
            Told = TimeSpan.FromSeconds(1), Length = TimeSpan.FromMinutes(Faults.Any(fault => fault.Fault == Fault.FrozenAtSocket) ? 30 : 5),
            Weather = Weather.Calm with { EventLost = SlackTells ? 0 : 1 },
            Course = Rules, Reposts = false,
            Cues = Cues,
            Script = (_, io) =>
            {
                int nth = met[io] = met.GetValueOrDefault(io) + 1;
                return Faults.FirstOrDefault(fault => fault.Io == io && fault.Nth == nth).Fault;
            },
        };
    }
}
