using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using ThreadGrains.Silo;

namespace ThreadGrains.Bench;

/// <summary>
/// From the click in Slack's stead to the callback's arrival at the tracker, on an idle system, one after the other; beside a bare
/// HTTP round trip plus one commit of SQLite with synchronous=FULL, of the same run.
/// </summary>
internal static class ClickToCallbackBenchmark
{
    public static async Task Run(int count, BareServer bare, TextWriter output)
    {
        using var receiver = new HttpListener();
        string address = $"http://127.0.0.1:{LoopbackPorts.ChooseOne()}/";
        receiver.Prefixes.Add(address);
        receiver.Start();
        var arrived = new BlockingCollection<long>();
        var listening = Listen(receiver, arrived);
        await using var product = await Product.Start(paced: false, new Dictionary<string, string>
        {
            ["ThreadGrains__Callback__Url"] = address,
            ["ThreadGrains__Callback__Secret"] = "whsec_" + Convert.ToBase64String(new byte[32]),
            ["ThreadGrains__Callback__AllowPrivate"] = "true",
        });
        await product.Announce("click", 1);
        var (channel, ts) = await Root(product);
        var told = new List<double>();
        var floor = new List<double>();
        using var http = new HttpClient();
        string file = Path.Combine(Path.GetTempPath(), $"threadgrains-bench-{Environment.ProcessId}-click.db");
        await using (var database = new SqliteConnection($"Data Source={file}"))
        {
            await database.OpenAsync();
            Execute(database, "pragma journal_mode = wal");
            Execute(database, "pragma synchronous = full");
            Execute(database, "create table commits (id integer primary key, body text)");
            for (int i = -10; i < count; i++)                          // the first ten warm up
            {
                long start = await Click(product, channel, ts, i % 2 == 0 ? "tg.resolve" : "tg.unresolve");
                if (!arrived.TryTake(out long at, TimeSpan.FromSeconds(30)))
                {
                    throw new TimeoutException($"The callback of click {i} did not arrive.");
                }

                double callback = Stopwatch.GetElapsedTime(start, at).TotalMilliseconds;
                start = Stopwatch.GetTimestamp();
                using var bareAnswer = await http.PostAsJsonAsync(bare.Address, new { text = "click" });
                Execute(database, "insert into commits (body) values ('a row of about the size of an activity')");
                double least = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                if (i >= 0)
                {
                    told.Add(callback);
                    floor.Add(least);
                }
            }
        }

        receiver.Stop();
        await listening;
        SqliteConnection.ClearAllPools();
        File.Delete(file);
        told.Sort();
        floor.Sort();
        double At(List<double> sorted, double share) => sorted[(int)((sorted.Count - 1) * share)];
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            Click to callback, idle, {count} clicks one after the other (the emulator's own hop, the click's hop, one commit, the callback's hop)
              click to callback      median {At(told, 0.5),7:N2} ms   p99 {At(told, 0.99),7:N2} ms
              bare HTTP + one commit median {At(floor, 0.5),7:N2} ms   p99 {At(floor, 0.99),7:N2} ms
              ratio                  median {At(told, 0.5) / At(floor, 0.5),7:N1}      p99 {At(told, 0.99) / At(floor, 0.99),7:N1}
            """));
    }

    /// <summary>A click is refused until the card shows its button, which the edit after the click before brings: the clock starts at the one that is taken.</summary>
    private static async Task<long> Click(Product product, string channel, string ts, string actionId)
    {
        while (true)
        {
            long start = Stopwatch.GetTimestamp();
            using var answer = await product.Emulator.PostAsJsonAsync("/emulator/click", new
            {
                team = product.Env["SLACK_WORKSPACE"], channel, ts, user = product.Env["SLACK_USER"], actionId,
            });
            if (answer.IsSuccessStatusCode)
            {
                return start;
            }

            await Task.Delay(20);
        }
    }

    private static async Task<(string Channel, string Ts)> Root(Product product)
    {
        while (true)
        {
            var group = await product.Http.GetFromJsonAsync<JsonElement>("/v1/groups/click-0");
            var thread = group.GetProperty("threads")[0];
            if (thread.TryGetProperty("ts", out var ts))
            {
                return (thread.GetProperty("channel").GetString()!, ts.GetString()!);
            }

            await Task.Delay(50);
        }
    }

    private static async Task Listen(HttpListener receiver, BlockingCollection<long> arrived)
    {
        try
        {
            while (true)
            {
                var call = await receiver.GetContextAsync();
                arrived.Add(Stopwatch.GetTimestamp());
                await call.Request.InputStream.CopyToAsync(Stream.Null);
                call.Response.StatusCode = 204;
                call.Response.Close();
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
        {
            // Measured all there was to measure.
        }
    }

    private static void Execute(SqliteConnection database, string sql)
    {
        using var command = database.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
