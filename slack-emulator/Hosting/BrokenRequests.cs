namespace ThreadGrains.SlackEmulator.Hosting;

/// <summary>
/// Requests whose connection ended before they were whole, and answers that nobody waits for any more. Both are everyday things for a
/// client that gives up by resetting its connection: no error of ours, and nothing was stored for the former.
/// </summary>
internal sealed class BrokenRequests(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
        }
        catch (BadHttpRequestException trouble) when (!http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            http.Response.StatusCode = trouble.StatusCode;
        }
        catch (Exception trouble) when (trouble is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested)
        {
        }
    }
}
