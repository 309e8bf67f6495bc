using Microsoft.Extensions.Options;
using ThreadGrains.Grains.Delivery;
using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Grains.Recovery;
using ThreadGrains.Groups;
using ThreadGrains.Workspaces;

namespace ThreadGrains.Grains.Channels;

[GrainType("slack-channel")]
internal sealed class SlackChannelGrain(
    [PersistentState("channel")] IPersistentState<Health> health, IOptions<PacingOptions> pacing, ParkedGroups parked,
    TimeProvider clock) : Grain, ISlackChannelGrain
{
    private readonly ChannelLane _lane = new(pacing.Value);

    private ChannelAddress Address => ChannelAddress.Parse(this.GetPrimaryKeyString());

    private IWorkspaceLaneGrain Workspace => GrainFactory.GetGrain<IWorkspaceLaneGrain>(Address.Workspace);

    public async Task<PermitAnswer> Acquire(Guid thread) => _lane.Ask(thread, health.State, clock.GetUtcNow())
        ?? _lane.Answered(thread, await Workspace.LeasePost(this.GetPrimaryKeyString(), thread), clock.GetUtcNow());

    public async Task Went(Guid thread)
    {
        _lane.Went();
        health.State.Seen(clock.GetUtcNow());
        if (health.State.Error is not null)
        {
            health.State.Recovered();
            await health.WriteStateAsync();
        }

        await Workspace.Went(thread);
    }

    public Task Throttled(TimeSpan? retryAfter) =>
        Workspace.ChannelThrottled(this.GetPrimaryKeyString(), _lane.Throttled(retryAfter, clock.GetUtcNow()));

    public async Task Trouble(string error)
    {
        health.State.Met(error, clock.GetUtcNow(), pacing.Value.FirstProbe);
        await health.WriteStateAsync();
    }

    public async Task RefusedEdit(string error)
    {
        if (health.State.MetByCall(error, clock.GetUtcNow(), pacing.Value.FirstProbe))
        {
            await health.WriteStateAsync();
        }
    }

    public async Task<bool> Told(string? error, DateTimeOffset at)
    {
        if (!health.State.Told(error, at, clock.GetUtcNow(), pacing.Value.FirstProbe))
        {
            return false;
        }

        await health.WriteStateAsync();
        if (error is null)
        {
            _ = parked.Wake(Address.Workspace, Address.Channel);
        }

        return true;
    }

    public async Task Renamed(string name)
    {
        health.State.Name = name;
        await health.WriteStateAsync();
    }

    public async Task<bool> RenamedAt(string name, DateTimeOffset at)
    {
        if (!health.State.Named(name, at))
        {
            return false;
        }

        await health.WriteStateAsync();
        return true;
    }

    public Task<HealthView> GetHealth() => Task.FromResult(health.State.View());

    public async Task<HealthView> Wake()
    {
        if (health.State.Error is not null)
        {
            health.State.Recovered();
            await health.WriteStateAsync();
        }

        _ = parked.Wake(Address.Workspace, Address.Channel);
        return health.State.View();
    }
}
