using System.Text.Json;
using ThreadGrains.SlackEmulator.Messages;
using ThreadGrains.SlackEmulator.Workspaces;

namespace ThreadGrains.SlackEmulator.Inspection;

/// <summary>Looking at the emulator: everything it knows, whatever faults hide from Slack's own methods.</summary>
internal static class InspectionEndpoints
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static void MapInspection(this IEndpointRouteBuilder routes)
    {
        var emulator = routes.MapGroup("/emulator");
        emulator.MapGet("/health", static () => Results.Ok());
        emulator.MapGet("/messages", Messages);
        emulator.MapGet("/ephemerals", Ephemerals);
        emulator.MapGet("/calls", Calls);
        emulator.MapGet("/workspaces", Workspaces);
        emulator.MapGet("/stream", Stream);
    }

    private static Task Messages(HttpContext http, EmulatedSlack slack, string? team, string? channel, string? thread_ts)
    {
        bool Asked(StoredMessage message) =>
            (team is null || message.Channel.Workspace.Team == team)
            && (channel is null || message.Channel.Id == channel)
            && (thread_ts is null || message.Parent?.Ts.ToString() == thread_ts);
        return List(http, slack, "messages", json =>
        {
            foreach (var message in slack.Messages.Where(Asked)) MessageTruth.Write(json, message);
        });
    }

    private static Task Ephemerals(HttpContext http, EmulatedSlack slack, string? team, string? channel, string? user) =>
        List(http, slack, "ephemerals", json =>
        {
            foreach (var ephemeral in slack.Ephemerals)
            {
                if ((team is null || ephemeral.Team == team) && (channel is null || ephemeral.Channel == channel) && (user is null || ephemeral.User == user))
                    MessageTruth.Write(json, ephemeral);
            }
        });

    private static Task Calls(HttpContext http, EmulatedSlack slack, CallLog calls, string? method, long? since) =>
        List(http, slack, "calls", json =>
        {
            foreach (var call in calls.Read(method, since ?? 0))
            {
                json.WriteStartObject();
                json.WriteNumber("n", call.N);
                json.WriteString("at", MessageTruth.Time(call.At));
                json.WriteString("method", call.Method);
                json.WriteString("team", call.Team);
                if (call.Channel is { } channel) json.WriteString("channel", channel);
                if (call.ThreadTs is { } thread) json.WriteString("threadTs", thread);
                if (call.Ts is { } ts) json.WriteString("ts", ts);
                json.WriteNumber("status", call.Status);
                if (call.Error is { } error) json.WriteString("error", error);
                if (call.Fault is { } fault) json.WriteString("fault", fault);
                if (call.Text is { } text) json.WriteString("text", text);
                json.WriteEndObject();
            }
        });

    private static Task Workspaces(HttpContext http, EmulatedSlack slack) =>
        List(http, slack, "workspaces", json =>
        {
            foreach (var workspace in slack.Workspaces) Write(json, workspace);
        });

    private static void Write(Utf8JsonWriter json, Workspace workspace)
    {
        json.WriteStartObject();
        json.WriteString("team", workspace.Team);
        json.WriteString("name", workspace.Name);
        json.WriteString("botToken", workspace.BotToken);
        json.WriteString("botUser", workspace.App.BotUser);
        json.WriteString("botId", workspace.App.BotId);
        json.WriteString("botName", workspace.App.Name);
        json.WriteStartArray("users");
        foreach (var person in workspace.People.Values)
        {
            json.WriteStartObject();
            json.WriteString("id", person.Id);
            json.WriteString("name", person.Name);
            json.WriteString("realName", person.RealName);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("channels");
        foreach (var channel in workspace.Channels.Values)
        {
            json.WriteStartObject();
            json.WriteString("id", channel.Id);
            json.WriteString("name", channel.Name);
            json.WriteBoolean("isArchived", channel.Standing.IsArchived);
            json.WriteBoolean("isMember", channel.Standing.IsMember);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>One event per happening, and a comment now and then, so that nobody in between takes the connection for dead.</summary>
    private static async Task Stream(HttpContext http, LiveStream stream, TimeProvider clock, IHostApplicationLifetime lifetime)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        var watcher = stream.Watch();
        try
        {
            await http.Response.WriteAsync(": connected\n\n", ending.Token);
            await http.Response.Body.FlushAsync(ending.Token);
            while (true)
            {
                var next = watcher.Reader.WaitToReadAsync(ending.Token).AsTask();
                while (await Task.WhenAny(next, Task.Delay(Heartbeat, clock, ending.Token)) != next && !ending.IsCancellationRequested)
                {
                    await http.Response.WriteAsync(": heartbeat\n\n", ending.Token);
                    await http.Response.Body.FlushAsync(ending.Token);
                }
                if (!await next) return;
                while (watcher.Reader.TryRead(out var told))
                {
                    await told.Durable;
                    await http.Response.Body.WriteAsync("data: "u8.ToArray(), ending.Token);
                    await http.Response.Body.WriteAsync(told.Json, ending.Token);
                    await http.Response.Body.WriteAsync("\n\n"u8.ToArray(), ending.Token);
                }
                await http.Response.Body.FlushAsync(ending.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The watcher has gone, or the emulator ends.
        }
        finally
        {
            stream.Leave(watcher);
        }
    }

    /// <summary>Writes a list as one consistent picture, and only once all of it is on the disk.</summary>
    private static async Task List(HttpContext http, EmulatedSlack slack, string name, Action<Utf8JsonWriter> items)
    {
        using var bytes = new MemoryStream();
        slack.Do(() =>
        {
            using var json = new Utf8JsonWriter(bytes, StreamJson.Format);
            json.WriteStartObject();
            json.WriteStartArray(name);
            items(json);
            json.WriteEndArray();
            json.WriteEndObject();
            return true;
        });
        await slack.Durable();
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = bytes.Length;
        bytes.Position = 0;
        await bytes.CopyToAsync(http.Response.Body, http.RequestAborted);
    }
}
