using Microsoft.Extensions.Options;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.WebhookGateway.Authentication;
using ThreadGrains.WebhookGateway.Calls;
using ThreadGrains.WebhookGateway.OpenApi;
using ThreadGrains.WebhookGateway.Problems;
using ThreadGrains.WebhookGateway.Requests;

namespace ThreadGrains.WebhookGateway.Deliveries;

/// <summary>/v1/deliveries and a group's deliveries: looking at them, sending dead ones again, ending a doubt by hand.</summary>
internal static class DeliveriesApi
{
    public static void MapDeliveries(this IEndpointRouteBuilder v1)
    {
        v1.MapGet("/groups/{group}/deliveries", ListOfGroup)
            .Describe("listDeliveriesOfGroup", "Deliveries", "List a group's deliveries", "In the order of their making, a page at a time.")
            .TakesQuery(DeliveryQueryString.Names)
            .Answers<DeliveryPageAnswer>(200, "deliveries")
            .Refuses(ProblemKinds.InvalidRequest, ProblemKinds.NotFound, ProblemKinds.RateLimited, ProblemKinds.Unavailable);

        v1.MapGet("/deliveries", List)
            .Describe("listDeliveries", "Deliveries", "List your organization's deliveries", "In the order of their making, a page at a time. Filters are combined.")
            .TakesQuery(DeliveryQueryString.Names)
            .Answers<DeliveryPageAnswer>(200, "deliveries")
            .Refuses(ProblemKinds.InvalidRequest, ProblemKinds.RateLimited, ProblemKinds.Unavailable);

        v1.MapPost("/deliveries/{id}/replay", Replay)
            .Describe("replayDelivery", "Deliveries", "Send a dead delivery again", "At the end of its thread, marked late; a callback at its old place, with the same id and bytes. One that died out of doubt is looked for first.")
            .Answers<DeliveryAnswer>(202, "delivery")
            .Refuses(ProblemKinds.NotFound, ProblemKinds.NotDead, ProblemKinds.ThreadClosed, ProblemKinds.RateLimited, ProblemKinds.Unavailable);

        v1.MapPost("/deliveries/replay", ReplayMany)
            .Describe("replayDeliveries", "Deliveries", "Send many dead deliveries again", "Those whose thread is closed stay dead and are not counted.")
            .Takes<ReplayBody>()
            .Answers<ReplayedAnswer>(202, "replayed")
            .Refuses(ProblemKinds.InvalidRequest, ProblemKinds.TooLarge, ProblemKinds.UnsupportedMediaType, ProblemKinds.RateLimited, ProblemKinds.Unavailable);

        v1.MapPost("/deliveries/{id}/resolve", Resolve)
            .Describe("resolveDelivery", "Deliveries", "End a doubt by hand", "For a delivery in doubt of which you know, from looking into Slack, whether it is there.")
            .Takes<ResolveBody>()
            .Answers<DeliveryAnswer>(200, "delivery")
            .Refuses(
                ProblemKinds.InvalidRequest, ProblemKinds.NotFound, ProblemKinds.NotInDoubt, ProblemKinds.TooLarge, ProblemKinds.UnsupportedMediaType,
                ProblemKinds.RateLimited, ProblemKinds.Unavailable);
    }

    private static async Task<IResult> ListOfGroup(string group, HttpContext http, GrainCalls grains, IOptions<GatewayOptions> options)
    {
        if (RequestRules.CheckGroup(group) is { } violation)
        {
            return Problem.Invalid(violation);
        }

        var (page, problem) = await Page(http, grains, options.Value, group);
        if (page is null)
        {
            return problem!;
        }

        // Nothing to list: because nothing matches, or because there is no such group.
        if (page.Items.Count == 0)
        {
            var key = Sender.Of(http).GroupKey(group);
            var answer = await grains.Insist(
                factory => factory.GetGrain<ILedgerReaderGrain>(0).GetGroup(key), options.Value.GrainPatience, http.RequestAborted);
            if (answer is not GrainAnswer<GroupView?>.Answered { Value: var view })
            {
                return Unreadable();
            }

            if (view is null)
            {
                return Problem.Of(ProblemKinds.NotFound, "Your organization has no such group.");
            }
        }

        return Answer.Json(StatusCodes.Status200OK, page, WireJson.Plain.DeliveryPageAnswer);
    }

    private static async Task<IResult> List(HttpContext http, GrainCalls grains, IOptions<GatewayOptions> options)
    {
        var (page, problem) = await Page(http, grains, options.Value, group: null);
        return page is null ? problem! : Answer.Json(StatusCodes.Status200OK, page, WireJson.Plain.DeliveryPageAnswer);
    }

    private static async Task<(DeliveryPageAnswer? Page, Problem? Problem)> Page(HttpContext http, GrainCalls grains, GatewayOptions options, string? group)
    {
        var (query, violations) = DeliveryQueryString.Read(http.Request.Query, group);
        if (violations.Count > 0)
        {
            return (null, Problem.Invalid(violations));
        }

        string organization = Sender.Of(http).Organization;
        var answer = await grains.Insist(
            factory => factory.GetGrain<ILedgerReaderGrain>(0).ListDeliveries(organization, query.Filter, query.Cursor, query.Limit),
            options.GrainPatience, http.RequestAborted);
        return answer is GrainAnswer<DeliveryPage>.Answered { Value: var page }
            ? (new DeliveryPageAnswer([.. page.Items.Select(DeliveryAnswer.Of)], page.Next), null)
            : (null, Unreadable());
    }

    private static async Task<IResult> Replay(string id, HttpContext http, GrainCalls grains, IOptions<GatewayOptions> options)
    {
        var (view, problem) = await Find(http, grains, options.Value, id);
        if (view is null)
        {
            return problem!;
        }

        string key = Sender.Of(http).GroupKey(view.Group).ToString();
        var answer = await grains.Ask(
            factory => factory.GetGrain<IIssueGroupGrain>(key).Replay([view.Id]), options.Value.GrainPatience, http.RequestAborted);
        return answer is GrainAnswer<IReadOnlyList<OperatorReceipt>>.Answered { Value: [var receipt] }
            ? await After(receipt, StatusCodes.Status202Accepted, http, grains, options.Value, id)
            : Unknown();
    }

    private static async Task<IResult> Resolve(string id, HttpContext http, GrainCalls grains, IOptions<GatewayOptions> options)
    {
        var (body, problem) = await RequestReader.ReadObject(http, options.Value.MaxRequestBytes, ResolveBody.Read);
        if (body is null)
        {
            return problem!;
        }

        (var view, problem) = await Find(http, grains, options.Value, id);
        if (view is null)
        {
            return problem!;
        }

        string key = Sender.Of(http).GroupKey(view.Group).ToString();
        var answer = await grains.Ask(
            factory => factory.GetGrain<IIssueGroupGrain>(key).ResolveDoubt(view.Id, body.ToVerdict(), body.SlackTs),
            options.Value.GrainPatience, http.RequestAborted);
        return answer is GrainAnswer<OperatorReceipt>.Answered { Value: var receipt }
            ? await After(receipt, StatusCodes.Status200OK, http, grains, options.Value, id)
            : Unknown();
    }

    private static async Task<IResult> ReplayMany(HttpContext http, ReplayOfMany replay, IOptions<GatewayOptions> options)
    {
        var (body, problem) = await RequestReader.ReadObject(http, options.Value.MaxRequestBytes, ReplayBody.Read);
        if (body is null)
        {
            return problem!;
        }

        return await replay.Run(Sender.Of(http), body, http.RequestAborted) is { } replayed
            ? Answer.Json(StatusCodes.Status202Accepted, new ReplayedAnswer(replayed), WireJson.Plain.ReplayedAnswer)
            : Unknown();
    }

    /// <summary>The delivery of the caller's organization, or the same 404 for another's, for none, and for what is no id.</summary>
    private static async Task<(DeliveryView? View, Problem? Problem)> Find(HttpContext http, GrainCalls grains, GatewayOptions options, string id)
    {
        if (!Guid.TryParseExact(id, "D", out var delivery))
        {
            return (null, NotFound());
        }

        string organization = Sender.Of(http).Organization;
        var answer = await grains.Insist(
            factory => factory.GetGrain<ILedgerReaderGrain>(0).GetDelivery(organization, delivery), options.GrainPatience, http.RequestAborted);
        return answer is GrainAnswer<DeliveryView?>.Answered { Value: var view }
            ? (view, view is null ? NotFound() : null)
            : (null, Unreadable());
    }

    private static async Task<IResult> After(OperatorReceipt receipt, int status, HttpContext http, GrainCalls grains, GatewayOptions options, string id)
    {
        switch (receipt.Outcome)
        {
            case OperatorOutcome.Done:
                var (view, problem) = await Find(http, grains, options, id);
                return view is null ? problem! : Answer.Json(status, DeliveryAnswer.Of(view), WireJson.Plain.DeliveryAnswer);
            case OperatorOutcome.NotFound:
                return NotFound();
            case OperatorOutcome.NotPossible:
                return Problem.Of(
                    receipt.Reason switch
                    {
                        "not_dead" => ProblemKinds.NotDead,
                        "thread_closed" => ProblemKinds.ThreadClosed,
                        "not_in_doubt" => ProblemKinds.NotInDoubt,
                        _ => ProblemKinds.InvalidRequest,
                    },
                    receipt.Detail ?? "Look at the delivery: its state does not allow it.");
            default:
                return Unknown();
        }
    }

    private static Problem NotFound() => Problem.Of(ProblemKinds.NotFound, "Your organization has no such delivery.");

    private static Problem Unreadable() => Problem.Of(ProblemKinds.Unavailable, "Deliveries cannot be read now. Ask again.");

    private static Problem Unknown() => Problem.Of(ProblemKinds.Unavailable, "It cannot be said now whether this was done. Look at the delivery before you send it again.");
}
