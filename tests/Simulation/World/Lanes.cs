using ThreadGrains.Grains.Channels;
using ThreadGrains.Grains.Delivery;
using ThreadGrains.Groups;
using ThreadGrains.Simulation.Scheduling;

namespace ThreadGrains.Simulation.World;

/// <summary>The lanes of all channels and workspaces, shared by all silos: the product's pacers and its health, without Orleans around them.</summary>
internal sealed class Lanes(Simulator simulator, PacingOptions pacing)
{
    private readonly Dictionary<ChannelAddress, (Pacer Lane, Health Health)> _channels = [];
    private readonly Dictionary<string, (Pacer Posts, Pacer Reads, Pacer Edits)> _workspaces = [];

    /// <summary>The lanes of one channel, as one silo reaches them.</summary>
    public ILanes Of(ChannelAddress address, Node node, Trouble trouble) => new Wire(this, address, node, trouble);

    /// <summary>An event of Slack's, or a person, says that the channel can be posted to again.</summary>
    public void Recovered(ChannelAddress address) => Channel(address).Health.Recovered();

    private (Pacer Lane, Health Health) Channel(ChannelAddress address) =>
        _channels.TryGetValue(address, out var known) ? known : _channels[address] = (new Pacer(pacing.ChannelPerSecond, pacing.ChannelBurst), new Health());

    private (Pacer Posts, Pacer Reads, Pacer Edits) Workspace(string workspace) =>
        _workspaces.TryGetValue(workspace, out var known)
            ? known
            : _workspaces[workspace] = (new Pacer(pacing.WorkspacePerMinute / 60, 10), new Pacer(pacing.ReadsPerMinute / 60, 10), new Pacer(pacing.UpdatesPerMinute / 60, 10));

    private PermitAnswer Take(Pacer lane, string asker) => lane.Take(asker, simulator.Now) is { } later
        ? new PermitAnswer.NotBefore(later)
        : new PermitAnswer.Granted(simulator.Now.AddSeconds(5));

    private PermitAnswer ForPost(ChannelAddress address, Guid thread)
    {
        var (lane, health) = Channel(address);
        if (health.Error is { } error && !health.TakeProbe(simulator.Now, pacing.FirstProbe))
        {
            return new PermitAnswer.Parked(error, health.ProbeAt ?? simulator.Now);
        }

        return Take(lane, thread.ToString("N")) is PermitAnswer.NotBefore later ? later : Take(Workspace(address.Workspace).Posts, address.ToString());
    }

    private void Report(ChannelAddress address, LaneReport report)
    {
        var (lane, health) = Channel(address);
        switch (report)
        {
            case LaneReport.Went:
                lane.Succeeded();
                health.Recovered();
                break;
            case LaneReport.Throttled throttled:
                lane.Throttled(throttled.RetryAfter ?? TimeSpan.FromSeconds(30), simulator.Now);
                break;
            case LaneReport.ChannelTrouble trouble:
                health.Met(trouble.Error, simulator.Now, pacing.FirstProbe);
                break;
        }
    }

    private sealed class Wire(Lanes lanes, ChannelAddress address, Node node, Trouble trouble) : ILanes
    {
        public Task<PermitAnswer> ForPost(Guid thread) => Ask("permit to post", () => lanes.ForPost(address, thread));

        public Task<PermitAnswer> ForRead(Guid thread) => Ask("permit to read", () => lanes.Take(lanes.Workspace(address.Workspace).Reads, thread.ToString("N")));

        public Task<PermitAnswer> ForEdit(Guid thread) => Ask("permit to edit", () => lanes.Take(lanes.Workspace(address.Workspace).Edits, thread.ToString("N")));

        public Task Report(LaneReport report) => Ask("lane report", () =>
        {
            lanes.Report(address, report);
            return true;
        });

        public Task Throttled(bool edit, TimeSpan? retryAfter) => Ask("lane throttled", () =>
        {
            var (_, reads, edits) = lanes.Workspace(address.Workspace);
            (edit ? edits : reads).Throttled(retryAfter ?? TimeSpan.FromSeconds(30), lanes.Simulator.Now);
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
}
