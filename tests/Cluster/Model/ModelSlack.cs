namespace ThreadGrains.Cluster.Tests.Model;

/// <summary>A rule of the emulator's faults, for one channel.</summary>
internal sealed record ChannelFault(string Method, string Channel, string Fault, int? Times = null, string? Error = null, int? RetryAfter = null);

/// <summary>
/// The emulator of stories that are played side by side, each in channels of its own. The emulator takes all fault rules at
/// once, so they are kept here for everybody. Each change starts all counting anew: a fault that was over may come once more,
/// which is why those of one time are only such as leave no mark on what is delivered.
/// </summary>
internal sealed class ModelSlack(GroupCluster cluster) : IDisposable
{
    /// <summary>Who writes what is not ours.</summary>
    public const string Person = "U0ROBIN";

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, ChannelFault[]> _faults = [];

    /// <summary>Two channels for one story.</summary>
    public async Task<string[]> Channels() =>
        [.. (await cluster.Tell(HttpMethod.Post, "channels", new { team = GroupCluster.Team, count = 2 }))["channels"]!.AsArray().Select(channel => (string)channel!)];

    public async Task<string> Say(string channel, string text) =>
        (string)(await cluster.Tell(HttpMethod.Post, "say", new { team = GroupCluster.Team, channel, user = Person, text }))["ts"]!;

    /// <summary>From now on exactly these faults in a channel.</summary>
    public async Task Set(string channel, params ChannelFault[] faults)
    {
        await _gate.WaitAsync();
        try
        {
            if (faults.Length == 0 && !_faults.ContainsKey(channel))
            {
                return;
            }

            _faults[channel] = faults;
            if (faults.Length == 0)
            {
                _faults.Remove(channel);
            }

            await cluster.Tell(HttpMethod.Put, "faults", new
            {
                rules = _faults.Values.SelectMany(all => all).Select(one => new
                {
                    method = one.Method, channel = one.Channel, fault = one.Fault, times = one.Times, error = one.Error, retryAfter = one.RetryAfter,
                }),
            });
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();
}
