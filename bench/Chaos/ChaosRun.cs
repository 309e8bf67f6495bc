using System.Diagnostics;
using ThreadGrains.Chaos.Baselines;
using ThreadGrains.Chaos.Judging;
using ThreadGrains.Chaos.Nemesis;
using ThreadGrains.Chaos.Running;
using ThreadGrains.Chaos.Sending;
using ThreadGrains.Tests.Processes;

namespace ThreadGrains.Chaos;

/// <summary>One sender under one plan: start, announce, load and strike, heal, wait, judge.</summary>
internal sealed class ChaosRun(ChaosOptions options, string sender, string folder, Action<string> say)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public async Task<Column> Run(CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        say($"{sender}: starting");
        await using var subject = await StartSubject();
        foreach (var (name, value) in subject.Settings)
        {
            say($"{sender}: not as shipped: {name}={value}");
        }

        var workload = new Workload(options.Seed, options.Groups, options.Threads, options.Activities, options.AnnouncedLate, options.Repetition);
        var channels = await subject.Emulator.MakeChannels(workload.Channels);
        await subject.Emulator.Limits(0, 0, options.ReadsPerMinute, 0);
        if (!options.Events)
        {
            await subject.Emulator.App(subject.Gateways[0].Address, events: false);
        }

        say($"{sender}: not as shipped: the emulator's limits are off{(options.ReadsPerMinute > 0 ? $", but for {options.ReadsPerMinute} reads a minute" : "")}");

        string receipts = Path.Combine(folder, "receipts.jsonl");
        Column column;
        await using (var log = new ReceiptLog(receipts))
        {
            var sending = new Sender(workload, subject.Gateways, subject.Emulator.Workspace, channels, log, options.Concurrency);
            await sending.Announce();
            await Stand(subject, TimeSpan.FromSeconds(60), cancellation);
            say($"{sender}: {sending.Accepted} groups are announced; load and blows begin");
            column = await UnderFire(subject, sending, workload, cancellation);
        }

        return await Judge(subject, column, Promises.From(ReceiptLog.Read(receipts)), channels, workload, cancellation);
    }

    private async Task<ISubject> StartSubject() => sender == "threadgrains"
        ? await ProductCluster.Start(folder, options.Silos, options.Links, options.Settings, options.FromFormer ? await FormerBuild.Make(Repository.Root) : null, options.Namespaces)
        : await BaselineSubject.Start(folder, sender, options.Silos, options.Links);

    private async Task<Column> UnderFire(ISubject subject, Sender sending, Workload workload, CancellationToken cancellation)
    {
        await subject.Emulator.Faults(options.Seed, PostFaults.Of(options.FaultKinds, options.Faults));
        long begun = Stopwatch.GetTimestamp();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var nemesis = new Nemesis.Nemesis(subject, text => say($"{sender}: {Stopwatch.GetElapsedTime(begun).TotalSeconds,6:0.0} s  {text}"));
        // Longer than the load should last: it goes on as long as anything is still being sent.
        var striking = nemesis.Run(NemesisPlan.Draw(options.Seed, options.Rhythms, subject.Members.Count, options.Load * 4), over.Token);
        var telling = Tell(sending, workload, over.Token);
        using var looked = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var doubts = new DoubtWatch(subject.Gateways[0]);
        var watching = options.ReadsPerMinute > 0 ? doubts.Run(looked.Token) : Task.CompletedTask;
        await sending.SendAll(options.Rate, cancellation);
        var load = Stopwatch.GetElapsedTime(begun);
        await over.CancelAsync();
        await striking;
        await telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        say($"{sender}: all is sent after {load.TotalSeconds:0} s; waiting until everything stands");
        begun = Stopwatch.GetTimestamp();
        if (!await Stand(subject, options.Patience, cancellation))
        {
            say($"{sender}: not at rest after {options.Patience.TotalSeconds:0} s; what does not stand now counts as lost");
        }

        await looked.CancelAsync();
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await subject.Emulator.Faults(options.Seed);
        var drain = Stopwatch.GetElapsedTime(begun);
        int kills = nemesis.Fallen.Count(blow => blow.Strike.Blow == Blow.Kill);
        int freezes = nemesis.Fallen.Count(blow => blow.Strike.Blow is Blow.Freeze or Blow.FreezeMidCall or Blow.FreezeMidWrite);
        return new Column(sender, options.Seed, new Report(0, 0, 0, [], new Dictionary<(string, string), DateTimeOffset>()))
        {
            Attempts = sending.Attempts, Kills = kills, Freezes = freezes, OtherBlows = nemesis.Fallen.Count - kills - freezes,
            Load = load, Drain = drain, BlowsAt = [.. nemesis.Fallen.Select(blow => blow.At)], InDoubt = doubts.Seconds,
        };
    }

    private async Task Tell(Sender sending, Workload workload, CancellationToken cancellation)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(20));
        while (await tick.WaitForNextTickAsync(cancellation))
        {
            say($"{sender}: {sending.Accepted} of {workload.Activities.Count + workload.Groups} accepted");
        }
    }

    private async Task<Column> Judge(
        ISubject subject, Column column, Promises promises, IReadOnlyList<string> channels, Workload workload, CancellationToken cancellation)
    {
        IReadOnlyList<Promise> promised = [.. promises.ById.Values];
        // What it says of itself was only a hint: the facts decide, and may come a little later.
        long begun = Stopwatch.GetTimestamp();
        var messages = await subject.Emulator.Messages(channels);
        var report = Oracle.Judge(promised, messages);
        while (!report.IsClean && Stopwatch.GetElapsedTime(begun) < options.Linger)
        {
            await Task.Delay(TimeSpan.FromSeconds(5), cancellation);
            messages = await subject.Emulator.Messages(channels);
            report = Oracle.Judge(promised, messages);
        }

        if (Stopwatch.GetElapsedTime(begun) < options.Linger)
        {
            say($"{sender}: everything stands; waiting {options.Linger.TotalSeconds:0} s for what comes too much");
            await Task.Delay(options.Linger - Stopwatch.GetElapsedTime(begun), cancellation);
            messages = await subject.Emulator.Messages(channels);
            report = Oracle.Judge(promised, messages);
        }

        var metrics = subject.Metrics;
        await Task.Delay(TimeSpan.FromSeconds(1.5), cancellation); // the last scrape
        return column with
        {
            Report = report, Contradictions = promises.Contradictions, Disagreements = await Disagreements(subject, promises, channels, workload),
            Waits = Recovery.Waits(promised, report, column.BlowsAt), Visible = Recovery.UntilVisible(promised, report),
            Unanswered = metrics?.Sum("threadgrains_posts_tried_total", "outcome=\"unknown\"") ?? 0,
            Present = metrics?.Sum("threadgrains_doubts_looked_total", "found=\"found\"") ?? 0,
            Absent = (metrics?.Sum("threadgrains_doubts_looked_total", "found=\"absent\"") ?? 0) / 2,
            Takeovers = metrics?.Sum("threadgrains_posts_taken_over_total") ?? 0,
            Fenced = metrics?.Sum("threadgrains_writes_fenced_total") ?? 0,
            LateResults = metrics?.Sum("threadgrains_posts_late_results_total") ?? 0,
        };
    }

    /// <summary>The books first, then the messages: what the books call sent has to stand there, also where not all is at rest.</summary>
    private static async Task<IReadOnlyList<string>?> Disagreements(ISubject subject, Promises promises, IReadOnlyList<string> channels, Workload workload)
    {
        var rows = new List<DeliveryRow>();
        for (int group = 0; group < workload.Groups; group++)
        {
            if (await subject.Books(workload.Name(group)) is not { } books)
            {
                return null;
            }

            rows.AddRange(books);
        }

        return Conservation.Disagreements(promises.ById, rows, await subject.Emulator.Messages(channels));
    }

    /// <summary>Waits until it says three times in a row that nothing is left to do. False: the patience was over before.</summary>
    private static async Task<bool> Stand(ISubject subject, TimeSpan patience, CancellationToken cancellation)
    {
        long begun = Stopwatch.GetTimestamp();
        int quiet = 0;
        while (quiet < 3 && Stopwatch.GetElapsedTime(begun) < patience)
        {
            await Task.Delay(Look, cancellation);
            quiet = await subject.Unfinished() == 0 ? quiet + 1 : 0;
        }

        return quiet == 3;
    }
}
