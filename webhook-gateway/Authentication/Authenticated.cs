using System.Collections.Concurrent;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using ThreadGrains.WebhookGateway.Problems;

namespace ThreadGrains.WebhookGateway.Authentication;

/// <summary>Lets only requests with a good key through, within that organization's rate; nothing of them reaches a grain before.</summary>
internal sealed class Authenticated(ApiKeys keys, IOptions<GatewayOptions> options) : IDisposable
{
    private readonly ConcurrentDictionary<string, TokenBucketRateLimiter> _limiters = new();

    /// <summary>Calls the endpoint as the key's owner, or answers with a problem.</summary>
    public RequestDelegate Then(Func<HttpContext, Caller, Task> endpoint) => async http =>
    {
        var (verdict, caller) = await keys.Look(http);
        switch (verdict)
        {
            case KeyVerdict.Good when await Admitted(caller!.Organization) is { } wait:
                await Problem.Busy(wait, "This API key makes requests faster than it may.").Write(http);
                break;
            case KeyVerdict.Good:
                await endpoint(http, caller!);
                break;
            case KeyVerdict.Wrong:
                await Problem.NotAuthenticated.Write(http);
                break;
            case KeyVerdict.TooManyWrong:
                await Problem.Busy(TimeSpan.FromMinutes(1), "Too many requests from this address came with a wrong API key.").Write(http);
                break;
            default:
                await Problem.Unavailable("The API key cannot be checked right now. Send it again.").Write(http);
                break;
        }
    };

    public void Dispose()
    {
        foreach (var limiter in _limiters.Values)
        {
            limiter.Dispose();
        }
    }

    /// <summary>Null: it may go. Limiters exist only for organizations whose key was good, so their number is bounded.</summary>
    private async Task<TimeSpan?> Admitted(string organization)
    {
        var limiter = _limiters.GetOrAdd(organization, _ => new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Value.RequestBurst,
            TokensPerPeriod = Math.Max(1, options.Value.RequestsPerSecond / 10),
            ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
            QueueLimit = 0,
        }));
        using var lease = await limiter.AcquireAsync();
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1);
    }
}
