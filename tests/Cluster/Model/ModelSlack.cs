namespace ThreadGrains.Cluster.Tests.Model;

/// <summary>A rule of the emulator's faults, for one channel.</summary>
internal sealed record ChannelFault(string Method, string Channel, string Fault, int? Times = null, string? Error = null, int? RetryAfter = null);

/// <summary>The emulator of stories that are played side by side, each in channels of its own.</summary>
internal sealed class ModelSlack(GroupCluster cluster)
{
    /// <summary>Who writes what is not ours.</summary>
    public const string Person = "U0ROBIN";

    /// <summary>Two channels for one story.</summary>
    public async Task<string[]> Channels() =>
        [.. (await cluster.Tell(HttpMethod.Post, "channels", new { team = GroupCluster.Team, count = 2 }))["channels"]!.AsArray().Select(channel => (string)channel!)];

    public async Task<string> Say(string channel, string text) =>
        (string)(await cluster.Tell(HttpMethod.Post, "say", new { team = GroupCluster.Team, channel, user = Person, text }))["ts"]!;

    /// <summary>From now on exactly these faults in a channel; what is planted in others is not touched.</summary>
    public Task Set(string channel, params ChannelFault[] faults) => cluster.Tell(HttpMethod.Put, $"faults?channel={channel}", new
    {
        rules = faults.Select(one => new
        {
            method = one.Method, channel = one.Channel, fault = one.Fault, times = one.Times, error = one.Error, retryAfter = one.RetryAfter,
        }),
    });
}
