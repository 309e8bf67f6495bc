using Orleans.Concurrency;
using ThreadGrains.Workspaces;

namespace ThreadGrains.Grains.Channels;

/// <summary>A Slack channel's lane and health; key <c>team/channel</c>. Shared by all silos, so that a limit holds for all of them.</summary>
[Alias("threadgrains.ISlackChannelGrain"), GrainInterfaceType("threadgrains.ISlackChannelGrain")]
internal interface ISlackChannelGrain : IGrainWithStringKey
{
    /// <summary>The wish of a thread to post one message now.</summary>
    [AlwaysInterleave, Alias("Acquire")]
    Task<PermitAnswer> Acquire(Guid thread);

    /// <summary>The thread's post went through: the pace recovers, and a parked channel is open again. Older silos name no thread.</summary>
    [AlwaysInterleave, Alias("Went")]
    Task Went(Guid thread);

    /// <summary>Slack limited a post into this channel; null: without saying for how long.</summary>
    [AlwaysInterleave, Alias("Throttled")]
    Task Throttled(TimeSpan? retryAfter);

    /// <summary>Slack refused a post with an error of the channel: nothing can be posted here now.</summary>
    [AlwaysInterleave, Alias("Trouble")]
    Task Trouble(string error);

    /// <summary>Slack refused an edit with an error of the channel. It is no probe: of an error that is known nothing follows.</summary>
    [AlwaysInterleave, Alias("RefusedEdit")]
    Task RefusedEdit(string error);

    /// <summary>
    /// Slack told of the channel: <paramref name="error"/> is what a post would meet now, null that all is well. False: something
    /// newer is known.
    /// </summary>
    [AlwaysInterleave, Alias("Told")]
    Task<bool> Told(string? error, DateTimeOffset at);

    /// <summary>The channel is called so; told by silos of before <see cref="RenamedAt"/>.</summary>
    [AlwaysInterleave, Alias("Renamed")]
    Task Renamed(string name);

    /// <summary>The channel is called so since the moment given. False: a newer name is known.</summary>
    [AlwaysInterleave, Alias("RenamedAt")]
    Task<bool> RenamedAt(string name, DateTimeOffset at);

    /// <summary>How the channel is.</summary>
    [AlwaysInterleave, Alias("GetHealth")]
    Task<HealthView> GetHealth();

    /// <summary>Lets go what waits for the channel.</summary>
    [AlwaysInterleave, Alias("Wake")]
    Task<HealthView> Wake();
}
