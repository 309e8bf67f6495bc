using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using ThreadGrains.Ledger.PostgreSql;
using ThreadGrains.Standalone.Launching;
using ThreadGrains.Tests.PostgreSql;

namespace ThreadGrains.Bench;

/// <summary>
/// The ledger on PostgreSQL: <c>CommitTurn</c> by 256 callers over 1,000 groups of one thread, beside pgbench, which writes the
/// same rows of the same tables one accept a transaction, in one prepared statement. pgbench's best of 1, 8, 32 and 64 clients
/// counts. Same server, same run, by turns.
/// </summary>
internal static partial class PostgreSqlAcceptBenchmark
{
    // What a turn of one activity writes, with the ids from a counter: cheaper than ours, and in order of time as they are.
    private const string Script = """
        \set n random(1, 1000)
        with g as (
            update issue_group set owner = 'bench', epoch = epoch, next_sequence = next_sequence + 1, status = 'unresolved', assignee = null,
                   details = '{"by":"user/U0000001"}',
                   wake_at = (select min(t.wake_at) from thread t where t.group_id = issue_group.id and t.wake_at is not null)
              from bench_group b where b.n = (:n)::int and issue_group.id = b.group_id
            returning issue_group.id, next_sequence - 1 as sequence, b.thread_id),
        k as (
            insert into activity_key (organization, kind, id, hash, receipt, expires_at)
            select 'bench', 'activity', 'bench-' || (:n)::text || '-' || g.sequence, '\x0000000000000000000000000000000000000000000000000000000000000000'::bytea,
                   '{"id":"bench-' || (:n)::text || '-' || g.sequence || '","outcome":"accepted","sequence":' || g.sequence || ',"threads": 1}', 1900000000000000 from g
                on conflict (organization, kind, id) do update set hash = excluded.hash where activity_key.expires_at <= 1700000000000000),
        a as (
            insert into activity (group_id, sequence, kind, sender_id, type, actor, data, deliveries, remaining, accepted_at)
            select g.id, g.sequence, 'activity', 'bench-' || (:n)::text || '-' || g.sequence, 'note', '{"type":"user","id":"u1","name":"Ada Lovelace"}',
                   '{"text":"Looks like the connection pool is exhausted again."}', 1, 1, 1800000000000000 from g),
        t as (
            update thread set last_position = last_position + 1, made = made + 1,
                   wake_at = case when not looked_up or made > sent + dead + cancelled then wake_at
                                  else least(coalesce(wake_at, 9223372036854775807), greatest(1800000000000000, coalesce(probe_at, 0))) end
              from g where thread.id = g.thread_id and thread.group_id = g.id and state <> 'closed'
            returning thread.id, last_position, g.sequence)
        insert into delivery (id, organization, thread_id, position, sequence, kind, state, due_at, queued_at, broadcast)
        select lpad(to_hex(nextval('bench_id')), 32, '0')::uuid, 'bench', t.id, t.last_position, t.sequence, 'reply', 'pending', 1800000000000000, 1800000000000000, false from t;
        """;

    /// <summary>Runs the pairs and prints accepts per second of both sides and their ratio.</summary>
    /// <param name="quick">Shorter runs and fewer pairs.</param>
    /// <param name="output">Where the figures go.</param>
    /// <returns>The median ratio, and the median of pgbench's best.</returns>
    public static async Task<(double Ratio, double Transactions)> Run(bool quick, TextWriter output)
    {
        int seconds = quick ? 2 : 6;
        int pairs = quick ? 3 : 5;
        await output.WriteLineAsync($"Ledger.CommitTurn on PostgreSQL, {LedgerAcceptBenchmark.Callers} callers over {LedgerAcceptBenchmark.Groups} groups of one thread, beside pgbench with the same rows one accept a transaction (synchronous_commit=on both)");
        var ratios = new List<double>();
        var best = new List<double>();
        for (int pair = 0; pair <= pairs; pair++)
        {
            double grouped = await Grouped(TimeSpan.FromSeconds(seconds));
            var single = new Dictionary<int, double>();
            foreach (int clients in (int[])[1, 8, 32, 64])
            {
                single[clients] = await PgBench(clients, seconds);
            }

            if (pair > 0)                                              // the first warms up
            {
                best.Add(single.Values.Max());
                ratios.Add(grouped / best[^1]);
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                    $"  pair {pair}: {grouped,8:N0} accepts/s grouped   pgbench {string.Join("  ", single.Select(run => $"{run.Key}: {run.Value:N0}"))}   ratio {ratios[^1]:N1}"));
            }
        }

        ratios.Sort();
        best.Sort();
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"  ratio min {ratios[0]:N1}  median {ratios[ratios.Count / 2]:N1}  max {ratios[^1]:N1}"));
        return (ratios[ratios.Count / 2], best[best.Count / 2]);
    }

    private static async Task<double> Grouped(TimeSpan duration)
    {
        string database = await Fresh();
        double perSecond;
        await using (var ledger = PostgreSqlLedger.Open(new PostgreSqlLedgerOptions { ConnectionString = database }))
        {
            var groups = await LedgerAcceptBenchmark.Announce(ledger);
            await TestServer.Execute(database, "analyze");
            perSecond = await LedgerAcceptBenchmark.Accepts(ledger, groups, duration);
        }

        await TestServer.DropDatabase(database);
        return perSecond;
    }

    private static async Task<double> PgBench(int clients, int seconds)
    {
        string database = await Fresh();
        await using (var ledger = PostgreSqlLedger.Open(new PostgreSqlLedgerOptions { ConnectionString = database }))
        {
            var groups = await LedgerAcceptBenchmark.Announce(ledger);
            await TestServer.Execute(database, "create table bench_group (n int primary key, group_id uuid not null, thread_id uuid not null); create sequence bench_id cache 100");
            await TestServer.Execute(database, "insert into bench_group values " + string.Join(", ", groups.Select((group, i) => $"({i + 1}, '{group.Id}', '{group.Thread}')")));
            await TestServer.Execute(database, "analyze");
        }

        string script = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(script, Script.ReplaceLineEndings(" ").Replace("\\set n random(1, 1000) ", "\\set n random(1, 1000)\n", StringComparison.Ordinal));
            var at = new NpgsqlConnectionStringBuilder(database);
            var start = new ProcessStartInfo(Path.Combine(PrivatePostgreSql.Programs!, "pgbench"),
                ["-n", "-M", "prepared", "-f", script, "-c", $"{clients}", "-j", $"{Math.Min(clients, 2)}", "-T", $"{seconds}",
                 "-h", at.Host!, "-p", $"{at.Port}", "-U", at.Username!, at.Database!])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["PGPASSWORD"] = at.Password;
            using var process = Process.Start(start)!;
            var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            var tps = Tps().Match(await said);
            return tps.Success
                ? double.Parse(tps.Groups[1].Value, CultureInfo.InvariantCulture)
                : throw new InvalidOperationException($"pgbench said: {await said}{await complained}");
        }
        finally
        {
            File.Delete(script);
            await TestServer.DropDatabase(database);
        }
    }

    private static async Task<string> Fresh()
    {
        string database = await TestServer.CreateDatabase();
        DatabaseSchema.Upgrade(database, DatabaseSchema.Ledger);
        return database;
    }

    [GeneratedRegex(@"tps = ([0-9.]+)")]
    private static partial Regex Tps();
}
