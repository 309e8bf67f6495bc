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

string title;
bool keep;
Func<string, CancellationToken, Task<bool>> run;
try
{
    if (args is ["storm", ..])
    {
        var storm = StormOptions.Read(args.AsSpan(1));
        (title, keep) = (storm.Title, storm.Keep);
        run = (folder, cancellation) => new StormRun(storm, Path.Combine(folder, "storm"), Console.WriteLine).Run(cancellation);
    }
    else
    {
        var options = ChaosOptions.Read(args);
        (title, keep) = (options.Title, options.Keep);
        run = (folder, cancellation) => Compare(options, folder, cancellation);
    }
}
catch (FormatException wrong)
{
    await Console.Error.WriteLineAsync($"chaos: {wrong.Message} (bench/chaos --help)");
    return 2;
}

using var asked = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
string data = Directory.CreateTempSubdirectory("threadgrains-chaos-").FullName;
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title}; {Environment.ProcessorCount} cores, {DateTime.UtcNow:yyyy-MM-dd}"));
Console.WriteLine($"data and logs in {data}{(keep ? "" : " until the end")}");
try
{
    return await run(data, asked.Token) ? 0 : 1;
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
    if (!keep)
    {
        Directory.Delete(data, recursive: true);
    }
}

// One sender after the other under the same plan; whether ours was as it must be.
static async Task<bool> Compare(ChaosOptions options, string folder, CancellationToken cancellation)
{
    Console.WriteLine($"must see at least: {options.Minimums}");
    var columns = new List<Column>();
    foreach (string sender in options.Senders)
    {
        columns.Add(await new ChaosRun(options, sender, Path.Combine(folder, sender), Console.WriteLine).Run(cancellation));
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
    return ours.Sender != "threadgrains" || (ours.IsClean && missing.Count == 0);
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    asked.Cancel();
}
