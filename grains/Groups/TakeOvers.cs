using System.Collections.Concurrent;

namespace ThreadGrains.Grains.Groups;

/// <summary>
/// When this silo took which group over. Two activations of one group, each of which believes to be the only one, fence each
/// other off in turn; whoever takes a group over for the second time within 2 s first waits a random part of a second, so
/// that one of them gets on with the work.
/// </summary>
internal sealed class TakeOvers(TimeProvider clock, Func<double> chance)
{
    private const int Remembered = 10_000;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<Guid, long> _last = new();

    /// <summary>Waits, where this silo has taken the group over a moment ago.</summary>
    public Task Wait(Guid group, CancellationToken cancellation) =>
        _last.TryGetValue(group, out long at) && clock.GetElapsedTime(at) < Soon
            ? Task.Delay(TimeSpan.FromSeconds(chance()), clock, cancellation)
            : Task.CompletedTask;

    /// <summary>This silo has taken the group over.</summary>
    public void Happened(Guid group)
    {
        if (_last.Count >= Remembered)
        {
            foreach (var (old, at) in _last)
            {
                if (clock.GetElapsedTime(at) >= Soon)
                {
                    _last.TryRemove(old, out _);
                }
            }
        }

        _last[group] = clock.GetTimestamp();
    }
}
