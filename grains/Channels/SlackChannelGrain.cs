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
    /// <summary>A permit not used by then is lost; posting begins within milliseconds of a grant.</summary>
    private static readonly TimeSpan PermitLife = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan UnsaidRetry = TimeSpan.FromSeconds(30);

    private readonly Pacer _lane = new(pacing.Value.ChannelPerSecond, pacing.Value.ChannelBurst);
    private readonly HashSet<Guid> _waitingForWorkspace = [];
    private int _unsaidInARow;

    private ChannelAddress Address => ChannelAddress.Parse(this.GetPrimaryKeyString());

    private IWorkspaceLaneGrain Workspace => GrainFactory.GetGrain<IWorkspaceLaneGrain>(Address.Workspace);

    public async Task<PermitAnswer> Acquire(Guid thread)
    {
        var now = clock.GetUtcNow();
        if (health.State.Error is { } error && !health.State.TakeProbe(now, pacing.Value.FirstProbe))
        {
            return new PermitAnswer.Parked(error, health.State.ProbeAt ?? now);
        }

        // A thread whose turn in the channel has come keeps it while the workspace makes it wait.
        if (!_waitingForWorkspace.Contains(thread) && _lane.Take(thread.ToString("N"), now) is { } later)
        {
            return new PermitAnswer.NotBefore(later);
        }

        _waitingForWorkspace.Add(thread);
        var answer = await Workspace.LeasePost(this.GetPrimaryKeyString());
        if (answer is not PermitAnswer.NotBefore)
        {
            _waitingForWorkspace.Remove(thread);
        }

        return answer is PermitAnswer.Granted granted ? granted with { Until = clock.GetUtcNow() + PermitLife } : answer;
    }

    public async Task Went()
    {
        _lane.Succeeded();
        _unsaidInARow = 0;
        if (health.State.Error is not null)
        {
            health.State.Recovered();
            await health.WriteStateAsync();
        }

        await Workspace.Went();
    }

    public async Task Throttled(TimeSpan? retryAfter)
    {
        var pause = retryAfter ?? (UnsaidRetry * Math.Min(10, ++_unsaidInARow));
        _lane.Throttled(pause, clock.GetUtcNow());
        _waitingForWorkspace.Clear();
        await Workspace.ChannelThrottled(this.GetPrimaryKeyString(), pause);
    }

    public async Task Trouble(string error)
    {
        health.State.Met(error, clock.GetUtcNow(), pacing.Value.FirstProbe);
        await health.WriteStateAsync();
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
