using System.Diagnostics;
using System.Globalization;
using ThreadGrains.Simulation.World;
using Trace = ThreadGrains.Simulation.Traces.Trace;

namespace ThreadGrains.Simulation.Mutants;

/// <summary>Plays seeds against each mutant until one of them notices it. Runs inside the planted build.</summary>
internal static class Hunt
{
    /// <summary>Seeds after which a mutant counts as not noticed, unless it is said otherwise.</summary>
    public const int UsualSeeds = 400;

    /// <summary>Wakes each mutant in turn.</summary>
    /// <param name="names">Which; none: all.</param>
    /// <param name="plans">What is played against each, until one notices it.</param>
    /// <param name="play">Plays a plan.</param>
    /// <param name="report">Where the result goes, a line for each.</param>
    /// <returns>How many were not noticed.</returns>
    public static int All(IReadOnlyCollection<string> names, Func<Mutant, IEnumerable<Plan>> plans, Func<Plan, RunResult> play, TextWriter report)
    {
        int unnoticed = 0;
        foreach (var mutant in Mutant.All.Where(mutant => names.Count == 0 || names.Contains(mutant.Name)))
        {
            long begun = Stopwatch.GetTimestamp();
            AppContext.SetData(Mutant.Switch, mutant.Name);
            long steps = 0;
            RunResult? caught = null;
            string? course = null;
            int tried = 0;
            foreach (var plan in plans(mutant))
            {
                tried++;
                var result = play(plan with { Sqlite = mutant.NeedsSqlite });
                steps += result.Steps;
                if (result.Violation is not null)
                {
                    (caught, course) = (result, plan.Course);
                    break;
                }
            }

            AppContext.SetData(Mutant.Switch, null);
            unnoticed += caught is null ? 1 : 0;
            report.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{mutant.Name,-36} {(caught is null ? $"NOT NOTICED in {tried} runs" : $"seed {caught.Seed}{(course is null ? "" : $" of {course}")}, {tried} tried")}, {steps} steps, {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s: {FirstLine(caught?.Violation)}"));
        }

        return unnoticed;
    }

    /// <summary>Seeds from a first one on; before them what noticed it last.</summary>
    public static Func<Mutant, IEnumerable<Plan>> Seeds(int from, int most) => mutant =>
        Enumerable.Range(from, most).Select(seed => new Plan(seed) { Weather = mutant.Weather }).Prepend(LastNoticed.By(mutant) ?? new Plan(from) { Weather = mutant.Weather });

    /// <summary>Every course of the model, under some seeds.</summary>
    public static IEnumerable<Plan> Traces(int from, int most) =>
        Trace.All.SelectMany(trace => Enumerable.Range(from, most).Select(trace.Under));

    private static string FirstLine(Exception? violation)
    {
        string line = violation?.Message.Split('\n')[0] ?? "";
        return line.Length > 160 ? line[..160] : line;
    }
}
