using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace ThreadGrains.SlackEmulator.Interactions;

/// <summary>Trigger ids: each opens one view, once, within 3 seconds of the interaction (Slack, "Handling user interaction").</summary>
internal sealed partial class Triggers(TimeProvider clock)
{
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(3);

    /// <summary>Older ones are forgotten; what they would have been told is the same as for one that never was.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Trigger> _triggers = new(StringComparer.Ordinal);
    private long _number = clock.GetUtcNow().ToUnixTimeMilliseconds();

    public string Give(string team, string user)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            foreach (var (old, trigger) in _triggers.Where(entry => now - entry.Value.At > Memory).ToList()) _triggers.Remove(old);
            var id = string.Create(CultureInfo.InvariantCulture, $"{++_number}.{now.ToUnixTimeSeconds()}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}");
            _triggers.Add(id, new Trigger(team, user, now));
            return id;
        }
    }

    /// <summary>Uses a trigger up.</summary>
    /// <param name="id">As it was sent.</param>
    /// <param name="team">The workspace of the token that sent it.</param>
    /// <param name="user">Who made the interaction.</param>
    /// <returns>Slack's error code, or null.</returns>
    public string? Exchange(string id, string team, out string user)
    {
        user = "";
        if (!Form.IsMatch(id)) return "invalid_arguments";
        lock (_gate)
        {
            if (!_triggers.TryGetValue(id, out var trigger) || trigger.Team != team) return "invalid_trigger_id";
            if (trigger.Used) return "exchanged_trigger_id";
            if (clock.GetUtcNow() - trigger.At > Life) return "expired_trigger_id";
            trigger.Used = true;
            user = trigger.User;
            return null;
        }
    }

    [GeneratedRegex(@"^[0-9]+\.[0-9]+\.[0-9a-f]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Form { get; }

    private sealed class Trigger(string team, string user, DateTimeOffset at)
    {
        public string Team => team;
        public string User => user;
        public DateTimeOffset At => at;
        public bool Used { get; set; }
    }
}
