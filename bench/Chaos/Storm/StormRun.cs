using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ThreadGrains.Chaos.Judging;
using ThreadGrains.Chaos.Running;
using ThreadGrains.Chaos.Sending;

namespace ThreadGrains.Chaos.Storm;

/// <summary>
/// Far more comes into one channel than Slack takes: all of it is accepted within a minute, at Slack's limits and with the product's
/// settings as shipped. What is looked at: how long it takes until all stands, that each thing is visible once and in order, how
/// much memory the silos take, and what it does to another channel and to another workspace.
/// </summary>
internal sealed class StormRun(StormOptions options, string folder, Action<string> say)
{
    private const string FarWorkspace = "T0CHAOS002";
    private const int Silos = 3;

    /// <summary>A tenth may meet what else the machine does just then.</summary>
    private static readonly double[] Ranks = [0.5, 0.9];

    /// <summary>Of the delivered messages' faults, those that must not be, beside what is lost.</summary>
    private static readonly Wrong[] Never = [Wrong.DoubledEver, Wrong.OutOfOrder, Wrong.Phantom];

    /// <summary>Beyond this it counts as never.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    /// <summary>How long the neighbours are looked at before the storm.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(40);

    /// <returns>Whether everything was as it must be.</returns>
    public async Task<bool> Run(CancellationToken cancellation)
    {
        var settings = new Dictionary<string, string>
        {
            ["ThreadGrains__Slack__Installations__0__Workspace"] = FarWorkspace,
            ["ThreadGrains__Slack__Installations__0__BotToken"] = EmulatorClient.BotTokenOf(FarWorkspace),
        };
        if (!options.Digests)
        {
            settings["ThreadGrains__Pacing__Digests"] = "false";
            say("not as shipped: ThreadGrains__Pacing__Digests=false");
        }

        await using var cluster = await ProductCluster.Start(folder, Silos, Links.None, settings);
        var workload = new Workload(options.Seed, options.Groups, 1, options.Groups * options.PerThread, 0, new Repetition(0, 1, 0, 0), inTurn: true);
        var here = await cluster.Emulator.MakeChannels(2);
        string[] channels = [.. Enumerable.Repeat(here[0], workload.Channels)];
        var neighbours = new[]
        {
            new Neighbour("second-channel", cluster.Emulator.Workspace, here[1], cluster.Gateways[0], cluster.Emulator),
            new Neighbour("second-workspace", FarWorkspace, (await cluster.Emulator.MakeChannels(1, FarWorkspace))[0], cluster.Gateways[1], cluster.Emulator),
        };
        string receipts = Path.Combine(folder, "receipts.jsonl");
        await using var log = new ReceiptLog(receipts);
        var sending = new Sender(workload, cluster.Gateways, cluster.Emulator.Workspace, channels, log, concurrency: 100);
        say($"announcing {options.Groups} groups in one channel");
        await sending.Announce();
        await Task.WhenAll(neighbours.Select(neighbour => neighbour.Announce()));
        await Surroundings.Until(async () => (await cluster.Emulator.Messages([here[0]])).Count == options.Groups, "all groups are announced");

        var before = await Beside(neighbours, Task.Delay(Calm, cancellation));
        var memory = new MemoryWatch(cluster);
        long restingMegabytes = memory.Look();
        say($"{options.Groups * options.PerThread} activities within {options.Within.TotalSeconds:0} s");
        long begun = Stopwatch.GetTimestamp();
        int stoodBefore = (await cluster.Emulator.Messages([here[0]])).Count;
        var accepting = sending.SendAll(options.Groups * options.PerThread / options.Within.TotalSeconds, cancellation);
        var draining = options.Digests ? Drain(cluster, accepting, memory, cancellation) : Measure(memory, begun, cancellation);
        var beside = Beside(neighbours, draining);
        await accepting;
        var accepted = Stopwatch.GetElapsedTime(begun);
        say($"all accepted after {accepted.TotalSeconds:0} s: {sending.Accepted - options.Groups} with {sending.Attempts - options.Groups} requests");
        await draining;
        var drained = Stopwatch.GetElapsedTime(begun);
        var during = await beside;
        var messages = await cluster.Emulator.Messages([here[0]]);
        var report = Oracle.Judge([.. Promises.From(ReceiptLog.Read(receipts)).ById.Values], messages);
        return Tell(new Outcome(before, during, restingMegabytes, memory.Highest, accepted, drained, messages.Count - stoodBefore, sending.Accepted - options.Groups, report));
    }

    private sealed record Outcome(
        IReadOnlyDictionary<string, IReadOnlyList<double>> Before, IReadOnlyDictionary<string, IReadOnlyList<double>> During, long RestingMegabytes, long MostMegabytes,
        TimeSpan Accepting, TimeSpan Draining, int Messages, int Accepted, Report Report);

    private bool Tell(Outcome outcome)
    {
        int activities = options.Groups * options.PerThread;
        // Without digests most of it does not stand yet, and that is no loss: what stands is judged for the rest.
        int lost = options.Digests ? outcome.Report.Count(Wrong.Lost) : 0;
        bool clean = lost == 0 && outcome.Accepted == activities && Never.All(wrong => outcome.Report.Count(wrong) == 0);
        double perMinute = outcome.Messages / outcome.Draining.TotalMinutes;
        say("");
        say(Line($"accepted {outcome.Accepted} within {outcome.Accepting.TotalSeconds:0} s; lost {lost}, doubled ever {outcome.Report.Count(Wrong.DoubledEver)}, out of order {outcome.Report.Count(Wrong.OutOfOrder)}, phantom {outcome.Report.Count(Wrong.Phantom)}"));
        say(options.Digests
            ? Line($"drained {outcome.Draining.TotalMinutes:0.0} min after the first of them, with {outcome.Messages} messages, {(double)activities / outcome.Messages:0.0} activities in each")
            : Line($"{outcome.Messages} messages in {outcome.Draining.TotalMinutes:0.0} min, {perMinute:0} a minute: reckoned from that, all {activities} take {activities / perMinute / 60:0.0} h"));
        say(Line($"memory of all {Silos} silos together: {outcome.RestingMegabytes} MB at rest, {outcome.MostMegabytes} MB at the most"));
        foreach (var (name, during) in outcome.During)
        {
            var before = outcome.Before[name];
            say(Line($"{name}, from receipt until it stood, p50 and p90: {Recovery.Quantile(before, 0.5):0.00} and {Recovery.Quantile(before, 0.9):0.00} s before, {Recovery.Quantile(during, 0.5):0.00} and {Recovery.Quantile(during, 0.9):0.00} s during the storm ({during.Count} times)"));
            bool delayed = Ranks.Any(rank => Recovery.Quantile(during, rank) - Recovery.Quantile(before, rank) >= 1);
            clean &= !delayed;
        }

        say(JsonSerializer.Serialize(new
        {
            seed = options.Seed, digests = options.Digests, accepted = outcome.Accepted, messages = outcome.Messages,
            lost, doubledEver = outcome.Report.Count(Wrong.DoubledEver), outOfOrder = outcome.Report.Count(Wrong.OutOfOrder), phantom = outcome.Report.Count(Wrong.Phantom),
            drainedMinutes = Math.Round(options.Digests ? outcome.Draining.TotalMinutes : activities / perMinute, 1), restingMegabytes = outcome.RestingMegabytes, mostMegabytes = outcome.MostMegabytes,
        }));
        return clean;
    }

    /// <summary>Until nothing is left to do, after all was accepted.</summary>
    private async Task Drain(ProductCluster cluster, Task accepting, MemoryWatch memory, CancellationToken cancellation)
    {
        long begun = Stopwatch.GetTimestamp();
        for (int look = 1; !accepting.IsCompleted || await cluster.Unfinished() != 0; look++)
        {
            if (Stopwatch.GetElapsedTime(begun) > Patience)
            {
                throw new TimeoutException($"not drained within {Patience.TotalMinutes:0} min");
            }

            long megabytes = memory.Look();
            if (look % 60 == 0)
            {
                say(Line($"{Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s: {megabytes} MB"));
            }

            await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
        }
    }

    private async Task Measure(MemoryWatch memory, long begun, CancellationToken cancellation)
    {
        while (Stopwatch.GetElapsedTime(begun) < options.Measured)
        {
            memory.Look();
            await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
        }
    }

    private static async Task<IReadOnlyDictionary<string, IReadOnlyList<double>>> Beside(Neighbour[] neighbours, Task until)
    {
        using var over = new CancellationTokenSource();
        var measuring = neighbours.Select(async neighbour => (neighbour.Name, Delays: await neighbour.Delays(over.Token))).ToList();
        await until.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await over.CancelAsync();
        var delays = await Task.WhenAll(measuring);
        await until;
        return delays.ToDictionary(pair => pair.Name, pair => pair.Delays);
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>The resident memory of all silos together, and the most of it that was seen.</summary>
    private sealed class MemoryWatch(ProductCluster cluster)
    {
        public long Highest { get; private set; }

        public long Look()
        {
            long now = cluster.Members.Sum(member => Resident(member.Process.Id)) / 1024;
            Highest = Math.Max(Highest, now);
            return now;
        }

        /// <summary>In KB, from proc(5).</summary>
        private static long Resident(int process)
        {
            try
            {
                string line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
                return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
            }
            catch (Exception gone) when (gone is IOException or InvalidOperationException)
            {
                return 0;
            }
        }
    }
}
