using ThreadGrains.SlackEmulator.Faults;
using ThreadGrains.SlackEmulator.Hosting;
using ThreadGrains.SlackEmulator.Interactions;
using ThreadGrains.SlackEmulator.Journaling;
using ThreadGrains.SlackEmulator.Messages;
using ThreadGrains.SlackEmulator.RateLimits;
using ThreadGrains.SlackEmulator.WebApi;
using ThreadGrains.SlackEmulator.Workspaces;

namespace ThreadGrains.SlackEmulator.Inspection;

/// <summary>Acting on the emulator: faults and limits, channels, and what people do in Slack.</summary>
internal static class ControlEndpoints
{
    private const int MostChannels = 10_000;

    public static void MapControls(this IEndpointRouteBuilder routes)
    {
        var emulator = routes.MapGroup("/emulator");
        emulator.AddEndpointFilter(TellWhatIsWrong);
        emulator.MapGet("/faults", static (FaultPlan plan) => Results.Json(new { plan.Rules }, ControlBody.Format));
        emulator.MapPut("/faults", SetFaults);
        emulator.MapDelete("/faults", ClearFaults);
        emulator.MapGet("/limits", static (RateLimiter limiter) => limiter.Settings);
        emulator.MapPut("/limits", SetLimits);
        emulator.MapPut("/app", SetApp);
        emulator.MapPut("/scopes", SetScopes);
        emulator.MapPut("/clock", SetClock);
        emulator.MapPost("/channels", CreateChannels);
        emulator.MapPost("/channels/{channel}/{change}", ChangeChannel);
        emulator.MapPost("/messages/{channel}/{ts}/delete", DeleteMessage);
        emulator.MapPost("/say", Say);
        emulator.MapPost("/click", Click);
        emulator.MapPost("/options", LoadOptions);
        emulator.MapPost("/events", SendEvent);
        emulator.MapGet("/events", static (EventDeliveries events) => Results.Json(new { deliveries = events.Attempts }, ControlBody.Format));
        emulator.MapPost("/url_verification", VerifyUrl);
        emulator.MapPost("/ssl_check", CheckSsl);
    }

    private static async ValueTask<object?> TellWhatIsWrong(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        try
        {
            return await next(invocation);
        }
        catch (RefusedControl refused)
        {
            return Results.Json(new { error = refused.Message }, statusCode: refused.Status);
        }
    }

    private static async Task<IResult> SetFaults(HttpContext http, FaultPlan plan, ApiEndpoint api, string? channel)
    {
        if (channel is null)
        {
            var all = await ControlBody.Read<FaultsRequest>(http);
            RequireRules(all.Rules, api);
            plan.Set(all.Seed, all.Rules);
            return Results.Json(new { all.Seed, plan.Rules }, ControlBody.Format);
        }
        var request = await ControlBody.Read<ChannelFaultsRequest>(http);
        RequireRules(request.Rules, api);
        for (var i = 0; i < request.Rules.Count; i++)
        {
            if (request.Rules[i].Channel != channel) throw RefusedControl.Wrong($"rules[{i}]: channel must be '{channel}', as in the address");
        }
        plan.Set(channel, request.Rules);
        return Results.Json(new { plan.Rules }, ControlBody.Format);
    }

    private static void RequireRules(IReadOnlyList<FaultRule> rules, ApiEndpoint api)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            if (rules[i] is null) throw RefusedControl.Wrong($"rules[{i}]: must be an object");
            if (rules[i].Check(api.IsMethod) is { } wrong) throw RefusedControl.Wrong($"rules[{i}]: {wrong}");
        }
    }

    private static IResult ClearFaults(FaultPlan plan)
    {
        plan.Set(0, []);
        return Results.Json(new { plan.Rules }, ControlBody.Format);
    }

    private static async Task<IResult> SetLimits(HttpContext http, RateLimiter limiter)
    {
        var settings = await ControlBody.Read<LimitSettings>(http);
        if (settings.Check() is { } wrong) throw RefusedControl.Wrong(wrong);
        limiter.Settings = settings;
        return Results.Json(settings, ControlBody.Format);
    }

    private static async Task<IResult> SetApp(HttpContext http, RequestUrl requestUrl, EventFeed events)
    {
        var request = await ControlBody.Read<AppRequest>(http);
        try
        {
            requestUrl.Address = EmulatorOptions.Address(request.RequestUrl);
        }
        catch (FormatException wrong)
        {
            throw RefusedControl.Wrong(wrong.Message);
        }
        if (request.Events is { } isOn) events.IsOn = isOn;
        return Results.Json(new { requestUrl = requestUrl.Address, events = events.IsOn });
    }

    private static async Task<IResult> SetScopes(HttpContext http, AppStanding app)
    {
        var request = await ControlBody.Read<ScopesRequest>(http);
        app.Scopes = request.Scopes ?? AppStanding.All;
        return Results.Json(new { app.Scopes });
    }

    private static async Task<IResult> SetClock(HttpContext http, AppStanding app)
    {
        var request = await ControlBody.Read<ClockRequest>(http);
        // A day: further away no Slack is, and a date header cannot leave the calendar.
        if (Math.Abs(request.AheadSeconds) > 86_400) throw RefusedControl.Wrong("aheadSeconds must be -86400 to 86400");
        app.ClockAhead = TimeSpan.FromSeconds(request.AheadSeconds);
        return Results.Json(new { request.AheadSeconds }, ControlBody.Format);
    }

    private static async Task<IResult> CreateChannels(HttpContext http, EmulatedSlack slack)
    {
        var request = await ControlBody.Read<ChannelsRequest>(http);
        if (!SlackIds.Team.IsMatch(request.Team)) throw RefusedControl.Wrong($"'{request.Team}' is not a team id; it must match {SlackIds.Team}");
        if (request.Count is null == request.Name is null) throw RefusedControl.Wrong("give either count or name");
        if (request.Count is < 1 or > MostChannels) throw RefusedControl.Wrong($"count must be 1 to {MostChannels}");
        if (request.Name?.Length is 0 or > 80) throw RefusedControl.Wrong("name must have 1 to 80 characters");

        var ids = slack.Do(() =>
        {
            var workspace = slack.WorkspaceOf(request.Team);
            var names = request.Name is { } name ? [name] : FreeNames(workspace, request.Count!.Value);
            return names.Select(name => Create(slack, workspace, name, request.Shared ?? true)).ToList();
        });
        await slack.Durable();
        return Results.Json(new { channels = ids });
    }

    private static List<string> FreeNames(Workspace workspace, int count)
    {
        var taken = workspace.Channels.Values.Select(static channel => channel.Name).ToHashSet(StringComparer.Ordinal);
        return [.. Enumerable.Range(1, int.MaxValue - 1).Select(static number => $"channel-{number}").Where(name => !taken.Contains(name)).Take(count)];
    }

    private static string Create(EmulatedSlack slack, Workspace workspace, string name, bool isShared)
    {
        if (workspace.Channels.Values.Any(known => known.Name == name))
            throw new RefusedControl(StatusCodes.Status409Conflict, $"the workspace has a channel '{name}' already");
        var id = WorkspaceSeed.ChannelId(workspace.Team, name);
        slack.Record(new JournalEntry.ChannelCreated(workspace.Team, id, name, IsMember: true, slack.Now, IsShared: isShared));
        return id;
    }

    private static async Task<IResult> ChangeChannel(EmulatedSlack slack, string channel, string change, string? team, string? user)
    {
        var id = slack.Do(() =>
        {
            var found = ChannelOf(slack, team, channel);
            if (change == "change_id")
            {
                var anew = SlackIds.Derive("C", $"{found.Id} under another id");
                slack.Record(new JournalEntry.ChannelIdChanged(found.Workspace.Team, found.Id, anew));
                return anew;
            }
            if (change is "leave" or "join")
            {
                if (user is null || !found.Workspace.People.ContainsKey(user)) throw RefusedControl.Wrong("user must name somebody of the workspace");
                slack.Record(new JournalEntry.MemberMoved(found.Workspace.Team, found.Id, user, IsIn: change == "join"));
                return found.Id;
            }
            var standing = found.Standing;
            slack.Record(new JournalEntry.ChannelChanged(found.Workspace.Team, found.Id, change switch
            {
                "archive" => standing with { IsArchived = true },
                "unarchive" => standing with { IsArchived = false },
                "kick" => standing with { IsMember = false },
                "invite" => standing with { IsMember = true },
                "read_only" => standing with { IsReadOnly = true },
                "thread_only" => standing with { IsThreadOnly = true },
                "open" => standing with { IsReadOnly = false, IsThreadOnly = false },
                _ => throw RefusedControl.Missing($"'{change}' is not a change; changes are archive, unarchive, kick, invite, read_only, thread_only, open, change_id, and leave or join of a user"),
            }));
            return found.Id;
        });
        await slack.Durable();
        return Results.Json(new { channel = id });
    }

    private static async Task<IResult> DeleteMessage(EmulatedSlack slack, string channel, string ts, string? team)
    {
        slack.Do(() =>
        {
            var message = MessageOf(ChannelOf(slack, team, channel), ts);
            var by = message.Channel.Workspace.People.Keys.First();
            slack.Record(new JournalEntry.Deleted(message.Channel.Workspace.Team, channel, message.Ts, slack.Now, by));
            return true;
        });
        await slack.Durable();
        return Results.Json(new { channel, ts });
    }

    private static async Task<IResult> Say(HttpContext http, EmulatedSlack slack)
    {
        var request = await ControlBody.Read<SayRequest>(http);
        if (string.IsNullOrWhiteSpace(request.Text)) throw RefusedControl.Wrong("text must not be empty");
        if (!SlackIds.Person.IsMatch(request.User)) throw RefusedControl.Wrong($"'{request.User}' is not a user id; it must match {SlackIds.Person}");
        Ts? thread = null;
        if (request.ThreadTs is { } asked) thread = Ts.TryParse(asked, out var parsed) ? parsed : throw RefusedControl.Wrong($"'{asked}' is not a ts");

        var ts = slack.Do(() =>
        {
            var channel = ChannelOf(slack, request.Team, request.Channel);
            if (channel.Standing.IsArchived) throw new RefusedControl(StatusCodes.Status409Conflict, "the channel is archived");
            slack.PersonOf(channel.Workspace, request.User);
            var now = slack.Now;
            var next = channel.NextTs(now);
            slack.Record(new JournalEntry.Posted(
                request.Team, channel.Id, next, Threads.ParentFor(channel, thread)?.Ts, now, request.User, BotId: null,
                new MessageContent(MessageText.Cut(MessageText.Normalise(request.Text), MessageText.PostLimit))));
            return next;
        });
        await slack.Durable();
        return Results.Json(new { ts = ts.ToString() });
    }

    private static async Task<IResult> Click(HttpContext http, EmulatedSlack slack, BlockActions actions, RequestUrl requestUrl)
    {
        var request = await ControlBody.Read<ClickRequest>(http);
        RequirePerson(request.User);
        RequireAddress(requestUrl);
        if (request.Copies is < 1 or > 10) throw RefusedControl.Wrong("copies must be 1 to 10");
        var payload = slack.Do(() =>
        {
            var message = MessageOf(ChannelOf(slack, request.Team, request.Channel), request.Ts);
            var element = ClickedElement.Find(message, request.ActionId, request.Value, out var wrong) ?? throw RefusedControl.Wrong(wrong!);
            return actions.Payload(message, element, WhoClicks(slack, message.Channel, request.User, request.UserTeam));
        });
        await slack.Durable();
        return Results.Json(await requestUrl.SendInteraction(payload, request.Copies ?? 1, http.RequestAborted), ControlBody.Format);
    }

    private static Person WhoClicks(EmulatedSlack slack, Channel channel, string user, string? team)
    {
        var workspace = channel.Workspace;
        if (team is not null && team != workspace.Team)
        {
            if (!SlackIds.Team.IsMatch(team)) throw RefusedControl.Wrong($"'{team}' is not a team id; it must match {SlackIds.Team}");
            if (!channel.IsShared) throw RefusedControl.Wrong($"{channel.Id} is not shared with another company");
            if (workspace.People.ContainsKey(user)) throw RefusedControl.Wrong($"'{user}' is of {workspace.Team}");
            if (channel.Strangers.GetValueOrDefault(user)?.Team != team) slack.Record(new JournalEntry.StrangerMet(workspace.Team, channel.Id, user, team));
        }
        return channel.Strangers.GetValueOrDefault(user) ?? slack.PersonOf(workspace, user);
    }

    private static async Task<IResult> LoadOptions(HttpContext http, EmulatedSlack slack, BlockActions actions, RequestUrl requestUrl)
    {
        var request = await ControlBody.Read<OptionsRequest>(http);
        RequirePerson(request.User);
        RequireAddress(requestUrl);
        var payload = slack.Do(() =>
        {
            var message = MessageOf(ChannelOf(slack, request.Team, request.Channel), request.Ts);
            var element = ClickedElement.Find(message, request.ActionId, null, out var wrong) ?? throw RefusedControl.Wrong(wrong!);
            return actions.Suggestion(message, element, slack.PersonOf(message.Channel.Workspace, request.User), request.Value);
        });
        await slack.Durable();
        return Results.Json(await requestUrl.SendInteraction(payload, 1, http.RequestAborted), ControlBody.Format);
    }

    private static async Task<IResult> SendEvent(HttpContext http, EmulatedSlack slack, EventDeliveries events, RequestUrl requestUrl, IHostApplicationLifetime life)
    {
        var request = await ControlBody.Read<EventRequest>(http);
        RequireAddress(requestUrl);
        if (request.Event["type"] is not System.Text.Json.Nodes.JsonValue) throw RefusedControl.Wrong("event needs a type");
        var workspace = slack.Do(() => slack.ByTeam(request.Team)) ?? throw RefusedControl.Missing($"there is no workspace {request.Team}");
        return Results.Json(new { event_id = events.Begin(workspace, request.Event, life.ApplicationStopping) });
    }

    private static async Task<IResult> VerifyUrl(HttpContext http, EventDeliveries events, RequestUrl requestUrl)
    {
        var request = await ControlBody.Read<VerificationRequest>(http);
        RequireAddress(requestUrl);
        return Results.Json(await events.Verify(request.Challenge, http.RequestAborted), ControlBody.Format);
    }

    private static async Task<IResult> CheckSsl(HttpContext http, RequestUrl requestUrl, EmulatorOptions options)
    {
        RequireAddress(requestUrl);
        return Results.Json(await requestUrl.SendSslCheck(options.VerificationToken, http.RequestAborted), ControlBody.Format);
    }

    private static void RequirePerson(string user)
    {
        if (!SlackIds.Person.IsMatch(user)) throw RefusedControl.Wrong($"'{user}' is not a user id; it must match {SlackIds.Person}");
    }

    private static void RequireAddress(RequestUrl requestUrl)
    {
        if (requestUrl.Address is null)
            throw new RefusedControl(StatusCodes.Status409Conflict, "no request URL: start with --request-url or PUT /emulator/app");
    }

    private static Channel ChannelOf(EmulatedSlack slack, string? team, string channel)
    {
        if (team is not null && slack.ByTeam(team) is null) throw RefusedControl.Missing($"there is no workspace {team}");
        return slack.Workspaces.Where(workspace => team is null || workspace.Team == team)
            .Select(workspace => workspace.Channels.GetValueOrDefault(channel)).FirstOrDefault(static found => found is not null)
            ?? throw RefusedControl.Missing($"there is no channel {channel}");
    }

    private static StoredMessage MessageOf(Channel channel, string ts) =>
        Ts.TryParse(ts, out var parsed) && channel.Find(parsed) is { Deleted: false } message
            ? message
            : throw RefusedControl.Missing($"there is no message {ts} in {channel.Id}");
}
