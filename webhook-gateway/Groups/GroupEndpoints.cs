using ThreadGrains.Groups;
using ThreadGrains.WebhookGateway.Activities;
using ThreadGrains.WebhookGateway.Authentication;
using ThreadGrains.WebhookGateway.Parsing;
using ThreadGrains.WebhookGateway.Problems;

namespace ThreadGrains.WebhookGateway.Groups;

/// <summary>/v1/groups/…: looking at a group, adopting a parent, closing a thread. Another organization's group is not there.</summary>
internal static class GroupEndpoints
{
    public static void MapGroups(this IEndpointRouteBuilder routes, Authenticated authenticated, GatewayOptions options, Handover handover, Lookups lookups)
    {
        routes.MapGet("/v1/groups/{group}", authenticated.Then(async (http, caller) =>
        {
            if (await GroupOf(http, caller) is not { } key)
            {
                return;
            }

            var (answered, view) = await lookups.Ask(reader => reader.GetGroup(key), http.RequestAborted);
            await (!answered ? Problem.Unavailable("It cannot be looked up right now.").Write(http)
                : view is null ? Problem.NotFound.Write(http)
                : http.Response.WriteAsJsonAsync(view, Receipts.Json, http.RequestAborted));
        }));

        routes.MapPut("/v1/groups/{group}/parents", authenticated.Then((http, caller) => Adopt(http, caller, options, handover)));

        routes.MapPost("/v1/groups/{group}/threads/{thread}/close", authenticated.Then(async (http, caller) =>
        {
            if (await GroupOf(http, caller) is not { } key)
            {
                return;
            }

            if (!Guid.TryParse((string?)http.Request.RouteValues["thread"], out var thread))
            {
                await Problem.NotFound.Write(http);
                return;
            }

            // A group that is not there is not activated for being asked about.
            var (answered, view) = await lookups.Ask(reader => reader.GetGroup(key), http.RequestAborted);
            if (answered && view?.Threads.Any(known => known.Id == thread) != true)
            {
                await Problem.NotFound.Write(http);
                return;
            }

            var receipt = await handover.Give(key, grain => grain.CloseThread(thread), OperatorAnswers.IsUnavailable, http.RequestAborted);
            await OperatorAnswers.Write(http, receipt, StatusCodes.Status202Accepted, new { thread, state = "closed" });
        }));
    }

    /// <summary>The group of the path; null: it was answered.</summary>
    public static async Task<GroupKey?> GroupOf(HttpContext http, Caller caller)
    {
        string? group = (string?)http.Request.RouteValues["group"];
        if (RequestRules.CheckGroup(group) is { } wrong)
        {
            await Problem.Invalid([wrong]).Write(http);
            return null;
        }

        return new GroupKey(caller.Organization, group!);
    }

    private static async Task Adopt(HttpContext http, Caller caller, GatewayOptions options, Handover handover)
    {
        if (await GroupOf(http, caller) is not { } key || await JsonRequest.Read(http, options.MaxBody) is not { } json)
        {
            return;
        }

        var (adoption, violations) = Requests.ReadAdoption(json);
        if (adoption is null)
        {
            await Problem.Invalid(violations).Write(http);
            return;
        }

        var receipt = caller.Workspaces.Contains(adoption.Address.Workspace)
            ? await handover.Give(key, grain => grain.Adopt(adoption), receipt => receipt.Outcome == AdoptionOutcome.Unavailable, http.RequestAborted)
            : new AdoptionReceipt(AdoptionOutcome.Refused, Reason: AcceptReasons.UnknownWorkspace,
                Detail: $"The workspace {adoption.Address.Workspace} is not connected to this organization; connect it first, or name one that is.");
        switch (receipt)
        {
            case { Outcome: AdoptionOutcome.Adopted or AdoptionOutcome.AlreadyAdopted }:
                http.Response.StatusCode = receipt.Outcome == AdoptionOutcome.Adopted ? StatusCodes.Status202Accepted : StatusCodes.Status200OK;
                await http.Response.WriteAsJsonAsync(new { thread = receipt.Thread }, Receipts.Json, http.RequestAborted);
                break;
            case { Outcome: AdoptionOutcome.Taken }:
                await new Problem(409, receipt.Reason ?? "message_taken", "The message or the place is taken.", receipt.Detail).Write(http);
                break;
            case { Outcome: AdoptionOutcome.Refused, Reason: AcceptReasons.UnknownWorkspace }:
                await Receipts.UnknownWorkspace(receipt.Detail).Write(http);
                break;
            case { Outcome: AdoptionOutcome.Refused }:
                await new Problem(400, "invalid_request", "The request is not well formed.", receipt.Detail).Write(http);
                break;
            default:
                await Problem.Unavailable("It cannot be taken right now. Send it again.").Write(http);
                break;
        }
    }
}
