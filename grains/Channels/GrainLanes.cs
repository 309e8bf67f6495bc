using ThreadGrains.Grains.Delivery;
using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Groups;

namespace ThreadGrains.Grains.Channels;

/// <summary>The lanes of one channel, as grains shared by all silos.</summary>
internal sealed class GrainLanes(IGrainFactory grains, ChannelAddress address) : ILanes
{
    private ISlackChannelGrain Channel => grains.GetGrain<ISlackChannelGrain>(address.ToString());

    private IWorkspaceLaneGrain Workspace => grains.GetGrain<IWorkspaceLaneGrain>(address.Workspace);

    public Task<PermitAnswer> ForPost(Guid thread) => Channel.Acquire(thread);

    public Task<PermitAnswer> ForRead(Guid thread) => Workspace.LeaseRead(thread.ToString("N"));

    public Task<PermitAnswer> ForEdit(Guid thread) => Workspace.LeaseEdit(thread.ToString("N"));

    public Task Report(LaneReport report) => report switch
    {
        LaneReport.Went => Channel.Went(),
        LaneReport.Throttled { WorkspaceWide: true } throttled => Workspace.Throttled(throttled.RetryAfter),
        LaneReport.Throttled throttled => Channel.Throttled(throttled.RetryAfter),
        LaneReport.ChannelTrouble trouble => Channel.Trouble(trouble.Error),
        LaneReport.WorkspaceTrouble trouble => Workspace.Trouble(trouble.Error),
        LaneReport.BadRequest bad => Workspace.BadRequest(bad.Delivery, bad.Error),
        _ => throw new System.Diagnostics.UnreachableException($"No rule for {report.GetType().Name}"),
    };

    public Task Throttled(bool edit, TimeSpan? retryAfter) => Workspace.CallsThrottled(edit, retryAfter);
}
