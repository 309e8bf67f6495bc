using System.Globalization;
using System.Net.Mime;
using System.Reflection;
using System.Text;
using ThreadGrains.Ledger;
using ThreadGrains.WebhookGateway.Health;

namespace ThreadGrains.WebhookGateway.Status;

/// <summary>
/// GET /: what runs here, whether it is healthy, and how much waits or is in trouble. Sums over everything and no name of
/// anything, since Slack must be able to reach this server and so can others.
/// </summary>
internal static class StatusPage
{
    private static readonly string Version = typeof(StatusPage).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    public static void MapStatusPage(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/", async (HttpContext http, Readiness readiness, Totals totals, TimeProvider clock) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
            http.Response.Headers.XContentTypeOptions = "nosniff";
            http.Response.Headers["Referrer-Policy"] = "no-referrer";
            return Results.Text(Html(await readiness.Get(), await totals.Get(), clock.GetUtcNow()), MediaTypeNames.Text.Html, Encoding.UTF8);
        }).ExcludeFromDescription();

    /// <summary>The page, of numbers and fixed words only: there is nothing in it to escape.</summary>
    internal static string Html(bool isReady, TotalsView? totals, DateTimeOffset now)
    {
        var (mood, word) = (isReady, totals) switch
        {
            (true, { InDoubt: 0, Dead: 0, Parked: 0 }) => ("good", "Everything is well"),
            (true, not null) => ("look", "Running, and something wants a look"),
            _ => ("bad", "Not ready: the silo or its ledger does not answer"),
        };
        return $$"""
            <!doctype html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <meta http-equiv="refresh" content="10">
              <title>ThreadGrains</title>
              <style>
                :root { color-scheme: light dark; --ink: #1d1c1d; --soft: #616061; --line: #dddddd; --back: #ffffff; --good: #0b7a4b; --look: #a15c00; --bad: #b3261e; }
                @media (prefers-color-scheme: dark) { :root { --ink: #ececec; --soft: #a6a6a6; --line: #3a3a3d; --back: #1a1d21; --good: #4cc38a; --look: #f0a53a; --bad: #ff8a80; } }
                * { box-sizing: border-box; }
                body { margin: 0; padding: 3rem 1.25rem; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
                main { max-width: 46rem; margin: 0 auto; }
                h1 { margin: 0; font-size: 1.75rem; letter-spacing: -.01em; }
                .version, .soft { color: var(--soft); font-weight: 400; }
                .version { font-size: 1rem; }
                .promise { margin: .25rem 0 2rem; color: var(--soft); }
                .state { margin: 0 0 1.5rem; font-weight: 600; }
                .state::before { content: ""; display: inline-block; width: .7rem; height: .7rem; margin-right: .6rem; border-radius: 50%; background: currentColor; }
                .good { color: var(--good); } .look { color: var(--look); } .bad { color: var(--bad); }
                dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: 1px; margin: 0 0 2rem; background: var(--line); border: 1px solid var(--line); border-radius: .5rem; overflow: hidden; }
                dl div { padding: 1rem; background: var(--back); }
                dt { font-size: .875rem; color: var(--soft); }
                dd { margin: .125rem 0 0; font-size: 1.75rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
                dd small { display: block; min-height: 1.25rem; font-size: .8125rem; color: var(--soft); }
                nav { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; }
                a { color: inherit; }
              </style>
            </head>
            <body>
              <main>
                <h1>ThreadGrains <span class="version">{{Version}}</span></h1>
                <p class="promise">In order, once, in every thread.</p>
                <p class="state {{mood}}">{{word}}</p>
                {{(totals is null ? "" : Counts(totals, now))}}
                <nav><a href="/docs">API, to read and try</a><a href="/openapi/v1.json">OpenAPI document</a><a href="/health/ready">Readiness</a></nav>
              </main>
            </body>
            </html>
            """;
    }

    private static string Counts(TotalsView totals, DateTimeOffset now) => $"""
        <dl>
                  <div><dt>Pending</dt><dd>{Number(totals.Pending)}<small>{Since("oldest", totals.OldestPending, now)}</small></dd></div>
                  <div><dt>In doubt</dt><dd{(totals.InDoubt > 0 ? " class=\"look\"" : "")}>{Number(totals.InDoubt)}<small>{Since("for", totals.OldestInDoubt, now)}</small></dd></div>
                  <div><dt>Dead</dt><dd{(totals.Dead > 0 ? " class=\"look\"" : "")}>{Number(totals.Dead)}<small>{(totals.Dead > 0 ? "to be replayed" : "")}</small></dd></div>
                  <div><dt>Parked</dt><dd{(totals.Parked > 0 ? " class=\"look\"" : "")}>{Number(totals.Parked)}<small>{(totals.Parked > 0 ? "see GET /v1/workspaces" : "")}</small></dd></div>
                </dl>
        """;

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Since(string word, DateTimeOffset? moment, DateTimeOffset now) => moment is not { } since ? "" : $"{word} " + ((now - since) switch
    {
        { TotalSeconds: < 90 } age => $"{Math.Max(0, (int)age.TotalSeconds)} s",
        { TotalMinutes: < 90 } age => $"{(int)age.TotalMinutes} min",
        { TotalHours: < 48 } age => $"{(int)age.TotalHours} h",
        var age => $"{(int)age.TotalDays} days",
    });
}
