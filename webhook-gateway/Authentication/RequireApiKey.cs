using ThreadGrains.WebhookGateway.Problems;

namespace ThreadGrains.WebhookGateway.Authentication;

/// <summary>Lets a request of /v1 through only with a valid key: before its body is read and before any other grain is called.</summary>
internal sealed partial class RequireApiKey(
    AccessCache cache, FailedAttempts failures, RequestLimits limits, GatewayMetrics metrics, ILogger<RequireApiKey> logger) : IEndpointFilter
{
    private const string Remedy = "Send your key as: Authorization: Bearer tg_<organization>_<43 characters>.";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var address = http.Connection.RemoteIpAddress;
        if (ApiKey.Read(http.Request.Headers.Authorization) is not { } key)
        {
            return Refuse(http.Request.Headers.Authorization.Count == 0 ? $"There is no key. {Remedy}" : $"This is not a key. {Remedy}");
        }

        // A known organization costs no grain call: its good keys pass even where their neighbour behind the same address fails.
        var access = cache.Remembered(key.Organization);
        if (access is null)
        {
            if (failures.Blocked(address) is { } wait)
            {
                return TooManyFailures(wait);
            }

            access = await cache.Get(key.Organization, http.RequestAborted);
        }

        if (access is null)
        {
            metrics.Authenticated("unknown");
            return Problem.Of(ProblemKinds.Unavailable, "The key cannot be checked now. Send the request again.");
        }

        if (!key.IsOneOf(access.ApiKeyHashes))
        {
            return Refuse("The key is not valid.");
        }

        if (limits.Take(key, 1) is { } pause)
        {
            metrics.Authenticated("limited");
            return pause.ToProblem();
        }

        metrics.Authenticated("accepted");
        http.Items[typeof(Sender)] = new Sender(key, access);
        return await next(context);

        Problem Refuse(string detail)
        {
            if (failures.Blocked(address) is { } wait)
            {
                return TooManyFailures(wait);
            }

            failures.Count(address);
            metrics.Authenticated("refused");
            LogRefused(address?.ToString() ?? "unknown");
            return Problem.Of(ProblemKinds.Unauthenticated, detail);
        }
    }

    private Problem TooManyFailures(TimeSpan wait)
    {
        metrics.Authenticated("limited");
        return Problem.Of(ProblemKinds.RateLimited, "Too many requests with a wrong key came from this address.", retryAfter: wait);
    }

    [LoggerMessage(EventName = "key_refused", Level = LogLevel.Information, Message = "A request from {Address} had no valid key and was refused")]
    private partial void LogRefused(string address);
}
