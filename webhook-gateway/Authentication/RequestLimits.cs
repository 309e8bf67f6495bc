using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using ThreadGrains.Groups;
using ThreadGrains.WebhookGateway.Problems;

namespace ThreadGrains.WebhookGateway.Authentication;

/// <summary>
/// Buckets of requests, so that nobody crowds out the others before anything is stored: one for each valid key, for each
/// organization and for each group. Each gateway has its own. Only what was authenticated gets a bucket, and one that has
/// filled up again is forgotten.
/// </summary>
internal sealed class RequestLimits : IDisposable
{
    private readonly PartitionedRateLimiter<string> _keys;
    private readonly PartitionedRateLimiter<string> _organizations;
    private readonly PartitionedRateLimiter<string> _groups;
    private readonly GatewayOptions _options;

    public RequestLimits(IOptions<GatewayOptions> options)
    {
        _options = options.Value;
        _keys = Buckets(_options.KeyPerSecond, _options.KeyBurst);
        _organizations = Buckets(_options.OrganizationPerSecond, _options.OrganizationBurst);
        _groups = Buckets(_options.GroupPerSecond, _options.GroupBurst);
    }

    /// <summary>Requests of a key.</summary>
    /// <returns>What says no; null: go on.</returns>
    public Refusal? Take(ApiKey key, int requests) =>
        requests == 0 ? null
            : Take(_keys, key.Hash, requests, _options.KeyBurst, "This key")
              ?? Take(_organizations, key.Organization, requests, _options.OrganizationBurst, "This organization");

    /// <summary>Accepts for a group.</summary>
    /// <returns>What says no; null: go on.</returns>
    public Refusal? Take(GroupKey group, int requests) => Take(_groups, group.ToString(), requests, _options.GroupBurst, "The sender of this group");

    public void Dispose()
    {
        _keys.Dispose();
        _organizations.Dispose();
        _groups.Dispose();
    }

    private static PartitionedRateLimiter<string> Buckets(int perSecond, int burst) =>
        PartitionedRateLimiter.Create<string, string>(name => RateLimitPartition.GetTokenBucketLimiter(name, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = Math.Max(1, perSecond / 10),
            ReplenishmentPeriod = perSecond < 10 ? TimeSpan.FromSeconds(1.0 / perSecond) : TimeSpan.FromSeconds(0.1),
            QueueLimit = 0,
        }));

    private static Refusal? Take(PartitionedRateLimiter<string> buckets, string name, int requests, int burst, string who)
    {
        using var lease = buckets.AttemptAcquire(name, Math.Min(requests, burst));
        return lease.IsAcquired ? null : new Refusal(who, lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1));
    }
}

/// <summary>A bucket is empty.</summary>
/// <param name="Who">Whose it is, as a sentence begins.</param>
/// <param name="RetryAfter">When it holds enough again.</param>
internal sealed record Refusal(string Who, TimeSpan RetryAfter)
{
    /// <summary>As it is answered.</summary>
    public Problem ToProblem() =>
        Problem.Of(ProblemKinds.RateLimited, $"{Who} sends more requests than it may. Slow down; a batch takes up to 500 activities at once.", retryAfter: RetryAfter);
}
