using System.Diagnostics;
using System.Globalization;
using ThreadGrains.Simulation.Mutants;
using ThreadGrains.Simulation.World;
using Trace = ThreadGrains.Simulation.Traces.Trace;

namespace ThreadGrains.Simulation;

/// <summary>Replays seeds, tells what happens in one, and hunts mutants; <c>bench/simulate</c> starts it.</summary>
internal static class Program
{
    private const string Usage = """
        bench/simulate --seed N [--tell]             plays one seed; --tell prints everything that happens
        bench/simulate --seeds N [--seed FIRST]      plays many, from FIRST or from a number of the clock's; --hasty: with operators
                                                     that give up and try again all the time
        bench/simulate --trace RULE [--seed N] [--seeds N] [--tell]
                                                     plays the course of events in which RULE would be missed
        bench/simulate --mutants [--mutant NAME ... | --known] [--traces] [--seeds N] [--seed FIRST]
                                                     builds the product with its mutants, and plays seeds, or all such courses, against
                                                     each until one notices it
        bench/simulate --plant                       builds that product only, unless it is built
        """;

    public static int Main(string[] arguments)
    {
        if (arguments.Length == 0 || arguments.Contains("--help"))
        {
            Console.WriteLine(Usage);
            return arguments.Length == 0 ? 2 : 0;
        }

        int first = Number(arguments, "--seed") ?? (int)(DateTimeOffset.UtcNow.ToUnixTimeSeconds() % 1_000_000_000);
        using var table = new Table();
        if (arguments.Contains("--mutants"))
        {
            return Start(PlantedBuild.Make(Directory.GetCurrentDirectory(), Mutant.All), [.. arguments.Where(argument => argument != "--mutants").Append("--hunt")]);
        }

        if (arguments.Contains("--plant"))
        {
            Console.WriteLine(PlantedBuild.Make(Directory.GetCurrentDirectory(), Mutant.All));
            return 0;
        }

        if (arguments.Contains("--hunt"))
        {
            string[] named = [.. arguments.Zip(arguments.Skip(1)).Where(pair => pair.First == "--mutant").Select(pair => pair.Second)];
            IReadOnlyCollection<string> names = named.Length > 0 ? named : arguments.Contains("--known") ? LastNoticed.Names : [];
            var plans = arguments.Contains("--traces") ? _ => Hunt.Traces(first, Number(arguments, "--seeds") ?? 25) : Hunt.Seeds(first, Number(arguments, "--seeds") ?? Hunt.UsualSeeds);
            return Hunt.All(names, plans, plan => table.Play(plan), Console.Out) == 0 ? 0 : 1;
        }

        if (Array.IndexOf(arguments, "--trace") is >= 0 and var at)
        {
            string rule = arguments.ElementAtOrDefault(at + 1) ?? "";
            if (Trace.Of(rule) is not { } trace)
            {
                Console.Error.WriteLine($"--trace needs one of {string.Join(", ", Trace.All.Select(known => known.Rules))}");
                return 2;
            }

            return Play(table, first, Number(arguments, "--seeds") ?? 1, arguments.Contains("--tell"), trace.Under);
        }

        var weather = arguments.Contains("--hasty") ? Weather.HastyOperators : null;
        return Play(table, first, Number(arguments, "--seeds") ?? 1, arguments.Contains("--tell"), seed => new Plan(seed) { Weather = weather });
    }

    private static int Play(Table table, int first, int seeds, bool tells, Func<int, Plan> under)
    {
        long begun = Stopwatch.GetTimestamp();
        long steps = 0;
        int failed = 0;
        for (int seed = first; seed < first + seeds; seed++)
        {
            var result = table.Play(under(seed), tells ? Console.Out : null);
            steps += result.Steps;
            if (result.Violation is not null)
            {
                failed++;
                Console.WriteLine(result.Story(last: tells || seeds > 1 ? 0 : 200));
            }
            else if (seeds == 1)
            {
                Console.WriteLine($"seed {seed}: no promise was broken in {result.Steps} steps and {result.Io} I/Os; fingerprint {result.Fingerprint:x16}");
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{seeds} seeds from {first}, {steps} steps in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s, {failed} failed"));
        return failed == 0 ? 0 : 1;
    }

    private static int? Number(string[] arguments, string name) =>
        Array.IndexOf(arguments, name) is >= 0 and var at && at + 1 < arguments.Length ? int.Parse(arguments[at + 1], CultureInfo.InvariantCulture) : null;

    private static int Start(string program, string[] arguments)
    {
        using var started = Process.Start("dotnet", [program, .. arguments]);
        started.WaitForExit();
        return started.ExitCode;
    }
}
