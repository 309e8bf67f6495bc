using Microsoft.Extensions.Options;
using ThreadGrains.Organizations;
using ThreadGrains.WebhookGateway.Calls;

namespace ThreadGrains.WebhookGateway.Authentication;

/// <summary>
/// What organizations' grains said about their keys and workspaces: current for 30 s, and up to 5 min old while the grain does
/// not answer. Bounded, and organizations that do not exist are kept apart: inventing names pushes no real one out.
/// </summary>
internal sealed class AccessCache(GrainCalls grains, IOptions<GatewayOptions> options, TimeProvider clock)
{
    private const int MaxKnown = 10_000;
    private const int MaxUnknown = 1_000;

    // While a grain does not answer, not every request has to find that out by waiting.
    private static readonly TimeSpan PauseAfterSilence = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Entry> _unknown = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task<OrganizationAccess?>> _asking = new(StringComparer.Ordinal);

    /// <summary>What is remembered of an organization and current, without asking its grain.</summary>
    public OrganizationAccess? Remembered(string organization)
    {
        lock (_gate)
        {
            return Find(organization) is { } entry && IsCurrent(entry) ? entry.Access : null;
        }
    }

    /// <summary>What an organization's requests may do.</summary>
    /// <returns>Null: its grain does not answer, and nothing remembered is young enough.</returns>
    public async Task<OrganizationAccess?> Get(string organization, CancellationToken cancellation)
    {
        Task<OrganizationAccess?> asking;
        lock (_gate)
        {
            if (Find(organization) is { } entry && IsCurrent(entry))
            {
                return entry.Access;
            }

            if (!_asking.TryGetValue(organization, out asking!))
            {
                // One question at a time, whoever waits for it; it ends by the calls' own patience.
                asking = Ask(organization);
                if (!asking.IsCompleted)
                {
                    _asking[organization] = asking;
                }
            }
        }

        return await asking.WaitAsync(cancellation);
    }

    /// <summary>Its workspaces have changed: the next request asks for them again. While the grain does not answer, what was known holds.</summary>
    public void Forget(string organization)
    {
        lock (_gate)
        {
            if (Find(organization) is { } entry)
            {
                Remember(organization, entry with { CurrentUntil = clock.GetUtcNow() });
            }
        }
    }

    private async Task<OrganizationAccess?> Ask(string organization)
    {
        await Task.Yield(); // never under the caller's lock
        var asked = clock.GetUtcNow();
        var answer = await grains.Ask(
            factory => factory.GetGrain<IOrganizationGrain>(organization).GetAccess(), options.Value.GrainPatience, CancellationToken.None);
        lock (_gate)
        {
            _asking.Remove(organization);
            if (answer is GrainAnswer<OrganizationAccess>.Answered { Value: var access })
            {
                Remember(organization, new Entry(access, asked, asked + options.Value.AccessLife));
                return access;
            }

            if (Find(organization) is not { } entry || clock.GetUtcNow() - entry.Asked > options.Value.AccessStale)
            {
                return null;
            }

            Remember(organization, entry with { CurrentUntil = clock.GetUtcNow() + PauseAfterSilence });
            return entry.Access;
        }
    }

    private Entry? Find(string organization) => _known.GetValueOrDefault(organization) ?? _unknown.GetValueOrDefault(organization);

    private bool IsCurrent(Entry entry)
    {
        var now = clock.GetUtcNow();
        return now < entry.CurrentUntil && now - entry.Asked <= options.Value.AccessStale;
    }

    private void Remember(string organization, Entry entry)
    {
        _known.Remove(organization);
        _unknown.Remove(organization);
        var (place, most) = entry.Access.ApiKeyHashes.Count > 0 ? (_known, MaxKnown) : (_unknown, MaxUnknown);
        if (place.Count >= most)
        {
            // Full is rare, and a linear look at so few entries is cheaper than keeping them in order all the time.
            place.Remove(place.MinBy(other => other.Value.Asked).Key);
        }

        place[organization] = entry;
    }

    private sealed record Entry(OrganizationAccess Access, DateTimeOffset Asked, DateTimeOffset CurrentUntil);
}
