using System.Text.Json.Nodes;
using ThreadGrains.SlackEmulator.Faults;
using ThreadGrains.SlackEmulator.Interactions;
using ThreadGrains.SlackEmulator.Messages;
using ThreadGrains.SlackEmulator.RateLimits;
using ThreadGrains.SlackEmulator.WebApi;

namespace ThreadGrains.SlackEmulator.Inspection;

/// <summary>The emulator's own interface, which is clearly not Slack's: what tests and the page look at and do.</summary>
internal static class InspectionEndpoints
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    internal sealed record ChannelsWish(string Team, int? Count, string? Name);

    internal sealed record ClickWish(string Team, string Channel, string Ts, string ActionId, string? Value, string User);

    internal sealed record SayWish(string Team, string Channel, [property: System.Text.Json.Serialization.JsonPropertyName("thread_ts")] string? ThreadTs, string User, string Text);

    internal sealed record AppWish(string RequestUrl);

    public static void MapInspection(this IEndpointRouteBuilder routes)
    {
        var own = routes.MapGroup("/emulator");
        own.MapGet("/health", () => Results.Ok(new { status = "ok" }));
        own.MapGet("/workspaces", Workspaces);
        own.MapGet("/messages", Messages);
        own.MapGet("/ephemerals", (Store store, string? team, string? channel, string? user) =>
            Json(new JsonObject { ["ephemerals"] = Array(store.Ephemerals(team, channel, user).Select(MessageJson.ForInspection)) }));
        own.MapGet("/calls", (CallLog log, string? method, int? since) => Json(new JsonObject { ["calls"] = new JsonArray([.. log.Since(since ?? 0, method)]) }));
        own.MapGet("/stream", Stream);
        own.MapPut("/faults", async (HttpContext http, FaultPlan plan) =>
        {
            try
            {
                var request = await http.Request.ReadFromJsonAsync<FaultRequest>(FaultPlan.Json);
                return request is null || plan.Set(request) is not { } wrong ? Results.Ok(new { ok = request is not null }) : Bad(wrong);
            }
            catch (System.Text.Json.JsonException error)
            {
                return Bad(error.Message);
            }
        });
        own.MapDelete("/faults", (FaultPlan plan) =>
        {
            plan.Clear();
            return Results.NoContent();
        });
        own.MapPut("/limits", (LimitSettings settings, Limits limits) =>
        {
            limits.Settings = settings;
            return Results.Ok(settings);
        });
        own.MapPut("/app", (AppWish wish, AppAddress app) =>
        {
            if (!Uri.TryCreate(wish.RequestUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            {
                return Bad("requestUrl must be an absolute http or https address");
            }

            app.RequestUrl = url;
            return Results.Ok(wish);
        });
        own.MapPost("/channels", async (ChannelsWish wish, Store store) => wish is { Team.Length: > 1, Count: null or (>= 1 and <= 10_000) }
            ? Results.Ok(new { channels = await store.MakeChannels(wish.Team, wish.Count ?? 1, wish.Name) })
            : Bad("team and a count of 1 to 10000, or a name, are needed"));
        own.MapPost("/click", Click);
        own.MapPost("/say", async (SayWish wish, Store store) => store.Team(wish.Team) is { } team && team.Channels.TryGetValue(wish.Channel, out var channel)
            ? Results.Ok(new { ts = (await store.Post(team, channel, new PostWish(wish.Text, null, null, wish.ThreadTs, false, wish.User, null, TimeSpan.Zero))).Ts })
            : Bad("no such team or channel"));
        own.MapPost("/channels/{channel}/archive", (string channel, Store store) => Change(store, channel, archived: true, null));
        own.MapPost("/channels/{channel}/unarchive", (string channel, Store store) => Change(store, channel, archived: false, null));
        own.MapPost("/channels/{channel}/kick", (string channel, Store store) => Change(store, channel, null, member: false));
        own.MapPost("/messages/{channel}/{ts}/delete", async (string channel, string ts, Store store) =>
        {
            if (store.Find(channel)?.Channel is not { } found || !store.Read(() => found.ByTs.TryGetValue(ts, out var m) && !m.Deleted))
            {
                return Bad("no such message");
            }

            await store.Delete(store.Read(() => found.ByTs[ts]));
            return Results.Ok(new { ok = true });
        });
        routes.MapPost("/actions/{team}/{id}/{secret}", async (HttpContext http, ResponseUrls urls) =>
            await http.Request.ReadFromJsonAsync<JsonObject>() is { } body && await urls.Use(http.Request.Path, body) ? Results.Text("ok") : Results.NotFound());
    }

    private static IResult Workspaces(Store store) => Json(new JsonObject
    {
        ["workspaces"] = Array(store.Teams.Select(team => store.Read(() => new JsonObject
        {
            ["team"] = team.Team, ["name"] = team.Name, ["botToken"] = team.BotToken, ["botUser"] = team.BotUser, ["botId"] = team.BotId,
            ["users"] = Array(team.People.Select(person => new JsonObject { ["id"] = person.Id, ["name"] = person.Name, ["realName"] = person.RealName })),
            ["channels"] = Array(team.Channels.Values.Select(channel => new JsonObject
            {
                ["id"] = channel.Id, ["name"] = channel.Name, ["isArchived"] = channel.IsArchived, ["isMember"] = channel.IsMember,
            })),
        }))),
    });

    private static IResult Messages(Store store, string? team, string? channel, [Microsoft.AspNetCore.Mvc.FromQuery(Name = "thread_ts")] string? threadTs) => Json(new JsonObject
    {
        ["messages"] = store.Read(() => Array(store.Teams.Where(t => team is null || t.Team == team).SelectMany(t => t.Channels.Values)
            .Where(c => channel is null || c.Id == channel).SelectMany(c => c.Messages)
            .Where(message => threadTs is null || message.ThreadTs == threadTs).Select(MessageJson.ForInspection))),
    });

    private static async Task<IResult> Click(ClickWish wish, HttpContext http, Store store, Clicks clicks)
    {
        if (store.Team(wish.Team) is not { } team || !team.Channels.TryGetValue(wish.Channel, out var channel)
            || store.Read(() => channel.ByTs.GetValueOrDefault(wish.Ts)) is not { Deleted: false } message)
        {
            return Bad("no such message");
        }

        if (Clicks.Find(message, wish.ActionId) is not var (element, blockId))
        {
            return Bad($"the message has no element with action_id '{wish.ActionId}'");
        }

        var self = new Uri($"{http.Request.Scheme}://{http.Request.Host}");
        var answer = await clicks.Send(team, message, element, blockId, wish.Value, wish.User, self);
        return Results.Ok(new { status = answer.Status, body = answer.Body });
    }

    private static async Task Stream(HttpContext http, Happenings happenings)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.WriteAsync(": listening\n\n");
        await http.Response.Body.FlushAsync();
        using var writing = new SemaphoreSlim(1);
        async Task Write(string text)
        {
            await writing.WaitAsync(http.RequestAborted);
            try
            {
                await http.Response.WriteAsync(text, http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
            }
            finally
            {
                writing.Release();
            }
        }

        try
        {
            using var beat = new PeriodicTimer(Heartbeat);
            var beating = Task.Run(async () =>
            {
                while (await beat.WaitForNextTickAsync(http.RequestAborted))
                {
                    await Write(": heartbeat\n\n");
                }
            });
            await foreach (string line in happenings.Listen(http.RequestAborted))
            {
                await Write($"data: {line}\n\n");
            }

            await beating;
        }
        catch (OperationCanceledException)
        {
            // The page was closed.
        }
    }

    private static async Task<IResult> Change(Store store, string channel, bool? archived, bool? member)
    {
        if (store.Find(channel) is null)
        {
            return Bad("no such channel");
        }

        await store.Set(channel, archived, member);
        return Results.Ok(new { ok = true });
    }

    private static JsonArray Array(IEnumerable<JsonObject> items) => new([.. items.Select(item => (JsonNode)item)]);

    private static IResult Json(JsonObject answer) => Results.Text(answer.ToJsonString(), "application/json");

    private static IResult Bad(string error) => Results.Json(new { error }, statusCode: 400);
}
