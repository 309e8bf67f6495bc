using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace ThreadGrains.Bench;

/// <summary>Durable accepts per second over HTTP, beside Kestrel's bare 200 to the same bodies: same client, same connections, in turn.</summary>
internal static class HttpAcceptBenchmark
{
    private const int Connections = 64;

    /// <param name="quick">Shorter runs and fewer pairs.</param>
    /// <param name="product">What is measured.</param>
    /// <param name="bare">The limit of HTTP here.</param>
    /// <param name="output">Where the figures go.</param>
    /// <param name="transactions">pgbench's best with the same rows, per second, where the product writes to PostgreSQL.</param>
    public static async Task Run(bool quick, Product product, BareServer bare, TextWriter output, double? transactions = null)
    {
        var length = TimeSpan.FromSeconds(quick ? 3 : 10);
        var groups = await product.Announce("load", 400);
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections });
        var accepts = new Uri(product.Http.BaseAddress!, "/v1/activities");
        await output.WriteLineAsync($"Accepts over HTTP, {Connections} connections, {groups.Count} groups (posting goes on meanwhile, at Slack's pace)");
        int sent = 0;
        for (int pair = 0; pair < (quick ? 3 : 5); pair++)
        {
            double least = await Rate(http, bare.Address, product, groups, () => Interlocked.Increment(ref sent), length);
            var shares = new CpuShares(product.Processes);
            shares.Begin();
            double accepted = await Rate(http, accepts, product, groups, () => Interlocked.Increment(ref sent), length);
            string share = shares.End();
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"  {(pair == 0 ? "warm-up" : $"pair {pair}")}: {accepted,7:N0} accepts/s   {least,7:N0} bare answers/s   ratio {accepted / least:N2}{(transactions is { } single ? $"   to pgbench {accepted / single:N2}" : "")}   (CPU: {share})"));
        }
    }

    private static async Task<double> Rate(HttpClient http, Uri address, Product product, IReadOnlyList<string> groups, Func<int> next, TimeSpan length)
    {
        long done = 0;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            while (Stopwatch.GetElapsedTime(start) < length)
            {
                int n = next();
                using var request = new HttpRequestMessage(HttpMethod.Post, address)
                {
                    Content = new StringContent(
                        $$$"""{"id":"load-{{{n}}}","group":"{{{groups[n % groups.Count]}}}","type":"note","actor":{"type":"user","name":"Ada"},"data":{"text":"A note of ordinary length, as people write them under an issue."}}""",
                        Encoding.UTF8, "application/json"),
                };
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", product.Env["THREADGRAINS_API_KEY"]);
                using var answer = await http.SendAsync(request);
                if (!answer.IsSuccessStatusCode)
                {
                    throw new InvalidOperationException($"{address} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
                }

                Interlocked.Increment(ref done);
            }
        }));
        return done / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
