using System.Globalization;
using Microsoft.Extensions.Options;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.WebhookGateway.Authentication;
using ThreadGrains.WebhookGateway.Calls;
using ThreadGrains.WebhookGateway.Deliveries;
using ThreadGrains.WebhookGateway.OpenApi;
using ThreadGrains.WebhookGateway.Problems;
using ThreadGrains.WebhookGateway.Requests;
using ThreadGrains.Workspaces;

namespace ThreadGrains.WebhookGateway.Workspaces;

/// <summary>/v1/workspaces: whether workspaces and channels can be posted to, why not, and letting go what waits for them.</summary>
internal static class WorkspacesApi
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 100;
    private static readonly string[] PageNames = ["cursor", "limit"];

    public static void MapWorkspaces(this IEndpointRouteBuilder v1)
    {
        v1.MapGet("/workspaces", List)
            .Describe("listWorkspaces", "Workspaces", "List your workspaces", "Each with its state; parked: everything for it waits, and why in plain words.")
            .Answers<WorkspacesAnswer>(200, "workspaces")
            .Refuses(ProblemKinds.RateLimited, ProblemKinds.Unavailable);

        v1.MapGet("/workspaces/{workspace}/channels", Channels)
            .Describe("listChannels", "Workspaces", "List the channels in which you have threads", "In order of their ids, a page at a time, each with its state and what waits for it.")
            .TakesQuery(PageNames)
            .Answers<ChannelsAnswer>(200, "channels")
            .Refuses(ProblemKinds.InvalidRequest, ProblemKinds.NotFound, ProblemKinds.RateLimited, ProblemKinds.Unavailable);

        v1.MapPost("/workspaces/{workspace}/wake", Wake)
            .Describe("wakeWorkspace", "Workspaces", "Try a parked workspace again now", "Slack is asked at once; if it says yes, what waits goes on. The answer says how the workspace is now.")
            .Answers<WorkspaceAnswer>(200, "workspace")
            .Refuses(ProblemKinds.NotFound, ProblemKinds.RateLimited, ProblemKinds.Unavailable);

        v1.MapPost("/workspaces/{workspace}/channels/{channel}/wake", WakeChannel)
            .Describe("wakeChannel", "Workspaces", "Try a parked channel again now", "What waits goes on. If the trouble is not over the next post meets it, and the channel is parked again.")
            .Answers<ChannelAnswer>(200, "channel")
            .Refuses(ProblemKinds.InvalidRequest, ProblemKinds.NotFound, ProblemKinds.RateLimited, ProblemKinds.Unavailable);
    }

    private static async Task<IResult> List(HttpContext http, GrainCalls grains, IOptions<GatewayOptions> options)
    {
        string[] workspaces = [.. Sender.Of(http).Access.Workspaces.Order(StringComparer.Ordinal)];
        var answer = await grains.Insist(
            factory => Task.WhenAll(workspaces.Select(workspace => factory.GetGrain<ISlackWorkspaceGrain>(workspace).GetHealth())),
            options.Value.GrainPatience, http.RequestAborted);
        return answer is GrainAnswer<HealthView[]>.Answered { Value: var health }
            ? Answer.Json(StatusCodes.Status200OK, new WorkspacesAnswer([.. workspaces.Zip(health, WorkspaceAnswer.Of)]), WireJson.Plain.WorkspacesAnswer)
            : Unreadable();
    }

    private static async Task<IResult> Channels(string workspace, HttpContext http, GrainCalls grains, IOptions<GatewayOptions> options)
    {
        var sender = Sender.Of(http);
        if (IsForeign(sender, workspace))
        {
            return NotFound();
        }

        var (cursor, limit, violations) = ReadPage(http.Request.Query);
        if (violations.Count > 0)
        {
            return Problem.Invalid([.. violations]);
        }

        var answer = await grains.Insist(
            async factory =>
            {
                var page = await factory.GetGrain<ILedgerReaderGrain>(0).ListChannels(sender.Organization, workspace, cursor, limit + 1);
                var health = await factory.GetGrain<ISlackWorkspaceGrain>(workspace).GetChannels([.. page.Take(limit).Select(row => row.Channel)]);
                return (Page: page, Health: health);
            },
            options.Value.GrainPatience, http.RequestAborted);
        return answer is GrainAnswer<(IReadOnlyList<ChannelSummary> Page, IReadOnlyList<HealthView> Health)>.Answered { Value: var found }
            ? Answer.Json(
                StatusCodes.Status200OK,
                new ChannelsAnswer(
                    [.. found.Page.Take(limit).Zip(found.Health, (row, health) => ChannelAnswer.Of(workspace, row.Channel, health, row))],
                    found.Page.Count > limit ? found.Page[limit - 1].Channel : null),
                WireJson.Plain.ChannelsAnswer)
            : Unreadable();
    }

    private static async Task<IResult> Wake(string workspace, HttpContext http, GrainCalls grains, IOptions<GatewayOptions> options)
    {
        if (IsForeign(Sender.Of(http), workspace))
        {
            return NotFound();
        }

        var answer = await grains.Insist(factory => factory.GetGrain<ISlackWorkspaceGrain>(workspace).Wake(), options.Value.GrainPatience, http.RequestAborted);
        return answer is GrainAnswer<HealthView>.Answered { Value: var health }
            ? Answer.Json(StatusCodes.Status200OK, WorkspaceAnswer.Of(workspace, health), WireJson.Plain.WorkspaceAnswer)
            : NotSaid();
    }

    private static async Task<IResult> WakeChannel(string workspace, string channel, HttpContext http, GrainCalls grains, IOptions<GatewayOptions> options)
    {
        if (IsForeign(Sender.Of(http), workspace))
        {
            return NotFound();
        }

        if (!DeliveryRules.IsSlackId(channel))
        {
            return Problem.Invalid(new Violation("channel", DeliveryRules.ChannelRule));
        }

        var answer = await grains.Insist(
            factory => factory.GetGrain<ISlackWorkspaceGrain>(workspace).WakeChannel(channel), options.Value.GrainPatience, http.RequestAborted);
        return answer is GrainAnswer<HealthView>.Answered { Value: var health }
            ? Answer.Json(StatusCodes.Status200OK, ChannelAnswer.Of(workspace, channel, health, null), WireJson.Plain.ChannelAnswer)
            : NotSaid();
    }

    private static bool IsForeign(Sender sender, string workspace) => !sender.Access.Workspaces.Contains(workspace, StringComparer.Ordinal);

    private static (string? Cursor, int Limit, List<Violation> Violations) ReadPage(IQueryCollection query)
    {
        var violations = query.Keys.Except(PageNames).Select(name => new Violation(name.Length > 60 ? name[..60] : name, $"is not known; remove it. Known: {string.Join(", ", PageNames)}")).ToList();
        string? cursor = query["cursor"] is [{ Length: > 0 } after] ? after : null;
        if (cursor is not null && !DeliveryRules.IsSlackId(cursor))
        {
            violations.Add(new Violation("cursor", "must be the next of a former page"));
        }

        int limit = DefaultLimit;
        if (query["limit"] is [{ Length: > 0 } text]
            && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= MaxLimit))
        {
            violations.Add(new Violation("limit", $"must be a whole number from 1 to {MaxLimit}"));
        }

        return (cursor, limit, violations);
    }

    private static Problem NotFound() => Problem.Of(ProblemKinds.NotFound, "Your organization has no such workspace.");

    private static Problem Unreadable() => Problem.Of(ProblemKinds.Unavailable, "It cannot be read now. Ask again.");

    private static Problem NotSaid() => Problem.Of(ProblemKinds.Unavailable, "It cannot be said now whether it was woken. Wake it again; that does no harm.");
}
