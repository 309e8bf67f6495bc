using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace ThreadGrains.Bench;

/// <summary>
/// From sending an activity to its message in Slack's stead, on an idle system, one after the other; beside a bare HTTP
/// round trip plus one commit of SQLite with synchronous=FULL, of the same run.
/// </summary>
internal static class AcceptToPostBenchmark
{
    public static async Task Run(int count, Product product, BareServer bare, TextWriter output)
    {
        string group = (await product.Announce("idle", 1))[0];
        var seen = new ConcurrentDictionary<string, TaskCompletionSource<long>>();
        using var stop = new CancellationTokenSource();
        var listening = Listen(product.Emulator, seen, stop.Token);
        var visible = new List<double>();
        var floor = new List<double>();
        using var http = new HttpClient();
        string file = Path.Combine(Path.GetTempPath(), $"threadgrains-bench-{Environment.ProcessId}.db");
        await using (var database = new SqliteConnection($"Data Source={file}"))
        {
            await database.OpenAsync();
            Execute(database, "pragma journal_mode = wal");
            Execute(database, "pragma synchronous = full");
            Execute(database, "create table if not exists commits (id integer primary key, body text)");
            for (int i = -10; i < count; i++)                          // the first ten warm up
            {
                string mark = $"mark-{i + 10:d5}";
                var arrived = seen[mark] = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
                long start = Stopwatch.GetTimestamp();
                using var answer = await product.Http.PostAsJsonAsync("/v1/activities", new
                {
                    id = $"idle-{i + 10}", group, type = "note", actor = new { type = "user", name = "Ada" }, data = new { text = mark },
                });
                answer.EnsureSuccessStatusCode();
                double post = Stopwatch.GetElapsedTime(start, await arrived.Task.WaitAsync(TimeSpan.FromSeconds(30))).TotalMilliseconds;

                start = Stopwatch.GetTimestamp();
                using var bareAnswer = await http.PostAsJsonAsync(bare.Address, new { text = mark });
                Execute(database, "insert into commits (body) values ('a row of about the size of an activity')");
                double least = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                if (i >= 0)
                {
                    visible.Add(post);
                    floor.Add(least);
                }
            }
        }

        await stop.CancelAsync();
        await listening;
        SqliteConnection.ClearAllPools();
        File.Delete(file);
        visible.Sort();
        floor.Sort();
        double At(List<double> sorted, double share) => sorted[(int)((sorted.Count - 1) * share)];
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            Accept to post, idle, {count} activities one after the other (accept commit, claim commit, Slack's own commit, and three HTTP hops)
              accept to post         median {At(visible, 0.5),7:N2} ms   p99 {At(visible, 0.99),7:N2} ms
              bare HTTP + one commit median {At(floor, 0.5),7:N2} ms   p99 {At(floor, 0.99),7:N2} ms
              ratio                  median {At(visible, 0.5) / At(floor, 0.5),7:N1}      p99 {At(visible, 0.99) / At(floor, 0.99),7:N1}
            """));
    }

    private static void Execute(SqliteConnection database, string sql)
    {
        using var command = database.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static async Task Listen(HttpClient emulator, ConcurrentDictionary<string, TaskCompletionSource<long>> seen, CancellationToken stop)
    {
        try
        {
            using var answer = await emulator.GetAsync("/emulator/stream", HttpCompletionOption.ResponseHeadersRead, stop);
            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(stop));
            while (await lines.ReadLineAsync(stop) is { } line)
            {
                long now = Stopwatch.GetTimestamp();
                int at = line.IndexOf("mark-", StringComparison.Ordinal);
                if (line.StartsWith("data:", StringComparison.Ordinal) && at > 0 && seen.TryRemove(line.Substring(at, 10), out var arrived))
                {
                    arrived.SetResult(now);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Measured all there was to measure.
        }
    }
}
