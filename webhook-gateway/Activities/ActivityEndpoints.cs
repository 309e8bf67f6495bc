using ThreadGrains.Groups;
using ThreadGrains.WebhookGateway.Authentication;
using ThreadGrains.WebhookGateway.Parsing;
using ThreadGrains.WebhookGateway.Problems;

namespace ThreadGrains.WebhookGateway.Activities;

/// <summary>POST /v1/alerts and POST /v1/activities: one event, one receipt.</summary>
internal static class ActivityEndpoints
{
    public static void MapActivities(this IEndpointRouteBuilder routes, Authenticated authenticated, GatewayOptions options, Handover handover)
    {
        routes.MapPost("/v1/activities", authenticated.Then((http, caller) => One(http, options, Requests.ReadActivity,
            parsed => handover.Give(new GroupKey(caller.Organization, parsed.Group), grain => grain.Accept(parsed.Value), IsUnavailable, http.RequestAborted))));

        routes.MapPost("/v1/alerts", authenticated.Then((http, caller) => One(http, options, Requests.ReadAlert, parsed =>
            parsed.Value.Channels?.FirstOrDefault(channel => !caller.Workspaces.Contains(channel.Workspace)) is { Workspace: not null } stranger
                // The same answer as for a workspace that does not exist: nobody learns what others have connected.
                ? Task.FromResult<AcceptReceipt?>(new AcceptReceipt(parsed.Value.Id, parsed.Group, AcceptOutcome.Refused, AcceptReasons.UnknownWorkspace,
                    Detail: $"The workspace {stranger.Workspace} is not connected to this organization; connect it first, or name one that is."))
                : handover.Give(new GroupKey(caller.Organization, parsed.Group), grain => grain.Announce(parsed.Value), IsUnavailable, http.RequestAborted))));
    }

    public static bool IsUnavailable(AcceptReceipt receipt) => receipt.Outcome == AcceptOutcome.Unavailable;

    private static async Task One<T>(
        HttpContext http, GatewayOptions options, Func<StrictJson, (Requests.Parsed<T>? Value, IReadOnlyList<Violation> Violations)> read,
        Func<Requests.Parsed<T>, Task<AcceptReceipt?>> give)
    {
        if (await JsonRequest.Read(http, options.MaxBody) is not { } json)
        {
            return;
        }

        var (value, violations) = read(json);
        if (value is null)
        {
            await Problem.Invalid(violations).Write(http);
            return;
        }

        var (body, problem) = Receipts.Of(await give(value));
        if (problem is not null)
        {
            await problem.Write(http);
            return;
        }

        http.Response.StatusCode = StatusCodes.Status202Accepted;
        await http.Response.WriteAsJsonAsync(body, Receipts.Json, http.RequestAborted);
    }
}
