using System.Diagnostics;
using System.Globalization;
using ThreadGrains.Simulation.World;

namespace ThreadGrains.Simulation;

/// <summary>Replays a seed, or plays many: <c>--seed N</c>, <c>--seeds N</c> (from the clock, or from <c>--from N</c>), <c>--tell</c>.</summary>
internal static class Program
{
    public static int Main(string[] arguments)
    {
        int Number(string name, int otherwise) =>
            Array.IndexOf(arguments, name) is >= 0 and var at && at + 1 < arguments.Length ? int.Parse(arguments[at + 1], CultureInfo.InvariantCulture) : otherwise;
        int seed = Number("--seed", -1);
        int seeds = Number("--seeds", 1);
        int from = seed >= 0 ? seed : Number("--from", (int)(DateTimeOffset.UtcNow.ToUnixTimeSeconds() % 1_000_000_000));
        string folder = Directory.CreateTempSubdirectory("simulation").FullName;
        long begun = Stopwatch.GetTimestamp();
        long steps = 0;
        int failed = 0;
        for (int i = 0; i < seeds; i++)
        {
            RunResult result;
            var ledger = default(ThreadGrains.Ledger.ILedger);
            result = new Run(new Plan(from + i), clock => ledger = Ledgers.Sqlite(folder, clock), arguments.Contains("--tell") ? Console.Out : null).Play();
            ledger!.DisposeAsync().AsTask().Wait();
            steps += result.Steps;
            if (result.Violation is { } violation)
            {
                failed++;
                Console.WriteLine($"seed {result.Seed}: {(violation is Scheduling.BrokenPromise ? violation.Message : violation.ToString())}");
                if (!arguments.Contains("--short"))
                {
                    foreach (string line in result.Last)
                    {
                        Console.WriteLine(line);
                    }
                }
            }
            else if (seeds == 1)
            {
                Console.WriteLine($"seed {result.Seed}: nothing found in {result.Steps} steps, {result.Io} I/Os, {result.SimulatedTime}; fingerprint {result.Fingerprint:x16}");
            }
        }

        Console.WriteLine($"{seeds} seeds from {from}, {steps} steps in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s, {failed} failed");
        Directory.Delete(folder, recursive: true);
        return failed == 0 ? 0 : 1;
    }
}
