using Microsoft.Extensions.Options;
using ThreadGrains.Groups;
using ThreadGrains.WebhookGateway.Authentication;
using ThreadGrains.WebhookGateway.Calls;
using ThreadGrains.WebhookGateway.OpenApi;
using ThreadGrains.WebhookGateway.Problems;
using ThreadGrains.WebhookGateway.Requests;

namespace ThreadGrains.WebhookGateway.Activities;

/// <summary>POST /v1/activities and its batch.</summary>
internal static class ActivitiesApi
{
    public static void MapActivities(this IEndpointRouteBuilder v1)
    {
        v1.MapPost("/activities", Accept)
            .Describe("acceptActivity", "Activities", "Tell what happened to a group",
                "It becomes a reply in each of the group's open threads, in order and once. 202 means that it is stored; delivery follows.")
            .Takes<ActivityBody>()
            .Answers<ReceiptAnswer>(202, "accepted", "ignored", "duplicate")
            .Refuses(ProblemKinds.InvalidRequest, ProblemKinds.IdReused, ProblemKinds.TooLarge, ProblemKinds.UnsupportedMediaType, ProblemKinds.Busy, ProblemKinds.RateLimited, ProblemKinds.Unavailable);

        v1.MapPost("/activities/batch", ActivityBatch.Accept)
            .Describe("acceptActivities", "Activities", "Tell many things at once",
                "One activity a line. The answer has one line for each line, in the same order: the receipt or the problem, with its status and its number. "
                + "Lines of one group are taken in the order of the file; after a line that was refused with 429 or 503 the later lines of its group are answered 503 not_tried: "
                + "send them again, in order. At most 500 lines and 1 MiB.")
            .TakesLines<ActivityBody>()
            .AnswersLines<ReceiptAnswer>()
            .Refuses(ProblemKinds.InvalidRequest, ProblemKinds.TooLarge, ProblemKinds.UnsupportedMediaType, ProblemKinds.RateLimited, ProblemKinds.Unavailable);
    }

    private static async Task<IResult> Accept(HttpContext http, GrainCalls grains, RequestLimits limits, GatewayMetrics metrics, IOptions<GatewayOptions> options)
    {
        var sender = Sender.Of(http);
        var (body, problem) = await RequestReader.ReadObject(http, options.Value.MaxRequestBytes, ActivityBody.Read);
        if (body is not null && limits.Take(sender.GroupKey(body.Group), 1) is { } pause)
        {
            problem = pause.ToProblem();
        }
        else if (body is not null)
        {
            using var trace = ProductTelemetry.Spans.StartActivity("accept activity");
            var key = sender.GroupKey(body.Group).ToString();
            var activity = body.ToActivity();
            var receipt = await grains.Insist(
                factory => factory.GetGrain<IIssueGroupGrain>(key).Accept(activity), options.Value.GrainPatience, http.RequestAborted);
            (var answer, problem) = ReceiptAnswer.Of(receipt);
            if (answer is not null)
            {
                metrics.Answered("activity", StatusCodes.Status202Accepted);
                return Answer.Json(StatusCodes.Status202Accepted, answer, WireJson.Plain.ReceiptAnswer);
            }
        }

        metrics.Answered("activity", problem!.Status);
        return problem;
    }
}
