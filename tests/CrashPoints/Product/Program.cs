using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ThreadGrains.CrashPoints.Product;
using ThreadGrains.CrashPoints.Running;

// bench/crash-points: what it takes, it has checked.
string filter = args is ["--filter", var words, ..] ? words : "";
int atOnce = args is [.., "--at-once", var number] ? int.Parse(number, CultureInfo.InvariantCulture) : Environment.ProcessorCount * 2;
var cases = FullProduct.Cases.Where(crash => crash.ToString().Contains(filter, StringComparison.OrdinalIgnoreCase)).ToList();
if (cases.Count == 0)
{
    Console.Error.WriteLine($"no case's name contains '{filter}'");
    return 2;
}

using var emulator = await RunningEmulator.Start();
long begun = Stopwatch.GetTimestamp();
var verdicts = new List<Verdict>();
Console.WriteLine($"{"story",-12} {"crash point",-32} {"next owner",-18} lost ever left order phantom card      s");
await Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (crash, _) =>
{
    var verdict = await CrashRun.Of(crash, emulator);
    lock (verdicts)
    {
        verdicts.Add(verdict);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{crash.Story,-12} {crash.Point,-32} {crash.Next,-18} {verdict.Lost,4} {verdict.DoubledEver,4} {verdict.DoubledLeft,4} {verdict.OutOfOrder,5} {verdict.Phantom,7} {(verdict.StaleCard ? "old" : "ok"),4} {verdict.Seconds,6:0.0} {(verdict.IsAsPromised ? "" : "WRONG")}"));
        if (verdict.Trouble is { } trouble)
        {
            Console.WriteLine(trouble);
        }
    }
});

int wrong = verdicts.Count(verdict => !verdict.IsAsPromised);
Console.WriteLine(JsonSerializer.Serialize(new
{
    cases = cases.Count,
    wrong,
    lost = verdicts.Sum(verdict => verdict.Lost),
    doubledEver = verdicts.Sum(verdict => verdict.DoubledEver - verdict.Case.UnavoidableCopies),
    unavoidable = verdicts.Sum(verdict => verdict.Case.UnavoidableCopies),
    doubledLeft = verdicts.Sum(verdict => verdict.DoubledLeft),
    outOfOrder = verdicts.Sum(verdict => verdict.OutOfOrder),
    phantom = verdicts.Sum(verdict => verdict.Phantom),
    seconds = Math.Round(Stopwatch.GetElapsedTime(begun).TotalSeconds),
}));
return wrong == 0 ? 0 : 1;
