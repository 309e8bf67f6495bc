using ThreadGrains.Grains.Channels;
using ThreadGrains.Grains.Delivery;
using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Groups;
using ThreadGrains.Simulation.Scheduling;

namespace ThreadGrains.Simulation.World;

/// <summary>The lanes of all channels and workspaces, shared by all silos: the product's lanes and its health, without Orleans around them.</summary>
internal sealed class Lanes(Simulator simulator, PacingOptions pacing)
{
    private readonly Dictionary<ChannelAddress, (ChannelLane Lane, Health Health)> _channels = [];
    private readonly Dictionary<string, WorkspaceLane> _workspaces = [];
    private readonly Dictionary<string, Health> _workspaceHealth = [];

    /// <summary>The lanes of one channel, as one silo reaches them.</summary>
    public ILanes Of(ChannelAddress address, Node node, Trouble trouble) => new Wire(this, address, node, trouble);

    /// <summary>An event of Slack's, or a person, says that the channel can be posted to again.</summary>
    public void Recovered(ChannelAddress address) => Channel(address).Health.Recovered();

    private (ChannelLane Lane, Health Health) Channel(ChannelAddress address) =>
        _channels.TryGetValue(address, out var known) ? known : _channels[address] = (new ChannelLane(pacing), new Health());

    private WorkspaceLane Workspace(string workspace) =>
        _workspaces.TryGetValue(workspace, out var known) ? known : _workspaces[workspace] = new WorkspaceLane(pacing);

    private Health HealthOf(string workspace) =>
        _workspaceHealth.TryGetValue(workspace, out var known) ? known : _workspaceHealth[workspace] = new Health();

    /// <summary>What the workspace's grain answers. Slack always says who we are here, so that the first probe lifts any trouble.</summary>
    private PermitAnswer Lease(string workspace, Func<WorkspaceLane, DateTimeOffset?> take)
    {
        var health = HealthOf(workspace);
        if (health.Error is { } error)
        {
            if (!health.TakeProbe(simulator.Now, pacing.FirstProbe))
            {
                return new PermitAnswer.Parked(error, health.ProbeAt ?? simulator.Now);
            }

            health.Lift();
        }

        return take(Workspace(workspace)) is { } at ? new PermitAnswer.NotBefore(at) : new PermitAnswer.Granted(simulator.Now.AddSeconds(5));
    }

    private PermitAnswer ForPost(ChannelAddress address, Guid thread)
    {
        var (lane, health) = Channel(address);
        return lane.Ask(thread, health, simulator.Now) ?? lane.Answered(thread, Lease(address.Workspace, workspace => ForPost(workspace, address.ToString(), thread)), simulator.Now);
    }

    /// <summary>Slack always says who we are here: a probe is a post.</summary>
    private DateTimeOffset? ForPost(WorkspaceLane lane, string channel, Guid thread)
    {
        var later = lane.TakePost(channel, thread, simulator.Now);
        if (later is null)
        {
            lane.TakeProbe(simulator.Now);
        }

        return later;
    }

    private void Report(ChannelAddress address, Guid thread, LaneReport report)
    {
        var (lane, health) = Channel(address);
        var workspace = Workspace(address.Workspace);
        if (report is not LaneReport.Went)
        {
            workspace.Ended(thread, report is LaneReport.Unanswered or LaneReport.NotSlack, simulator.Now);
        }

        switch (report)
        {
            case LaneReport.Went:
                lane.Went();
                health.Recovered();
                workspace.Went(thread, simulator.Now);
                if (HealthOf(address.Workspace) is { Error: null, Lifted: not null } lifted)
                {
                    lifted.Recovered();
                }

                break;
            case LaneReport.NotSlack stranger:
                HealthOf(address.Workspace).MetByCall($"{Health.NotSlack}{stranger.Status}", simulator.Now, pacing.FirstProbe);
                break;
            case LaneReport.Throttled { WorkspaceWide: true } throttled:
                workspace.Throttled(throttled.RetryAfter, simulator.Now);
                break;
            case LaneReport.Throttled throttled:
                workspace.ChannelThrottled(address.ToString(), lane.Throttled(throttled.RetryAfter, simulator.Now), simulator.Now);
                break;
            case LaneReport.ChannelTrouble trouble:
                health.Met(trouble.Error, simulator.Now, pacing.FirstProbe);
                break;
        }
    }

    private sealed class Wire(Lanes lanes, ChannelAddress address, Node node, Trouble trouble) : ILanes
    {
        public Task<PermitAnswer> ForPost(Guid thread) => Ask("permit to post", () => lanes.ForPost(address, thread));

        public Task<PermitAnswer> ForRead(Guid thread, ReadRank rank) => Ask("permit to read", () => lanes.Lease(address.Workspace, lane => lane.TakeRead(thread.ToString("N"), rank, lanes.Simulator.Now)));

        public Task<PermitAnswer> ForEdit(Guid thread) => Ask("permit to edit", () => lanes.Lease(address.Workspace, lane => lane.TakeEdit(thread.ToString("N"), lanes.Simulator.Now)));

        public Task Report(Guid thread, LaneReport report) => Ask("lane report", () =>
        {
            lanes.Report(address, thread, report);
            return true;
        });

        public Task ChannelSaid(string? error) => Ask("channel's word on an edit", () =>
        {
            var (_, health) = lanes.Channel(address);
            if (error is null)
            {
                health.Recovered();
                return true;
            }

            return health.MetByCall(error, lanes.Simulator.Now, lanes.FirstProbe);
        });

        public Task Throttled(bool edit, TimeSpan? retryAfter) => Ask("lane throttled", () =>
        {
            lanes.Workspace(address.Workspace).CallsThrottled(edit, retryAfter, lanes.Simulator.Now);
            return true;
        });

        private Task<T> Ask<T>(string what, Func<T> answer)
        {
            var promise = new TaskCompletionSource<T>();
            var fault = trouble.Next(Io.Lane);
            lanes.Simulator.After(lanes.Simulator.Between(0.1, 2), node, what, () =>
            {
                if (fault == Fault.None)
                {
                    promise.SetResult(answer());
                }
                else
                {
                    promise.SetException(new TimeoutException("The lane's silo does not answer."));
                }
            });
            return promise.Task;
        }
    }

    private Simulator Simulator => simulator;

    private TimeSpan FirstProbe => pacing.FirstProbe;
}
