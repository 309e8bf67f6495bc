using Microsoft.Extensions.Options;
using ThreadGrains.Groups;
using ThreadGrains.WebhookGateway.Activities;
using ThreadGrains.WebhookGateway.Authentication;
using ThreadGrains.WebhookGateway.Calls;
using ThreadGrains.WebhookGateway.OpenApi;
using ThreadGrains.WebhookGateway.Problems;
using ThreadGrains.WebhookGateway.Requests;

namespace ThreadGrains.WebhookGateway.Alerts;

/// <summary>POST /v1/alerts.</summary>
internal static class AlertsApi
{
    public static void MapAlerts(this IEndpointRouteBuilder v1) =>
        v1.MapPost("/alerts", Announce)
            .Describe("announceGroup", "Alerts", "Announce a group in Slack",
                "Makes the group known and posts its announcement, one for each channel, rule and open period; the same again is a reply in that thread. "
                + "Alerts and activities have separate id spaces.")
            .Takes<AlertBody>()
            .Answers<ReceiptAnswer>(202, "accepted", "duplicate")
            .Refuses(
                ProblemKinds.InvalidRequest, ProblemKinds.IdReused, ProblemKinds.TooLarge, ProblemKinds.UnsupportedMediaType, ProblemKinds.UnknownWorkspace,
                ProblemKinds.NoChannel, ProblemKinds.Busy, ProblemKinds.RateLimited, ProblemKinds.Unavailable);

    private static async Task<IResult> Announce(HttpContext http, GrainCalls grains, RequestLimits limits, GatewayMetrics metrics, IOptions<GatewayOptions> options)
    {
        var sender = Sender.Of(http);
        var (body, problem) = await RequestReader.ReadObject(http, options.Value.MaxRequestBytes, AlertBody.Read);
        problem ??= sender.CheckWorkspaces((body!.Channels ?? []).Select((channel, i) => ($"channels[{i}].workspace", channel.Workspace)));
        if (problem is null && limits.Take(sender.GroupKey(body!.Group), 1) is { } pause)
        {
            problem = pause.ToProblem();
        }
        else if (problem is null)
        {
            using var trace = ProductTelemetry.Spans.StartActivity("accept alert");
            string key = sender.GroupKey(body!.Group).ToString();
            var alert = body.ToAlert();
            var receipt = await grains.Insist(
                factory => factory.GetGrain<IIssueGroupGrain>(key).Announce(alert), options.Value.GrainPatience, http.RequestAborted);
            (var answer, problem) = ReceiptAnswer.Of(receipt);
            if (answer is not null)
            {
                metrics.Answered("alert", StatusCodes.Status202Accepted);
                return Answer.Json(StatusCodes.Status202Accepted, answer, WireJson.Plain.ReceiptAnswer);
            }
        }

        metrics.Answered("alert", problem!.Status);
        return problem;
    }
}
