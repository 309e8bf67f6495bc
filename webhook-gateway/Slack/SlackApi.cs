using Microsoft.Extensions.Options;
using ThreadGrains.Slack.Payloads;
using ThreadGrains.WebhookGateway.OpenApi;
using ThreadGrains.WebhookGateway.Requests;

namespace ThreadGrains.WebhookGateway.Slack;

/// <summary>
/// POST /slack/actions and /slack/events. Raw bytes once, then: certificate test, signature, decoding, and only then grains.
/// Every answer is a status within Slack's three seconds, with an empty body but for the handshake of a request URL.
/// Both take whatever Slack sends, for what it is: people who know other frameworks enter one address for everything.
/// </summary>
internal sealed partial class SlackApi(
    SlackAuthentication authentication, Interactions interactions, SlackEvents events, GatewayMetrics metrics, IOptions<GatewayOptions> options,
    TimeProvider clock, ILogger<SlackApi> logger)
{
    private const string NoRetry = "X-Slack-No-Retry";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/slack/actions", async (HttpContext http, SlackApi slack) => await slack.Receive(http))
            .Describe("slackActions", "Slack", "Slack's interactivity request URL",
                "For Slack alone: a form whose field payload is Slack's JSON, signed with the app's signing secret. Always answered with an empty body: 200 it was taken, "
                + "is none of ours or came before; 400 malformed; 401 not authentic; 403 another app or workspace; 413 too large; 503 it cannot be stored now. "
                + "Events that are sent here are taken as at /slack/events.")
            .AnswersEmpty(200, 400, 401, 403, 413, 503);
        routes.MapPost("/slack/events", async (HttpContext http, SlackApi slack) => await slack.Receive(http))
            .Describe("slackEvents", "Slack", "Slack's events request URL",
                "For Slack alone: JSON, signed with the app's signing secret. The handshake url_verification is answered with its challenge, everything else with an empty body: "
                + "200 it was taken, does not concern us or came before; 400 malformed; 401 not authentic; 403 another app or workspace; 413 too large; 503 send it again. "
                + "Refusals that no retry mends carry X-Slack-No-Retry. Clicks that are sent here are taken as at /slack/actions.")
            .AnswersEmpty(200, 400, 401, 403, 413, 503);
    }

    /// <summary>
    /// Doubled slashes count once below /slack: an address that was entered with a slash at its end, with our path after it, would
    /// otherwise be nobody's, and Slack shows people no more than a warning sign.
    /// </summary>
    public static Task WithoutDoubledSlashes(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Path.Value is { } path && path.Contains("//", StringComparison.Ordinal)
            && new PathString("/" + string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries))) is var plain
            && plain.StartsWithSegments("/slack", StringComparison.Ordinal))
        {
            http.Request.Path = plain;
        }

        return next(http);
    }

    private async Task Receive(HttpContext http)
    {
        int status = await Judge(http);
        if (http.Response.HasStarted)
        {
            return;
        }

        http.Response.StatusCode = status;
        http.Response.ContentLength = 0;
        if (status is >= 400 and < 500)
        {
            http.Response.Headers[NoRetry] = "1";
        }
    }

    private async Task<int> Judge(HttpContext http)
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

        // A byte order mark is part of what was signed, and of nothing that is read.
        var content = ByteOrderMark.Skip(body.AsMemory());
        if (SlackMediaType.IsForm(http.Request.ContentType))
        {
            return await TakeForm(content, digest, budget);
        }

        if (SlackMediaType.IsJson(http.Request.ContentType))
        {
            return await TakeEvent(http, content, digest, budget);
        }

        return Malformed("neither_form_nor_json");
    }

    private async Task<int> TakeForm(ReadOnlyMemory<byte> body, string digest, CancellationToken budget)
    {
        switch (InteractivePayloadReader.Read(body.Span))
        {
            case PayloadReadResult<InteractivePayload>.Read { Value: var payload }:
                return await interactions.Take(payload, digest, budget);
            case PayloadReadResult<InteractivePayload>.Malformed when SlashCommand.ReadForm(body.Span) is PayloadReadResult<SlashCommand>.Read:
                return Malformed("slash_command");
            case PayloadReadResult<InteractivePayload>.Malformed { Reason: var reason }:
                return Malformed(reason);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<int> TakeEvent(HttpContext http, ReadOnlyMemory<byte> body, string digest, CancellationToken budget)
    {
        switch (EventPayload.ReadJson(body.Span))
        {
            case PayloadReadResult<EventPayload>.Read { Value: EventPayload.UrlVerification handshake }:
                await http.Response.WriteAsJsonAsync(new Handshake(handshake.Challenge), WireJson.Plain.Handshake, "application/json; charset=utf-8", budget);
                return StatusCodes.Status200OK;
            case PayloadReadResult<EventPayload>.Read { Value: EventPayload.Other } when IsInteraction(body.Span):
                // Slack sends these as forms. A 200 would hide that nothing came of it.
                return Malformed("not_a_form");
            case PayloadReadResult<EventPayload>.Read { Value: var payload }:
                return await events.Take(payload, digest, budget);
            case PayloadReadResult<EventPayload>.Malformed { Reason: var reason }:
                return Malformed(ByteOrderMark.OtherEncoding(body.Span) ?? reason);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static bool IsInteraction(ReadOnlySpan<byte> json) =>
        InteractivePayloadReader.ReadJson(json) is not PayloadReadResult<InteractivePayload>.Read { Value: InteractivePayload.Other };

    private int Malformed(string reason)
    {
        LogMalformed(reason);
        return StatusCodes.Status400BadRequest;
    }

    [LoggerMessage(EventName = "slack_not_authentic", Level = LogLevel.Warning,
        Message = "A request to Slack's address is not Slack's ({Reason}, clocks {SkewSeconds} s apart) and was refused")]
    private partial void LogNotAuthentic(string reason, double skewSeconds);

    [LoggerMessage(EventName = "slack_malformed", Level = LogLevel.Warning, Message = "A signed request from Slack could not be read ({Reason}) and was refused")]
    private partial void LogMalformed(string reason);

    [LoggerMessage(EventName = "slack_not_stored", Level = LogLevel.Error, Message = "A request from Slack could not be stored in time and was answered 503; Slack tells the person")]
    private partial void LogNotStored(Exception? fault);
}

/// <summary>The answer to url_verification.</summary>
internal sealed record Handshake(string Challenge);
