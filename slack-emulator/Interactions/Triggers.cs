using System.Security.Cryptography;

namespace ThreadGrains.SlackEmulator.Interactions;

/// <summary>Trigger ids: they live for three seconds and count once (contract 3.6).</summary>
internal sealed class Triggers
{
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (DateTimeOffset Until, bool Used)> _triggers = [];

    public string Make()
    {
        string id = $"{RandomNumberGenerator.GetInt32(int.MaxValue)}.{RandomNumberGenerator.GetInt32(int.MaxValue)}.{RandomNumberGenerator.GetHexString(32, lowercase: true)}";
        lock (_lock)
        {
            _triggers[id] = (DateTimeOffset.UtcNow + Life, false);
        }

        return id;
    }

    /// <summary>Uses a trigger up. Null: it was good; else Slack's error.</summary>
    public string? Use(string? id)
    {
        lock (_lock)
        {
            if (id is null || !_triggers.TryGetValue(id, out var trigger))
            {
                return "invalid_trigger_id";
            }

            if (trigger.Until < DateTimeOffset.UtcNow)
            {
                return "expired_trigger_id";
            }

            if (trigger.Used)
            {
                return "exchanged_trigger_id";
            }

            _triggers[id] = (trigger.Until, true);
            return null;
        }
    }
}
