using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ThreadGrains.Grains.Channels;
using ThreadGrains.Grains.Delivery;
using ThreadGrains.Slack;
using ThreadGrains.Slack.Blocks;
using ThreadGrains.Slack.WebApi;
using ThreadGrains.Workspaces;

namespace ThreadGrains.Grains.Workspaces;

[GrainType("slack-workspace")]
internal sealed partial class SlackWorkspaceGrain(
    [PersistentState("workspace")] IPersistentState<Health> health, IOptions<PacingOptions> pacing, SlackInstallations installations,
    SlackClient slack, TimeProvider clock, ILogger<SlackWorkspaceGrain> logger) : Grain, ISlackWorkspaceGrain, IWorkspaceLaneGrain
{
    private static readonly TimeSpan PermitLife = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan UnsaidRetry = TimeSpan.FromSeconds(30);

    /// <summary>Twice the signature's window: after that a repeated request is stale anyway.</summary>
    private static readonly TimeSpan SignatureMemory = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan NameMemory = TimeSpan.FromHours(1);
    private static readonly TimeSpan NamePatience = TimeSpan.FromMilliseconds(800);
    private const int MaxNames = 10_000;

    private readonly Pacer _posts = new(pacing.Value.WorkspacePerMinute / 60, 10);
    private readonly Pacer _reads = new(pacing.Value.ReadsPerMinute / 60, 10);
    private readonly Pacer _edits = new(pacing.Value.UpdatesPerMinute / 60, 10);
    private readonly Dictionary<string, DateTimeOffset> _throttledChannels = [];
    private readonly HashSet<Guid> _badRequests = [];
    private readonly Dictionary<string, DateTimeOffset> _signatures = [];
    private readonly Dictionary<string, (string? Name, DateTimeOffset Until)> _names = [];
    private int _unsaidInARow;
    private Task<bool>? _probe;

    private SlackToken? Token => installations.TokenOf(this.GetPrimaryKeyString());

    public Task<WorkspaceAdmission> Admit(string? apiAppId, string signatureDigest)
    {
        if (Token is null || (installations.AppId is { } ours && apiAppId is not null && apiAppId != ours))
        {
            DeactivateOnIdle();
            return Task.FromResult(WorkspaceAdmission.Unknown);
        }

        var now = clock.GetUtcNow();
        foreach (string old in _signatures.Where(seen => seen.Value < now).Select(seen => seen.Key).ToList())
        {
            _signatures.Remove(old);
        }

        return Task.FromResult(_signatures.TryAdd(signatureDigest, now + SignatureMemory) ? WorkspaceAdmission.Admitted : WorkspaceAdmission.Repeated);
    }

    public Task Whisper(string channel, string user, string? threadTs, string text)
    {
        if (Token is { } token)
        {
            // Nobody waits for it: the caller has three seconds to answer Slack, and Slack promises nothing here either.
            _ = Send(token);
        }

        return Task.CompletedTask;

        async Task Send(SlackToken token)
        {
            try
            {
                var message = new EphemeralMessage
                {
                    Channel = channel,
                    User = user,
                    Text = Mrkdwn.Escape(text),
                    ThreadTs = SlackTs.TryParse(threadTs, out var ts) ? ts : null,
                };
                if (await slack.PostEphemeral(token, message, CancellationToken.None) is not CallOutcome<SentEphemeral>.Ok)
                {
                    LogNotWhispered(channel);
                }
            }
            catch (ArgumentException)
            {
                LogNotWhispered(channel);
            }
        }
    }

    public async Task<PermitAnswer> LeasePost(string channel) => await Lease(_posts, channel);

    public async Task<PermitAnswer> LeaseRead(string asker) => await Lease(_reads, asker);

    public async Task<PermitAnswer> LeaseEdit(string asker) => await Lease(_edits, asker);

    public Task Went()
    {
        _posts.Succeeded();
        _badRequests.Clear();
        _unsaidInARow = 0;
        return Task.CompletedTask;
    }

    public Task ChannelThrottled(string channel, TimeSpan pause)
    {
        var now = clock.GetUtcNow();
        foreach (string over in _throttledChannels.Where(entry => entry.Value < now).Select(entry => entry.Key).ToList())
        {
            _throttledChannels.Remove(over);
        }

        bool another = _throttledChannels.Keys.Any(other => other != channel);
        _throttledChannels[channel] = now + pause;
        if (another)
        {
            _posts.Throttled(pause, now);
        }

        return Task.CompletedTask;
    }

    public Task Throttled(TimeSpan? retryAfter)
    {
        _posts.Throttled(retryAfter ?? (UnsaidRetry * Math.Min(10, ++_unsaidInARow)), clock.GetUtcNow());
        return Task.CompletedTask;
    }

    public Task CallsThrottled(bool edits, TimeSpan? retryAfter)
    {
        (edits ? _edits : _reads).Throttled(retryAfter ?? UnsaidRetry, clock.GetUtcNow());
        return Task.CompletedTask;
    }

    public async Task Trouble(string error)
    {
        LogTrouble(this.GetPrimaryKeyString(), error);
        health.State.Met(error, clock.GetUtcNow(), pacing.Value.FirstProbe);
        await health.WriteStateAsync();
    }

    public async Task BadRequest(Guid delivery, string error)
    {
        LogBadRequest(delivery, error);
        _badRequests.Add(delivery);
        if (_badRequests.Count >= 3)
        {
            _badRequests.Clear();
            await Trouble($"not_slack:{error}");
        }
    }

    public async Task<string?> NameOf(string user)
    {
        var now = clock.GetUtcNow();
        if (_names.TryGetValue(user, out var known) && known.Until > now)
        {
            return known.Name;
        }

        if (Token is not { } token)
        {
            return null;
        }

        using var patience = new CancellationTokenSource(NamePatience, clock);
        if (await slack.GetUser(token, user, patience.Token) is not CallOutcome<SlackUser>.Ok ok)
        {
            return known.Name;
        }

        if (_names.Count >= MaxNames)
        {
            _names.Clear();
        }

        string? name = new[] { ok.Value.DisplayName, ok.Value.RealName, ok.Value.Name }.FirstOrDefault(shown => !string.IsNullOrWhiteSpace(shown));
        _names[user] = (name, now + NameMemory);
        return name;
    }

    private async Task<PermitAnswer> Lease(Pacer lane, string asker)
    {
        var now = clock.GetUtcNow();
        if (Token is null)
        {
            return new PermitAnswer.Parked("not_installed", now + pacing.Value.FirstProbe);
        }

        if (health.State.Error is not null && !await Probed(now))
        {
            return new PermitAnswer.Parked(health.State.Error ?? "unknown", health.State.ProbeAt ?? now + pacing.Value.FirstProbe);
        }

        return lane.Take(asker, now) is { } later ? new PermitAnswer.NotBefore(later) : new PermitAnswer.Granted(now + PermitLife);
    }

    /// <summary>Asks Slack who we are, once the probe is due; whoever asks meanwhile waits for the same answer.</summary>
    private async Task<bool> Probed(DateTimeOffset now)
    {
        if (_probe is null)
        {
            if (!health.State.TakeProbe(now, pacing.Value.FirstProbe))
            {
                return false;
            }

            _probe = Probe();
        }

        try
        {
            return await _probe;
        }
        finally
        {
            _probe = null;
        }
    }

    private async Task<bool> Probe()
    {
        var outcome = await slack.AuthTest(Token!, CancellationToken.None);
        if (outcome is CallOutcome<SlackIdentity>.Ok)
        {
            LogRecovered(this.GetPrimaryKeyString());
            health.State.Recovered();
            await health.WriteStateAsync();
            return true;
        }

        health.State.Met(health.State.Error ?? "unknown", clock.GetUtcNow(), pacing.Value.FirstProbe);
        await health.WriteStateAsync();
        return false;
    }

    [LoggerMessage(EventName = "workspace_trouble", Level = LogLevel.Error, Message = "Workspace {Workspace} cannot be posted to: {Error}; what is due waits, and auth.test is asked again and again")]
    private partial void LogTrouble(string workspace, string error);

    [LoggerMessage(EventName = "workspace_recovered", Level = LogLevel.Information, Message = "Workspace {Workspace} can be posted to again")]
    private partial void LogRecovered(string workspace);

    [LoggerMessage(EventName = "bad_request", Level = LogLevel.Error, Message = "Slack says that the request for delivery {Delivery} was built wrongly: {Error}; it is dead")]
    private partial void LogBadRequest(Guid delivery, string error);

    [LoggerMessage(EventName = "not_whispered", Level = LogLevel.Information, Message = "An ephemeral message in {Channel} was not taken by Slack")]
    private partial void LogNotWhispered(string channel);
}
