using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace ThreadGrains.WebhookGateway.Authentication;

/// <summary>A bucket of requests for each valid key. Only keys that were authenticated get one, so their number is bounded by the organizations'.</summary>
internal sealed class KeyLimits(IOptions<GatewayOptions> options) : IDisposable
{
    private readonly PartitionedRateLimiter<ApiKey> _limiter = PartitionedRateLimiter.Create<ApiKey, string>(key =>
        RateLimitPartition.GetTokenBucketLimiter(key.Hash, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Value.KeyBurst,
            TokensPerPeriod = Math.Max(1, options.Value.KeyPerSecond / 10),
            ReplenishmentPeriod = options.Value.KeyPerSecond < 10 ? TimeSpan.FromSeconds(1.0 / options.Value.KeyPerSecond) : TimeSpan.FromSeconds(0.1),
            QueueLimit = 0,
        }));

    /// <returns>How long to wait; null: go on.</returns>
    public TimeSpan? Take(ApiKey key, int requests)
    {
        if (requests == 0)
        {
            return null;
        }

        using var lease = _limiter.AttemptAcquire(key, Math.Min(requests, options.Value.KeyBurst));
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1);
    }

    public void Dispose() => _limiter.Dispose();
}
