using System.Diagnostics;
using System.Globalization;
using ThreadGrains.Ledger;
using ThreadGrains.Ledger.Sql;
using ThreadGrains.Ledger.Sqlite;

namespace ThreadGrains.Bench;

/// <summary>
/// What group commit is worth: <c>CommitTurn</c> by 256 callers over 1,000 groups of one thread, beside the very same
/// statements on the same file settings with one accept a commit. Pairs alternate in one run, so that a busy neighbour
/// troubles both; the ratio is what counts.
/// </summary>
internal static class LedgerAcceptBenchmark
{
    /// <summary>How many groups, of one thread each.</summary>
    public const int Groups = 1_000;

    /// <summary>How many wait for an accept at any moment.</summary>
    public const int Callers = 256;

    /// <summary>Runs the pairs and prints accepts per second of both sides and their ratio.</summary>
    /// <param name="quick">Shorter runs and fewer pairs, under 20 s in all.</param>
    /// <param name="output">Where the figures go.</param>
    /// <returns>The median ratio.</returns>
    public static async Task<double> Run(bool quick, TextWriter output)
    {
        var duration = TimeSpan.FromSeconds(quick ? 1.2 : 4);
        int pairs = quick ? 5 : 9;
        string folder = Directory.CreateTempSubdirectory("threadgrains-bench-").FullName;
        try
        {
            await output.WriteLineAsync($"Ledger.CommitTurn, {Callers} callers over {Groups} groups of one thread, beside one accept a commit (synchronous=FULL both)");
            var ratios = new List<double>();
            for (int pair = 0; pair <= pairs; pair++)
            {
                double grouped, single;
                if (pair % 2 == 0)
                {
                    grouped = await Grouped(Path.Combine(folder, $"grouped-{pair}.db"), duration);
                    single = await Single(Path.Combine(folder, $"single-{pair}.db"), duration);
                }
                else
                {
                    single = await Single(Path.Combine(folder, $"single-{pair}.db"), duration);
                    grouped = await Grouped(Path.Combine(folder, $"grouped-{pair}.db"), duration);
                }

                if (pair > 0)                                          // the first warms up
                {
                    ratios.Add(grouped / single);
                    await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                        $"  pair {pair}: {grouped,8:N0} accepts/s grouped   {single,8:N0} accepts/s single   ratio {grouped / single:N1}"));
                }
            }

            ratios.Sort();
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"  ratio min {ratios[0]:N1}  median {ratios[ratios.Count / 2]:N1}  max {ratios[^1]:N1}"));
            return ratios[ratios.Count / 2];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> Grouped(string path, TimeSpan duration)
    {
        await using var ledger = SqliteLedger.Open(new SqliteLedgerOptions { Path = path }, TimeProvider.System);
        var groups = await Announce(ledger);
        return await Accepts(ledger, groups, duration);
    }

    /// <summary>Accepts per second, by many callers at once.</summary>
    public static async Task<double> Accepts(ILedger ledger, IReadOnlyList<BenchGroup> groups, TimeSpan duration)
    {
        using var end = new CancellationTokenSource();
        long accepted = 0;

        // Each caller has groups of its own, as an activation has: at most one turn of a group is in flight.
        var callers = Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var own = groups.Where((_, i) => i % Callers == caller).ToList();
            for (int i = 0; !end.IsCancellationRequested; i++)
            {
                Taken(await ledger.CommitTurn(own[i % own.Count].Accept(), CancellationToken.None));
                Interlocked.Increment(ref accepted);
            }
        })).ToList();
        long start = Stopwatch.GetTimestamp();
        await Task.Delay(duration);
        double perSecond = Interlocked.Read(ref accepted) / Stopwatch.GetElapsedTime(start).TotalSeconds;
        await end.CancelAsync();
        await Task.WhenAll(callers);
        return perSecond;
    }

    private static async Task<double> Single(string path, TimeSpan duration)
    {
        var options = new SqliteLedgerOptions { Path = path };
        List<BenchGroup> groups;
        await using (var ledger = SqliteLedger.Open(options, TimeProvider.System))
        {
            groups = await Announce(ledger);
        }

        await using var checkpoints = new Checkpoints(options);
        using var session = new WriteSession(LedgerFile.Open(options, ConnectionRole.Writer), options.Times);
        long accepted = 0;
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            checkpoints.EnterCommit();
            session.Begin([]);
            Taken(session.Turns.Commit(groups[(int)(accepted % Groups)].Accept()).Outcome);
            session.Commit();
            checkpoints.LeaveCommit();
            checkpoints.Wrote(((LedgerFile)session.Connection).TakePagesWritten());
            accepted++;
        }

        return accepted / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Makes the groups, each with its announcement.</summary>
    public static async Task<List<BenchGroup>> Announce(ILedger ledger)
    {
        var groups = Enumerable.Range(0, Groups).Select(i => new BenchGroup(i)).ToList();
        foreach (var outcome in await Task.WhenAll(groups.Select(group => ledger.CommitTurn(group.Announce(), CancellationToken.None))))
        {
            Taken(outcome);
        }

        return groups;
    }

    private static void Taken(TurnOutcome outcome)
    {
        if (outcome is not TurnOutcome.Taken)
        {
            throw new InvalidOperationException($"The benchmark's turn was not taken: {outcome}");
        }
    }
}
