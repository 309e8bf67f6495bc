using Orleans.Concurrency;

namespace ThreadGrains.Grains.Channels;

/// <summary>A Slack channel's lane and health; key <c>team/channel</c>. Shared by all silos, so that a limit holds for all of them.</summary>
[Alias("threadgrains.ISlackChannelGrain"), GrainInterfaceType("threadgrains.ISlackChannelGrain")]
internal interface ISlackChannelGrain : IGrainWithStringKey
{
    /// <summary>The wish of a thread to post one message now.</summary>
    [AlwaysInterleave, Alias("Acquire")]
    Task<PermitAnswer> Acquire(Guid thread);

    /// <summary>A post went through: the pace recovers, and a parked channel is open again.</summary>
    [AlwaysInterleave, Alias("Went")]
    Task Went();

    /// <summary>Slack limited a post into this channel; null: without saying for how long.</summary>
    [AlwaysInterleave, Alias("Throttled")]
    Task Throttled(TimeSpan? retryAfter);

    /// <summary>Slack refused a post with an error of the channel: nothing can be posted here now.</summary>
    [AlwaysInterleave, Alias("Trouble")]
    Task Trouble(string error);
}
