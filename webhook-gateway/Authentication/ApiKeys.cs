using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using ThreadGrains.Organizations;

namespace ThreadGrains.WebhookGateway.Authentication;

/// <summary>Whose key it is, and what belongs to them.</summary>
internal sealed record Caller(string Organization, IReadOnlyList<string> Workspaces);

/// <summary>What became of a look at a key.</summary>
internal enum KeyVerdict
{
    Good,
    Wrong,
    TooManyWrong,
    CannotTell,
}

/// <summary>
/// Tells whose API key a request carries. The organization's grain names the hashes; they are kept for half a minute, and
/// stale ones for five while the grain does not answer. Memory is bounded whatever is sent.
/// </summary>
internal sealed partial class ApiKeys(IGrainFactory grains, IOptions<GatewayOptions> options, TimeProvider clock)
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Usable = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (OrganizationAccess Access, DateTimeOffset At)> _known = new();
    private readonly ConcurrentDictionary<string, (int Count, DateTimeOffset Since)> _failures = new();

    public async Task<(KeyVerdict Verdict, Caller? Caller)> Look(HttpContext http)
    {
        string from = http.Connection.RemoteIpAddress?.ToString() ?? "";
        var now = clock.GetUtcNow();
        if (_failures.TryGetValue(from, out var failed) && failed.Count >= options.Value.FailedKeysPerMinute && now - failed.Since < TimeSpan.FromMinutes(1))
        {
            return (KeyVerdict.TooManyWrong, null);
        }

        var header = http.Request.Headers.Authorization;
        if (header.Count != 1 || header[0] is not { } value || Bearer().Match(value) is not { Success: true } match)
        {
            return (Failed(from, now), null);
        }

        string organization = match.Groups["organization"].Value;
        if (await Access(organization, now) is not { } access)
        {
            return (KeyVerdict.CannotTell, null);
        }

        byte[] given = SHA256.HashData(Encoding.UTF8.GetBytes(match.Groups["key"].Value));
        bool good = false;
        foreach (string hash in access.ApiKeyHashes)
        {
            good |= CryptographicOperations.FixedTimeEquals(given, Convert.FromHexString(hash));
        }

        return good ? (KeyVerdict.Good, new Caller(organization, access.Workspaces)) : (Failed(from, now), null);
    }

    private async Task<OrganizationAccess?> Access(string organization, DateTimeOffset now)
    {
        bool remembered = _known.TryGetValue(organization, out var known);
        if (remembered && now - known.At < Fresh)
        {
            return known.Access;
        }

        try
        {
            var access = await grains.GetGrain<IOrganizationGrain>(organization).GetAccess().WaitAsync(Patience, clock);
            if (_known.Count >= MaxRemembered)
            {
                _known.Clear();
            }

            _known[organization] = (access, now);
            return access;
        }
        catch (Exception error) when (GrainTrouble.Is(error))
        {
            return remembered && now - known.At < Usable ? known.Access : null;
        }
    }

    private KeyVerdict Failed(string from, DateTimeOffset now)
    {
        if (_failures.Count >= MaxRemembered)
        {
            _failures.Clear();
        }

        _failures.AddOrUpdate(from, (1, now), (_, old) => now - old.Since < TimeSpan.FromMinutes(1) ? (old.Count + 1, old.Since) : (1, now));
        return KeyVerdict.Wrong;
    }

    [GeneratedRegex("^Bearer (?<key>tg_(?<organization>[a-z0-9-]{1,40})_[A-Za-z0-9_-]{43})$", RegexOptions.ExplicitCapture)]
    private static partial Regex Bearer();
}
