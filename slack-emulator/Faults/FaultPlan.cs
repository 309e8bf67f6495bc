using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ThreadGrains.SlackEmulator.Faults;

/// <summary>
/// The rules in force. A draw depends on the seed, the rule's place, the channel and the number of the matching call in that channel,
/// on nothing else: the same calls in a channel meet the same faults, whatever happens beside them and however often a test is run.
/// </summary>
internal sealed class FaultPlan
{
    private readonly Lock _gate = new();
    private readonly List<Counted> _rules = [];
    private long _seed;
    private int _places;

    public IReadOnlyList<FaultRule> Rules
    {
        get
        {
            lock (_gate) return [.. _rules.Select(static counted => counted.Rule)];
        }
    }

    /// <summary>Replaces all rules; counting begins anew.</summary>
    public void Set(long seed, IReadOnlyList<FaultRule> rules)
    {
        lock (_gate)
        {
            _rules.Clear();
            (_seed, _places) = (seed, 0);
            Add(rules);
        }
    }

    /// <summary>Replaces the rules that name one channel. The others go on counting, and draw as before.</summary>
    public void Set(string channel, IReadOnlyList<FaultRule> rules)
    {
        lock (_gate)
        {
            _rules.RemoveAll(counted => counted.Rule.Channel == channel);
            Add(rules);
        }
    }

    private void Add(IReadOnlyList<FaultRule> rules) => _rules.AddRange(rules.Select(rule => new Counted(rule, _places++)));

    /// <summary>The first rule that fires for a call. Every rule that matches counts the call, also behind one that fires.</summary>
    public FaultRule? Decide(string method, string team, string channel)
    {
        lock (_gate)
        {
            FaultRule? first = null;
            foreach (var counted in _rules)
            {
                if (counted.Fires(method, team, channel, _seed)) first ??= counted.Rule;
            }
            return first;
        }
    }

    /// <summary>A number from 0 up to 1, the same for the same arguments on every machine.</summary>
    internal static double Draw(long seed, int rule, string channel, long call)
    {
        var name = Encoding.UTF8.GetBytes($"{seed}/{rule}/{channel}/{call}");
        // 53 bits: what a double holds exactly.
        return (BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(name)) >> 11) * (1.0 / (1UL << 53));
    }

    private sealed class Counted(FaultRule rule, int place)
    {
        private readonly Dictionary<(string Team, string Channel), long> _inChannel = [];
        private long _calls;

        public FaultRule Rule => rule;

        public bool Fires(string method, string team, string channel, long seed)
        {
            if (rule.Method != method || (rule.Team ?? team) != team || (rule.Channel ?? channel) != channel) return false;
            _calls++;
            var here = _inChannel[(team, channel)] = _inChannel.GetValueOrDefault((team, channel)) + 1;

            var from = rule.Nth ?? 1;
            var count = rule.Times ?? (rule.Nth is null ? long.MaxValue : 1);
            var inWindow = _calls >= from && _calls - from < count;
            return inWindow && (rule.Rate is not { } rate || Draw(seed, place, channel, here) < rate);
        }
    }
}
