using ThreadGrains.Chaos.Sending;

namespace ThreadGrains.Chaos.Running;

/// <summary>
/// Asks the product once a second which deliveries are in doubt, and keeps how long each was: from the look before it was seen first
/// until the one that missed it, so never too short. What comes and goes between two looks is not seen.
/// </summary>
internal sealed class DoubtWatch(GatewayClient gateway)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, DateTimeOffset> _since = [];
    private readonly List<double> _ended = [];
    private DateTimeOffset? _lookedAt;

    /// <summary>The seconds of all that were seen, sorted; of those that have not ended, until the last look.</summary>
    public IReadOnlyList<double> Seconds => [.. _ended.Concat(_since.Values.Select(since => (_lookedAt!.Value - since).TotalSeconds)).Order()];

    /// <summary>Looks until it is cancelled.</summary>
    public async Task Run(CancellationToken cancellation)
    {
        using var tick = new PeriodicTimer(Pause);
        while (await tick.WaitForNextTickAsync(cancellation))
        {
            var now = DateTimeOffset.UtcNow;
            if (await InDoubt() is { } doubtful)
            {
                Take(doubtful, now);
            }
        }
    }

    /// <summary>Takes over what one look has seen.</summary>
    public void Take(IReadOnlySet<string> doubtful, DateTimeOffset now)
    {
        foreach (var (delivery, since) in _since.Where(pair => !doubtful.Contains(pair.Key)).ToList())
        {
            _since.Remove(delivery);
            _ended.Add((now - since).TotalSeconds);
        }

        foreach (string delivery in doubtful)
        {
            _since.TryAdd(delivery, _lookedAt ?? now);
        }

        _lookedAt = now;
    }

    /// <returns>Null: the gateway did not answer.</returns>
    private async Task<IReadOnlySet<string>?> InDoubt()
    {
        var doubtful = new HashSet<string>();
        string? next = null;
        do
        {
            using var page = await gateway.Get($"/v1/deliveries?state=in_doubt&limit=200{(next is null ? "" : $"&cursor={Uri.EscapeDataString(next)}")}");
            if (page is null)
            {
                return null;
            }

            doubtful.UnionWith(page.RootElement.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            next = page.RootElement.TryGetProperty("next", out var more) ? more.GetString() : null;
        }
        while (next is not null);
        return doubtful;
    }
}
