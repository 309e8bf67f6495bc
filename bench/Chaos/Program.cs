using System.Globalization;
using System.Runtime.InteropServices;
using ThreadGrains.Chaos;
using ThreadGrains.Chaos.Baselines;
using ThreadGrains.Chaos.Storm;

if (args is ["baseline", var kind])
{
    await BaselineProcess.Run(kind);
    return 0;
}

ChaosOptions options;
StormOptions? storm = null;
try
{
    storm = args is ["storm", ..] ? StormOptions.Read(args.AsSpan(1)) : null;
    options = storm is null ? ChaosOptions.Read(args) : new ChaosOptions { Keep = storm.Keep };
}
catch (FormatException wrong)
{
    await Console.Error.WriteLineAsync($"chaos: {wrong.Message} (bench/chaos --help)");
    return 2;
}

using var asked = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
string folder = Directory.CreateTempSubdirectory("threadgrains-chaos-").FullName;
Console.WriteLine(storm is not null
    ? string.Create(CultureInfo.InvariantCulture, $"storm, seed {storm.Seed}: {storm.Groups} groups of one thread in one channel, {storm.PerThread} activities each within a minute; {Environment.ProcessorCount} cores, {DateTime.UtcNow:yyyy-MM-dd}")
    : string.Create(CultureInfo.InvariantCulture,
    $"{options.Name}, seed {options.Seed}: {options.Groups} groups x {options.Threads} threads, {options.Activities} activities at {options.Rate}/s, faults {options.Faults} %; {Environment.ProcessorCount} cores, {DateTime.UtcNow:yyyy-MM-dd}"));
Console.WriteLine($"data and logs in {folder}{(options.Keep ? "" : " until the end")}");
try
{
    if (storm is not null)
    {
        return await new StormRun(storm, Path.Combine(folder, "storm"), Console.WriteLine).Run(asked.Token) ? 0 : 1;
    }

    Console.WriteLine($"must see at least: {options.Minimums}");
    var columns = new List<Column>();
    foreach (string sender in options.Senders)
    {
        columns.Add(await new ChaosRun(options, sender, Path.Combine(folder, sender), Console.WriteLine).Run(asked.Token));
    }

    Console.WriteLine();
    Console.WriteLine(Column.Table(columns));
    var ours = columns[0];
    var wrong = ours.Report.Findings.Take(20).Select(finding => $"{finding.Wrong}: {finding.Word} in {finding.Thread}")
        .Concat(ours.Contradictions.Take(10)).Concat((ours.Disagreements ?? []).Take(10)).ToList();
    var missing = ours.Sender == "threadgrains" ? ours.Missing(options.Minimums).ToList() : [];
    wrong.ForEach(Console.WriteLine);
    missing.ForEach(line => Console.WriteLine($"not enough was seen, {line}"));
    Console.WriteLine(ours.Json());
    return ours.Sender != "threadgrains" || (ours.IsClean && missing.Count == 0) ? 0 : 1;
}
catch (OperationCanceledException) when (asked.IsCancellationRequested)
{
    await Console.Error.WriteLineAsync("chaos: stopped");
    return 1;
}
catch (Exception broken) when (broken is TimeoutException or InvalidOperationException or HttpRequestException)
{
    await Console.Error.WriteLineAsync($"chaos: {broken.Message}");
    return 1;
}
finally
{
    if (!options.Keep)
    {
        Directory.Delete(folder, recursive: true);
    }
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    asked.Cancel();
}
