using System.Diagnostics;
using System.Globalization;
using ThreadGrains.Simulation.World;

namespace ThreadGrains.Simulation.Mutants;

/// <summary>Plays seeds against each mutant until one of them notices it. Runs inside the planted build.</summary>
internal static class Hunt
{
    /// <summary>Seeds after which a mutant counts as not noticed, unless it is said otherwise.</summary>
    public const int UsualSeeds = 400;

    /// <summary>Wakes each mutant in turn.</summary>
    /// <param name="names">Which; none: all.</param>
    /// <param name="from">The first seed.</param>
    /// <param name="most">Seeds after which a mutant counts as not noticed.</param>
    /// <param name="play">Plays a seed.</param>
    /// <param name="report">Where the result goes, a line for each.</param>
    /// <returns>How many were not noticed.</returns>
    public static int All(IReadOnlyCollection<string> names, int from, int most, Func<Plan, RunResult> play, TextWriter report)
    {
        int unnoticed = 0;
        foreach (var mutant in Mutant.All.Where(mutant => names.Count == 0 || names.Contains(mutant.Name)))
        {
            long begun = Stopwatch.GetTimestamp();
            AppContext.SetData(Mutant.Switch, mutant.Name);
            long steps = 0;
            RunResult? caught = null;
            int tried = 0;
            foreach (int seed in Enumerable.Range(from, most).Prepend(LastNoticed.By(mutant.Name) ?? from))
            {
                tried++;
                var result = play(new Plan(seed) { Sqlite = mutant.NeedsSqlite, Weather = mutant.Weather });
                steps += result.Steps;
                if (result.Violation is not null)
                {
                    caught = result;
                    break;
                }
            }

            AppContext.SetData(Mutant.Switch, null);
            unnoticed += caught is null ? 1 : 0;
            report.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{mutant.Name,-36} {(caught is null ? $"NOT NOTICED in {most} seeds from {from}" : $"seed {caught.Seed}, {tried} tried")}, {steps} steps, {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s: {FirstLine(caught?.Violation)}"));
        }

        return unnoticed;
    }

    private static string FirstLine(Exception? violation)
    {
        string line = violation?.Message.Split('\n')[0] ?? "";
        return line.Length > 160 ? line[..160] : line;
    }
}
