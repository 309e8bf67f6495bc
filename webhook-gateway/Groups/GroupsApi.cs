using Microsoft.Extensions.Options;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.WebhookGateway.Activities;
using ThreadGrains.WebhookGateway.Authentication;
using ThreadGrains.WebhookGateway.Calls;
using ThreadGrains.WebhookGateway.OpenApi;
using ThreadGrains.WebhookGateway.Problems;
using ThreadGrains.WebhookGateway.Requests;

namespace ThreadGrains.WebhookGateway.Groups;

/// <summary>/v1/groups: a group as it is, its parent messages, its threads.</summary>
internal static class GroupsApi
{
    public static void MapGroups(this IEndpointRouteBuilder v1)
    {
        v1.MapGet("/groups/{group}", Show)
            .Describe("getGroup", "Groups", "Look at a group", "Status, assignee, what the last alerts said, and its threads.")
            .Answers<GroupAnswer>(200, "group")
            .Refuses(ProblemKinds.InvalidRequest, ProblemKinds.NotFound, ProblemKinds.RateLimited, ProblemKinds.Unavailable);

        v1.MapPut("/groups/{group}/parents", Adopt)
            .Describe("adoptParent", "Groups", "Put activities under a message that somebody else posted",
                "202 for a new thread, 200 for the same again. The message is looked up in the background before the first reply: a reply's ts is replaced by its parent's, "
                + "a missing one closes the thread.")
            .Takes<ParentBody>()
            .Answers<ParentAnswer>(202, "parent")
            .Answers<ParentAnswer>(200, "parent")
            .Refuses(
                ProblemKinds.InvalidRequest, ProblemKinds.MessageTaken, ProblemKinds.ThreadExists, ProblemKinds.TooLarge, ProblemKinds.UnsupportedMediaType,
                ProblemKinds.UnknownWorkspace, ProblemKinds.RateLimited, ProblemKinds.Unavailable);

        v1.MapPost("/groups/{group}/threads/{id}/close", Close)
            .Describe("closeThread", "Groups", "Close a thread", "What waits for it is cancelled, and nothing more is posted into it.")
            .Answers<ThreadStateAnswer>(200, "closedThread")
            .Refuses(ProblemKinds.InvalidRequest, ProblemKinds.NotFound, ProblemKinds.AlreadyClosed, ProblemKinds.RateLimited, ProblemKinds.Unavailable);

        v1.MapPost("/groups/{group}/threads/{id}/reopen", Reopen)
            .Describe("reopenThread", "Groups", "Open a closed thread again",
                "What is accepted from now on goes into it; what was cancelled when it was closed stays cancelled. A thread whose message is gone cannot be opened.")
            .Answers<ThreadStateAnswer>(200, "reopenedThread")
            .Refuses(
                ProblemKinds.InvalidRequest, ProblemKinds.NotFound, ProblemKinds.NotClosed, ProblemKinds.NoParent, ProblemKinds.ThreadExists, ProblemKinds.RateLimited,
                ProblemKinds.Unavailable);
    }

    private static async Task<IResult> Show(string group, HttpContext http, GrainCalls grains, IOptions<GatewayOptions> options)
    {
        if (RequestRules.CheckGroup(group) is { } violation)
        {
            return Problem.Invalid(violation);
        }

        var key = Sender.Of(http).GroupKey(group);
        var answer = await grains.Insist(
            factory => factory.GetGrain<ILedgerReaderGrain>(0).GetGroup(key), options.Value.GrainPatience, http.RequestAborted);
        return answer switch
        {
            GrainAnswer<GroupView?>.Answered { Value: { } view } => Answer.Json(StatusCodes.Status200OK, GroupAnswer.Of(view), WireJson.Plain.GroupAnswer),
            GrainAnswer<GroupView?>.Answered => NotFound(),
            _ => Problem.Of(ProblemKinds.Unavailable, "The group cannot be read now. Ask again."),
        };
    }

    private static async Task<IResult> Adopt(string group, HttpContext http, GrainCalls grains, IOptions<GatewayOptions> options)
    {
        var sender = Sender.Of(http);
        if (RequestRules.CheckGroup(group) is { } violation)
        {
            return Problem.Invalid(violation);
        }

        var (body, problem) = await RequestReader.ReadObject(http, options.Value.MaxRequestBytes, ParentBody.Read);
        problem ??= sender.CheckWorkspaces([("workspace", body!.Workspace)]);
        if (problem is not null)
        {
            return problem;
        }

        string key = sender.GroupKey(group).ToString();
        var adoption = body!.ToAdoption();
        var answer = await grains.Insist(
            factory => factory.GetGrain<IIssueGroupGrain>(key).Adopt(adoption), options.Value.GrainPatience, http.RequestAborted);
        return answer is GrainAnswer<AdoptionReceipt>.Answered { Value: var receipt } ? Map(receipt) : ReceiptAnswer.Silent();
    }

    private static IResult Map(AdoptionReceipt receipt) => receipt switch
    {
        { Outcome: AdoptionOutcome.Adopted, Thread: { } thread } => Answer.Json(StatusCodes.Status202Accepted, new ParentAnswer(thread), WireJson.Plain.ParentAnswer),
        { Outcome: AdoptionOutcome.AlreadyAdopted, Thread: { } thread } => Answer.Json(StatusCodes.Status200OK, new ParentAnswer(thread), WireJson.Plain.ParentAnswer),
        { Outcome: AdoptionOutcome.Taken, Reason: "thread_exists" } => Problem.Of(ProblemKinds.ThreadExists, receipt.Detail ?? "The group has an open thread of this rule and open period in the channel. Close that first, or name another rule."),
        { Outcome: AdoptionOutcome.Taken } => Problem.Of(ProblemKinds.MessageTaken, receipt.Detail ?? "Another group's activities go under this message. Name another message."),
        { Outcome: AdoptionOutcome.Refused, Reason: AcceptReasons.UnknownWorkspace } => Problem.Of(ProblemKinds.UnknownWorkspace, receipt.Detail),
        { Outcome: AdoptionOutcome.Refused } => Problem.Of(ProblemKinds.InvalidRequest, receipt.Detail),
        { Outcome: AdoptionOutcome.Unavailable } => Problem.Of(ProblemKinds.Unavailable, receipt.Detail ?? "It cannot be taken now. Send it again."),
        _ => throw new System.Diagnostics.UnreachableException($"No answer for {receipt.Outcome}"),
    };

    private static Task<IResult> Close(string group, string id, HttpContext http, GrainCalls grains, IOptions<GatewayOptions> options) =>
        Change(group, id, "closed", (grain, thread) => grain.CloseThread(thread), http, grains, options.Value);

    private static Task<IResult> Reopen(string group, string id, HttpContext http, GrainCalls grains, IOptions<GatewayOptions> options) =>
        Change(group, id, "open", (grain, thread) => grain.ReopenThread(thread), http, grains, options.Value);

    private static async Task<IResult> Change(
        string group, string id, string state, Func<IIssueGroupGrain, Guid, Task<OperatorReceipt>> change, HttpContext http, GrainCalls grains, GatewayOptions options)
    {
        if (RequestRules.CheckGroup(group) is { } violation)
        {
            return Problem.Invalid(violation);
        }

        // An id that no thread of ours can have is as absent as one that none has.
        if (!Guid.TryParseExact(id, "D", out var thread))
        {
            return NotFound();
        }

        string key = Sender.Of(http).GroupKey(group).ToString();
        var answer = await grains.Ask(factory => change(factory.GetGrain<IIssueGroupGrain>(key), thread), options.GrainPatience, http.RequestAborted);
        return answer switch
        {
            GrainAnswer<OperatorReceipt>.Answered { Value: { Outcome: OperatorOutcome.Done } } =>
                Answer.Json(StatusCodes.Status200OK, new ThreadStateAnswer(thread, state), WireJson.Plain.ThreadStateAnswer),
            GrainAnswer<OperatorReceipt>.Answered { Value: { Outcome: OperatorOutcome.NotFound } } => NotFound(),
            GrainAnswer<OperatorReceipt>.Answered { Value: { Outcome: OperatorOutcome.NotPossible } receipt } => Problem.Of(
                receipt.Reason switch
                {
                    "not_closed" => ProblemKinds.NotClosed,
                    "no_parent" => ProblemKinds.NoParent,
                    "thread_exists" => ProblemKinds.ThreadExists,
                    _ => ProblemKinds.AlreadyClosed,
                },
                receipt.Detail ?? "Nothing is posted into it any more."),
            _ => Problem.Of(ProblemKinds.Unavailable, "It cannot be said now whether the thread was changed. Look at the group, and send it again if need be."),
        };
    }

    private static Problem NotFound() => Problem.Of(ProblemKinds.NotFound, "Your organization has no such group or thread.");
}
