using System.Diagnostics;

namespace ThreadGrains.WebhookGateway.Problems;

/// <summary>
/// The edge of the process: what no handler foresaw ends here as a problem document that tells nothing of our inside, and
/// statuses that the framework gives without a body get one. Slack's addresses keep their empty bodies.
/// </summary>
internal sealed class GatewayErrors(RequestDelegate next, GatewayErrorLog log)
{
    public const string InternalDetail = "This is a fault of ours. What you sent may have been stored; send it again with the same id.";

    public async Task InvokeAsync(HttpContext http)
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";

        // Kestrel lets the chunks win where both are given (measured); a proxy before it may not, and then disagree where a request ends.
        if (http.Request.Headers.TransferEncoding.Count > 0 && (http.Request.ContentLength is not null || http.Request.Headers.ContainsKey("X-Content-Length")))
        {
            http.Response.Headers.Connection = "close";
            await Answer(http, Problem.Of(ProblemKinds.InvalidRequest, "Content-Length and Transfer-Encoding exclude each other; send one of them."));
            return;
        }

        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
            return;
        }
        catch (BadHttpRequestException bad) when (!http.Response.HasStarted)
        {
            await Answer(http, Problem.Of(ProblemKinds.OfStatus(bad.StatusCode), bad.StatusCode == StatusCodes.Status400BadRequest ? "The body broke off or is wrongly framed." : null));
            return;
        }
        catch (Exception bug) when (!http.Response.HasStarted)
        {
            log.Unhandled(bug, http.Request.Method, http.GetEndpoint() is RouteEndpoint route ? route.RoutePattern.RawText ?? "" : "");
            await Answer(http, Problem.Of(ProblemKinds.Internal, InternalDetail));
            return;
        }

        var response = http.Response;
        if (response.StatusCode >= StatusCodes.Status400BadRequest && !response.HasStarted && response.ContentLength is null && response.ContentType is null)
        {
            await Answer(http, Framework(response));
        }
    }

    private static Problem Framework(HttpResponse response) => response.StatusCode switch
    {
        StatusCodes.Status404NotFound => Problem.Of(ProblemKinds.NotFound, "There is no such address; /docs lists those that there are."),
        StatusCodes.Status405MethodNotAllowed => Problem.Of(ProblemKinds.MethodNotAllowed, $"Allowed here: {response.Headers.Allow}."),
        var status => Problem.Of(ProblemKinds.OfStatus(status)),
    };

    private static async Task Answer(HttpContext http, Problem problem)
    {
        if (http.Request.Path.StartsWithSegments("/slack", StringComparison.Ordinal))
        {
            http.Response.StatusCode = problem.Status;
            return;
        }

        await problem.ExecuteAsync(http);
    }
}

/// <summary>Faults of ours, each once, with the route and never with what was sent.</summary>
internal sealed partial class GatewayErrorLog(ILogger<GatewayErrorLog> logger)
{
    public void Unhandled(Exception bug, string method, string route)
    {
        Activity.Current?.SetStatus(ActivityStatusCode.Error);
        LogUnhandled(bug, method, route);
    }

    [LoggerMessage(EventName = "request_failed", Level = LogLevel.Error, Message = "{Method} {Route} failed by a fault of ours; the sender was told to try again")]
    private partial void LogUnhandled(Exception bug, string method, string route);
}
