using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ThreadGrains.SlackEmulator.Faults;

/// <summary>A rule of the plan, as it is PUT.</summary>
internal sealed record FaultRule
{
    public required string Method { get; init; }

    public string? Team { get; init; }

    public string? Channel { get; init; }

    /// <summary>Chance of each matching call, drawn from seed, rule, channel and the call's number in that channel.</summary>
    public double? Rate { get; init; }

    /// <summary>Fires at this matching call, counted from 1.</summary>
    public int? Nth { get; init; }

    /// <summary>How many matching calls it covers, from <see cref="Nth"/> (or the first) on.</summary>
    public int? Times { get; init; }

    public required string Fault { get; init; }

    public string? Error { get; init; }

    public int? RetryAfter { get; init; }

    public int? Milliseconds { get; init; }

    [JsonIgnore]
    public TimeSpan Length => TimeSpan.FromMilliseconds(Milliseconds ?? 1000);
}

/// <summary>The plan as it is PUT.</summary>
internal sealed record FaultRequest(int? Seed, IReadOnlyList<FaultRule> Rules);

/// <summary>Which calls go wrong, and how. A seed replays exactly, whatever the order in which channels are served.</summary>
internal sealed class FaultPlan
{
    public static readonly string[] Kinds =
    [
        "lost_answer", "lost_request", "late", "slow", "http_500", "http_503", "html_200", "rate_limited", "error", "error_stored",
        "hide_from_history", "drop_metadata",
    ];

    private readonly Lock _lock = new();
    private readonly Dictionary<(int Rule, string Channel), int> _calls = [];
    private IReadOnlyList<FaultRule> _rules = [];
    private int _seed;

    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <returns>What is wrong with the request; null: it is in force.</returns>
    public string? Set(FaultRequest request)
    {
        foreach (var rule in request.Rules)
        {
            if (!Kinds.Contains(rule.Fault))
            {
                return $"unknown fault '{rule.Fault}'; known: {string.Join(", ", Kinds)}";
            }

            if (rule is { Rate: not (null or (>= 0 and <= 1)) })
            {
                return "rate must be 0 to 1";
            }

            if (rule.Fault is "error" or "error_stored" && rule.Error is null)
            {
                return $"the fault '{rule.Fault}' needs an error";
            }
        }

        lock (_lock)
        {
            _rules = request.Rules;
            _seed = request.Seed ?? 0;
            _calls.Clear();
        }

        return null;
    }

    public void Clear() => Set(new FaultRequest(0, []));

    /// <summary>The first rule that fires for a call; every matching rule counts it.</summary>
    public FaultRule? Next(string method, string team, string? channel)
    {
        lock (_lock)
        {
            FaultRule? fires = null;
            for (int i = 0; i < _rules.Count; i++)
            {
                var rule = _rules[i];
                if (rule.Method != method || (rule.Team is { } t && t != team) || (rule.Channel is { } c && c != channel))
                {
                    continue;
                }

                int all = _calls[(i, "")] = _calls.GetValueOrDefault((i, "")) + 1;
                int here = _calls[(i, channel ?? "-")] = _calls.GetValueOrDefault((i, channel ?? "-")) + 1;
                if (fires is null && Fires(rule, i, channel ?? "-", all, here))
                {
                    fires = rule;
                }
            }

            return fires;
        }
    }

    private bool Fires(FaultRule rule, int index, string channel, int all, int here)
    {
        int first = rule.Nth ?? 1;
        int times = rule.Times ?? (rule.Nth is null ? int.MaxValue : 1);
        if (all < first || all - first >= times)
        {
            return false;
        }

        return rule.Rate is not { } rate || Draw(index, channel, here) < rate;
    }

    private double Draw(int rule, string channel, int call)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{_seed}|{rule}|{channel}|{call}"));
        return BitConverter.ToUInt32(hash) / (double)uint.MaxValue;
    }
}
