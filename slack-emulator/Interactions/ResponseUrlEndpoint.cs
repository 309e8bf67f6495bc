using ThreadGrains.SlackEmulator.Journaling;
using ThreadGrains.SlackEmulator.Messages;
using ThreadGrains.SlackEmulator.WebApi;
using ThreadGrains.SlackEmulator.Workspaces;

namespace ThreadGrains.SlackEmulator.Interactions;

/// <summary>Takes answers to interactions. Success is the bare word <c>ok</c>: there is no <c>ts</c> to be had here.</summary>
internal static class ResponseUrlEndpoint
{
    public static void MapResponseUrls(this IEndpointRouteBuilder routes) => routes.MapPost("/actions/{team}/{number}/{secret}", Serve);

    private static async Task<IResult> Serve(HttpContext http, EmulatedSlack slack, ResponseUrls urls)
    {
        var request = await ApiRequest.Read(http);
        if (request.MediaType != "application/json" || ApiArguments.Read(request, acceptsJson: true, out var arguments) is not null)
            return Refuse(StatusCodes.Status400BadRequest, "invalid_payload");

        var refusal = slack.Do(() =>
        {
            if (urls.Use(http.Request.Path, out var url) is { } unusable) return Refuse(StatusCodes.Status404NotFound, unusable);
            return Answer(slack, url!, arguments) is { } wrong ? Refuse(StatusCodes.Status400BadRequest, wrong) : null;
        });
        await slack.Durable();
        return refusal ?? Results.Text("ok");
    }

    private static IResult Refuse(int status, string error) => Results.Json(new { ok = false, error }, statusCode: status);

    private static string? Answer(EmulatedSlack slack, ResponseUrl url, ApiArguments arguments)
    {
        var source = url.Source;
        var channel = source.Channel;
        var team = channel.Workspace.Team;
        Ts? threadTs = null;
        if (arguments.Text("thread_ts") is { } asked)
        {
            if (!Ts.TryParse(asked, out var parsed)) return "invalid_thread_ts";
            threadTs = parsed;
        }

        var now = slack.Now;
        var ts = channel.NextTs(now);
        if (MessageArguments.Read(arguments, channel.Id + ts, out var wrong) is not { } message) return wrong!.Failure;
        var delete = arguments.Flag("delete_original") == true;
        if (message.SaysNothing && !delete) return "no_text";

        // In a thread the source is overwritten unless that is excluded by name (Slack, "Publishing a response in a thread").
        var replace = arguments.Flag("replace_original") ?? (threadTs is not null && !delete);
        if (delete && !source.Deleted) slack.Record(new JournalEntry.Deleted(team, channel.Id, source.Ts, now, channel.Workspace.App.BotUser));
        if (message.SaysNothing) return null;
        if (replace && !delete)
        {
            if (source.Deleted) return "message_not_found";
            slack.Record(new JournalEntry.Edited(team, channel.Id, source.Ts, now, message.ToContent(dropMetadata: false) with { Username = source.Username, Icon = source.Icon }));
            return null;
        }

        var parent = Threads.ParentFor(channel, threadTs);
        var content = message.ToContent(dropMetadata: false);
        slack.Record(arguments.Text("response_type") == "in_channel"
            ? new JournalEntry.Posted(team, channel.Id, ts, parent?.Ts, now, channel.Workspace.App.BotUser, channel.Workspace.App.BotId, content)
            : new JournalEntry.EphemeralShown(team, channel.Id, url.User, ts, parent?.Ts, now, content));
        return null;
    }
}
