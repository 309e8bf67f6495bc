using System.Text.Json;
using Npgsql;

namespace ThreadGrains.Chaos.Baselines;

/// <summary>
/// What a reviewer could ship instead, in two forms. <c>retry</c>: an outbox, and workers that send what waits, oldest first in
/// each thread, and retry on any failure without an intent record (at least once). <c>forget</c>: stored, answered, and posted in
/// the background of the request; what fails is swallowed. It takes the same requests and gives the same receipts.
/// </summary>
internal static class BaselineProcess
{
    /// <summary>As many threads as a process works on at the same time.</summary>
    private const int Workers = 12;

    private static readonly TimeSpan IdlePause = TimeSpan.FromMilliseconds(100);

    public static async Task Run(string kind)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        await using var database = NpgsqlDataSource.Create(builder.Configuration["Database"]!);
        using var slack = new SlackPosts(new Uri(builder.Configuration["SlackApi"]!), builder.Configuration["SlackToken"]!);
        var outbox = new Outbox(database);
        await outbox.Prepare();

        bool retries = kind == "retry";
        await using var app = builder.Build();
        app.MapGet("/health/ready", () => Results.Ok());
        app.MapGet("/unfinished", async () => Results.Json(new { count = await outbox.Count() }));
        app.MapPost("/v1/alerts", async (JsonElement body) => await Accept(
            body, [.. body.GetProperty("channels").EnumerateArray().Select(channel => channel.GetProperty("channel").GetString()!)],
            body.GetProperty("issue").GetProperty("title").GetString()!));
        app.MapPost("/v1/activities", async (JsonElement body) =>
        {
            var data = body.GetProperty("data");
            return await Accept(body, null, (data.TryGetProperty("text", out var text) ? text : data.GetProperty("version")).GetString()!);
        });
        var working = retries ? Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Work(outbox, slack, app.Lifetime.ApplicationStopping))) : Task.CompletedTask;
        await app.RunAsync();
        await working;

        async Task<IResult> Accept(JsonElement body, IReadOnlyList<string>? channels, string text)
        {
            string id = body.GetProperty("id").GetString()!;
            string group = body.GetProperty("group").GetString()!;
            try
            {
                var (isNew, sequence, threads, targets) = await outbox.Accept(id, group, channels, text, retries);
                foreach (var target in targets)
                {
                    _ = Forget(outbox, slack, target, isRoot: channels is not null);
                }

                return Results.Json(new { id, group, outcome = isNew ? "accepted" : "duplicate", sequence, threads }, statusCode: 202);
            }
            catch (NpgsqlException)
            {
                return Results.StatusCode(503);
            }
        }
    }

    private static async Task Work(Outbox outbox, SlackPosts slack, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (!await outbox.SendOne(message => slack.Post(message.Channel, message.Text, message.Ts)))
                {
                    await Task.Delay(IdlePause, CancellationToken.None);
                }
            }
            catch (NpgsqlException)
            {
                await Task.Delay(IdlePause, CancellationToken.None);
            }
        }
    }

    private static async Task Forget(Outbox outbox, SlackPosts slack, Waiting target, bool isRoot)
    {
        try
        {
            // Without an announcement there is no thread to write to.
            if (isRoot || target.Ts is not null)
            {
                var (ts, _) = await slack.Post(target.Channel, target.Text, isRoot ? null : target.Ts);
                if (isRoot && ts is not null)
                {
                    await outbox.Stands(target.Thread, ts);
                }
            }
        }
        catch (NpgsqlException)
        {
            // Swallowed: that is what this baseline shows.
        }
    }
}
