namespace ThreadGrains.WebhookGateway.Problems;

/// <summary>Answers without a body of their own (no such route, wrong method, a bug) get a problem document that leaks nothing.</summary>
internal static partial class ProblemPages
{
    public static void UseProblemPages(this WebApplication app) => app.Use(async (http, next) =>
    {
        try
        {
            await next(http);
        }
        catch (BadHttpRequestException error)
        {
            await new Problem(error.StatusCode, error.StatusCode == 413 ? "too_large" : "bad_request", "The request cannot be read.").Write(http);
            return;
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception error) when (!http.Response.HasStarted)
        {
            // The edge of the process: whatever it was, the caller learns that it was not their fault, and nothing else.
            LogFailed(app.Logger, error, http.Request.Path);
            await new Problem(500, "internal_error", "Something went wrong here.", "It was logged. Sending it again with the same id is safe.").Write(http);
            return;
        }

        if (http.Response is { HasStarted: false, ContentType: null } && !http.Request.Path.StartsWithSegments("/slack"))
        {
            if (http.Response.StatusCode == StatusCodes.Status404NotFound)
            {
                await Problem.NotFound.Write(http);
            }
            else if (http.Response.StatusCode == StatusCodes.Status405MethodNotAllowed)
            {
                await new Problem(405, "method_not_allowed", "The method is not supported here.", $"Allowed: {http.Response.Headers.Allow}.").Write(http);
            }
        }
    });

    [LoggerMessage(EventName = "request_failed", Level = LogLevel.Error, Message = "A request to {Path} failed")]
    private static partial void LogFailed(ILogger logger, Exception error, string path);
}
