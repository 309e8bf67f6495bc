using Microsoft.Extensions.Options;
using ThreadGrains.Slack.Payloads;
using ThreadGrains.WebhookGateway.OpenApi;
using ThreadGrains.WebhookGateway.Requests;

namespace ThreadGrains.WebhookGateway.Slack;

/// <summary>
/// POST /slack/actions. Raw bytes once, then: certificate test, signature, decoding, and only then grains. Every answer is a
/// status with an empty body, within Slack's three seconds.
/// </summary>
internal sealed partial class SlackApi(
    SlackAuthentication authentication, Interactions interactions, GatewayMetrics metrics, IOptions<GatewayOptions> options, TimeProvider clock,
    ILogger<SlackApi> logger)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/slack/actions", async (HttpContext http, SlackApi slack) =>
            {
                http.Response.StatusCode = await slack.Receive(http);
                http.Response.ContentLength = 0;
            })
            .Describe("slackActions", "Slack", "Slack's interactivity request URL",
                "For Slack alone: a form whose field payload is Slack's JSON, signed with the app's signing secret. Always answered with an empty body: 200 it was taken, "
                + "is none of ours or came before; 400 malformed; 401 not authentic; 403 another app or workspace; 413 too large; 503 it cannot be stored now.")
            .AnswersEmpty(200, 400, 401, 403, 413, 503);

    private async Task<int> Receive(HttpContext http)
    {
        using var budget = new CancellationTokenSource(options.Value.SlackBudget, clock);
        try
        {
            // Not the connection's own cancellation: whether Slack still waits does not matter to a click that was made.
            int status = await Receive(http, budget.Token);
            metrics.FromSlack(status switch
            {
                StatusCodes.Status200OK => "answered",
                StatusCodes.Status400BadRequest => "malformed",
                StatusCodes.Status401Unauthorized => "not_authentic",
                StatusCodes.Status403Forbidden => "unknown_workspace",
                StatusCodes.Status413PayloadTooLarge => "too_large",
                _ => "unavailable",
            });
            return status;
        }
        catch (BadHttpRequestException)
        {
            throw; // the edge knows its status
        }
        catch (Exception fault)
        {
            // The person sees Slack's own error sign, which is right: nothing is known to be stored.
            metrics.FromSlack("unavailable");
            LogNotStored(fault is OperationCanceledException ? null : fault);
            return StatusCodes.Status503ServiceUnavailable;
        }
    }

    private async Task<int> Receive(HttpContext http, CancellationToken budget)
    {
        if (await RequestBody.Read(http, options.Value.MaxSlackBytes, budget) is not { } body)
        {
            return StatusCodes.Status413PayloadTooLarge;
        }

        if (SslCheck.Is(http.Request.ContentType, body))
        {
            return StatusCodes.Status200OK;
        }

        var verdict = authentication.Judge(body, http.Request.Headers);
        metrics.Skewed(verdict.Skew);
        if (verdict.Digest is not { } digest)
        {
            metrics.NotSlack(verdict.Reason);
            LogNotAuthentic(verdict.Reason, verdict.Skew.TotalSeconds);
            return StatusCodes.Status401Unauthorized;
        }

        if (!SlackMediaType.IsForm(http.Request.ContentType))
        {
            LogMalformed("not_a_form");
            return StatusCodes.Status400BadRequest;
        }

        switch (InteractivePayloadReader.Read(body))
        {
            case PayloadReadResult<InteractivePayload>.Read { Value: var payload }:
                return await interactions.Take(payload, digest, budget);
            case PayloadReadResult<InteractivePayload>.Malformed { Reason: var reason }:
                LogMalformed(reason);
                return StatusCodes.Status400BadRequest;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    [LoggerMessage(EventName = "slack_not_authentic", Level = LogLevel.Warning,
        Message = "A request to Slack's address is not Slack's ({Reason}, clocks {SkewSeconds} s apart) and was refused")]
    private partial void LogNotAuthentic(string reason, double skewSeconds);

    [LoggerMessage(EventName = "slack_malformed", Level = LogLevel.Warning, Message = "A signed request from Slack could not be read ({Reason}) and was refused")]
    private partial void LogMalformed(string reason);

    [LoggerMessage(EventName = "slack_not_stored", Level = LogLevel.Error, Message = "A request from Slack could not be stored in time and was answered 503; Slack tells the person")]
    private partial void LogNotStored(Exception? fault);
}
