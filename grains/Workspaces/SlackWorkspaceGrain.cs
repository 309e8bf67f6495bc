using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ThreadGrains.Grains.Channels;
using ThreadGrains.Grains.Delivery;
using ThreadGrains.Grains.Recovery;
using ThreadGrains.Grains.Secrets;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Slack.Blocks;
using ThreadGrains.Slack.WebApi;
using ThreadGrains.Workspaces;

namespace ThreadGrains.Grains.Workspaces;

[GrainType("slack-workspace")]
internal sealed partial class SlackWorkspaceGrain(
    [PersistentState(Health.OfWorkspace)] IPersistentState<Health> health, [PersistentState(InstallationState.Name)] IPersistentState<InstallationState> kept,
    IOptions<PacingOptions> pacing, SlackInstallations configured, TokenCipher cipher, SlackIdentities identities, SlackClient slack, ILedger ledger, ParkedGroups parked, MovedChannels moved, CircuitMetrics circuits, TimeProvider clock, ILogger<SlackWorkspaceGrain> logger) : Grain, ISlackWorkspaceGrain, IWorkspaceLaneGrain
{
    private static readonly TimeSpan PermitLife = TimeSpan.FromSeconds(5);

    /// <summary>Twice the signature's window: after that a repeated request is stale anyway.</summary>
    private static readonly TimeSpan SignatureMemory = TimeSpan.FromMinutes(10);

    private const int MaxSignatures = 100_000;

    /// <summary>Slack repeats an event for a day at most; what it does to channels and workspace is ordered by its own moment besides.</summary>
    private static readonly TimeSpan EventMemory = TimeSpan.FromHours(26);

    private const int MaxEvents = 20_000;

    /// <summary>For asking for scopes; whoever looks at a workspace waits for it.</summary>
    private static readonly TimeSpan ScopesPatience = TimeSpan.FromMilliseconds(800);

    /// <summary>For auth.test with a token that was put; whoever put it waits 5 s in all.</summary>
    private static readonly TimeSpan ProofPatience = TimeSpan.FromSeconds(2.5);

    private readonly WorkspaceLane _lane = new(pacing.Value);
    private readonly RecentIds _signatures = new(SignatureMemory, MaxSignatures);
    private readonly RecentIds _events = new(EventMemory, MaxEvents);
    private readonly GrantedScopes _scopes = new();
    private Task<bool>? _probe;
    private WorkspaceInstallation _installation = null!;
    private WorkspaceEvents _slackEvents = null!;
    private Whispers _whispers = null!;
    private WorkspacePeople _people = null!;

    private SlackToken? Token => _installation.Token;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _installation = new WorkspaceInstallation(this.GetPrimaryKeyString(), kept, configured, cipher);
        if (_installation is { Trouble: WorkspaceInstallation.TokenUnreadable, UnreadableKey: { } key })
        {
            LogUnreadable(this.GetPrimaryKeyString(), key);
        }
        else if (_installation is { Kept: not null, Trouble: null } && health.State.Error is null)
        {
            // Its token may have been unreadable in our former life: what waits for a lost key goes on as soon as the key is back.
            _ = parked.Wake(this.GetPrimaryKeyString(), null);
        }

        _whispers = new Whispers(slack, clock, logger);
        _people = new WorkspacePeople(this.GetPrimaryKeyString(), slack, identities, clock);
        _slackEvents = new WorkspaceEvents(this.GetPrimaryKeyString(), GrainFactory, ledger, slack, identities, _installation, Lost, moved, clock);
        if (_installation.Organization is { } organization)
        {
            _ = moved.FollowAll(organization, this.GetPrimaryKeyString());
        }

        return Task.CompletedTask;
    }

    public async Task<InstallationReceipt> Install(InstallationRequest request)
    {
        if (!InstallationRules.IsBotToken(request.BotToken))
        {
            return new InstallationReceipt(InstallationOutcome.Malformed);
        }

        if (cipher.CurrentKey is null)
        {
            return new InstallationReceipt(InstallationOutcome.NoKey);
        }

        using var patience = new CancellationTokenSource(ProofPatience, clock);
        var said = await slack.AuthTest(new SlackToken(request.BotToken), patience.Token);
        var (outcome, detail) = InstallationProof.Of(said, this.GetPrimaryKeyString(), _installation.Organization, request.Organization);
        if (outcome != InstallationOutcome.Done || said is not CallOutcome<SlackIdentity>.Ok proven)
        {
            return new InstallationReceipt(outcome, Detail: detail);
        }

        var now = clock.GetUtcNow();
        await _installation.Keep(request, proven.Value.AppId, now);
        await GrainFactory.GetGrain<IOrganizationWorkspacesGrain>(request.Organization).Bind(this.GetPrimaryKeyString());
        LogInstalled(this.GetPrimaryKeyString(), request.By, string.Join(", ", InstallationCheck.Missing(proven.Headers.Scopes).Select(scope => scope.Name)) is { Length: > 0 } missing ? missing : "none");
        if (!_installation.IsConfigured)
        {
            _scopes.Told(proven.Headers.Scopes, now);
            // What Slack told of the former token before this moment says nothing of this one.
            health.State.Installed(now);
            await health.WriteStateAsync();
            _ = parked.Wake(this.GetPrimaryKeyString(), null);
        }

        return new InstallationReceipt(InstallationOutcome.Done, await GetHealth());
    }

    public async Task<InstallationReceipt> Uninstall(string organization)
    {
        if (_installation.Kept?.Organization != organization)
        {
            return new InstallationReceipt(InstallationOutcome.NotFound);
        }

        await GrainFactory.GetGrain<IOrganizationWorkspacesGrain>(organization).Unbind(this.GetPrimaryKeyString());
        await _installation.Forget();
        _scopes.Forget();
        LogUninstalled(this.GetPrimaryKeyString());
        return new InstallationReceipt(InstallationOutcome.Done, await GetHealth());
    }

    public Task<KeptInstallation?> GetInstallation() => Task.FromResult(_installation.Kept);

    public Task<Reencryption?> Reencrypt(string key) => _installation.Reencrypt(key);

    public Task<WorkspaceAdmission> Admit(string? apiAppId, string signatureDigest)
    {
        // A token that cannot be read is installed all the same: what is clicked needs none.
        if (_installation.Trouble == WorkspaceInstallation.NotInstalled || (_installation.AppId is { } ours && apiAppId is not null && apiAppId != ours))
        {
            DeactivateOnIdle();
            return Task.FromResult(WorkspaceAdmission.Unknown);
        }

        return Task.FromResult(_signatures.Add(signatureDigest, clock.GetUtcNow()) ? WorkspaceAdmission.Admitted : WorkspaceAdmission.Repeated);
    }

    public Task Whisper(string channel, string user, string? threadTs, string text)
    {
        if (Token is { } token)
        {
            // Nobody waits for it: the caller has three seconds to answer Slack, and Slack promises nothing here either.
            _ = _whispers.Send(token, channel, user, threadTs, Mrkdwn.Escape(text));
        }

        return Task.CompletedTask;
    }

    public Task TellPerson(string about, string channel, string user, string mrkdwn)
    {
        if (Token is { } token && _whispers.TryBegin(about))
        {
            _ = _whispers.Send(token, channel, user, null, mrkdwn);
        }

        return Task.CompletedTask;
    }

    public async Task<SlackEventOutcome> Take(SlackEvent happened)
    {
        if (_events.Contains(happened.Id, clock.GetUtcNow()))
        {
            return SlackEventOutcome.Repeated;
        }

        var outcome = await _slackEvents.Take(happened.Happening, happened.At);
        if (outcome != SlackEventOutcome.Unavailable)
        {
            // Only now: one that could not be taken must not be a repetition when Slack sends it again.
            _events.Add(happened.Id, clock.GetUtcNow());
        }

        return outcome;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_lane.OpenSince is not null)
        {
            circuits.Closed();
        }

        return Task.CompletedTask;
    }

    public async Task<HealthView> GetHealth()
    {
        if (Token is { } token && _scopes.TakeTurn(clock.GetUtcNow()))
        {
            using var patience = new CancellationTokenSource(ScopesPatience, clock);
            await AskForScopes(token, patience.Token);
        }

        return Health() with { Installation = _installation.View, MissingScopes = _scopes.Missing };

        HealthView Health() =>
            _installation.Trouble is { } trouble ? new HealthView(trouble)
            : health.State.Error is null && _lane.OpenSince is { } since ? new HealthView("not_answering", since, _lane.ProbeAt)
            : health.State.View();
    }

    public async Task<IReadOnlyList<HealthView>> GetChannels(IReadOnlyList<string> channels) =>
        await Task.WhenAll(channels.Select(channel => Channel(channel).GetHealth()));

    public async Task<HealthView> Wake()
    {
        if (Token is null)
        {
            return await GetHealth();
        }

        _lane.Hasten(clock.GetUtcNow());
        if (health.State.Error is null || await Ask())
        {
            _ = parked.Wake(this.GetPrimaryKeyString(), null);
        }

        return await GetHealth();
    }

    public Task<HealthView> WakeChannel(string channel) => Channel(channel).Wake();

    public async Task<PermitAnswer> LeasePost(string channel, Guid thread)
    {
        if (Token is { } token && _scopes.TakeTurn(clock.GetUtcNow()))
        {
            // No post waits for it: it is to be known before anything is in doubt, also where nobody looks at the workspace.
            _ = AskForScopes(token, CancellationToken.None);
        }

        bool isProbe = false;
        var answer = await Lease(now =>
        {
            var later = _lane.TakePost(channel, thread, now);
            isProbe = later is null && _lane.TakeProbe(now);
            return later;
        });
        if (isProbe && await slack.AuthTest(Token!, CancellationToken.None) is not CallOutcome<SlackIdentity>.Ok)
        {
            _lane.Ended(thread, unanswered: false, clock.GetUtcNow());
            return new PermitAnswer.NotBefore(_lane.ProbeAt);
        }

        return answer;
    }

    public Task<PermitAnswer> LeaseRead(string asker) => LeaseReadInTurn(asker, clock.GetUtcNow(), canWait: false);

    public Task<PermitAnswer> LeaseReadInTurn(string asker, DateTimeOffset since, bool canWait) =>
        Lease(now => _lane.TakeRead(asker, new ReadRank(since, canWait), now));

    public Task<PermitAnswer> LeaseEdit(string asker) => Lease(now => _lane.TakeEdit(asker, now));

    public async Task Went(Guid thread)
    {
        health.State.Seen(clock.GetUtcNow());
        Tell(_lane.Went(thread, clock.GetUtcNow()));
        if (health.State is { Error: null, Lifted: not null })
        {
            health.State.Recovered();
            await health.WriteStateAsync();
        }
    }

    public Task Ended(bool unanswered, Guid thread)
    {
        Tell(_lane.Ended(thread, unanswered, clock.GetUtcNow()));
        return Task.CompletedTask;
    }

    public Task ChannelThrottled(string channel, TimeSpan pause)
    {
        _lane.ChannelThrottled(channel, pause, clock.GetUtcNow());
        return Task.CompletedTask;
    }

    public Task Throttled(TimeSpan? retryAfter)
    {
        _lane.Throttled(retryAfter, clock.GetUtcNow());
        return Task.CompletedTask;
    }

    public Task CallsThrottled(bool edits, TimeSpan? retryAfter)
    {
        _lane.CallsThrottled(edits, retryAfter, clock.GetUtcNow());
        return Task.CompletedTask;
    }

    public async Task Trouble(string error)
    {
        if (health.State.MetByCall(error, clock.GetUtcNow(), pacing.Value.FirstProbe))
        {
            LogTrouble(this.GetPrimaryKeyString(), error);
            await health.WriteStateAsync();
        }
    }

    public async Task LacksScope(string needed, string provided)
    {
        if (health.State.MetByCall("missing_scope", clock.GetUtcNow(), pacing.Value.FirstProbe))
        {
            health.State.Needed = needed;
            health.State.Provided = provided;
            LogLacksScope(this.GetPrimaryKeyString(), needed, provided);
            await health.WriteStateAsync();
        }
    }

    public async Task BadRequest(Guid delivery, string error)
    {
        LogBadRequest(delivery, error);
        if (_lane.BadRequest(delivery))
        {
            await Trouble($"{Health.NotSlack}{error}");
        }
    }

    public async Task<bool?> Knows(string channel)
    {
        if (Token is not { } token)
        {
            return null;
        }

        using var patience = new CancellationTokenSource(ScopesPatience, clock);
        return await slack.GetChannel(token, channel, patience.Token) switch
        {
            CallOutcome<SlackChannel>.Ok => true,
            CallOutcome<SlackChannel>.Refused { Error: "channel_not_found" } => false,
            _ => null,
        };
    }

    public async Task<string?> NameOf(string user) => (await PersonOf(user, null)).Name;

    public Task<SlackPerson> PersonOf(string user, string? team) => _people.Of(Token, user, team);

    private ISlackChannelGrain Channel(string channel) =>
        GrainFactory.GetGrain<ISlackChannelGrain>(new ChannelAddress(this.GetPrimaryKeyString(), channel).ToString());

    /// <summary>Nothing can be posted in this workspace until somebody installs the app again.</summary>
    private async Task<bool> Lost(string error, DateTimeOffset at)
    {
        if (!health.State.Told(error, at, clock.GetUtcNow(), pacing.Value.FirstProbe))
        {
            return false;
        }

        LogTrouble(this.GetPrimaryKeyString(), error);
        await health.WriteStateAsync();
        return true;
    }

    private void Tell(CircuitChange change)
    {
        switch (change)
        {
            case CircuitChange.Closed:
                circuits.Closed();
                LogAnswers(this.GetPrimaryKeyString());
                break;
            case CircuitChange.Opened:
                circuits.Opened();
                LogHeldBack(this.GetPrimaryKeyString());
                break;
        }
    }

    private async Task<PermitAnswer> Lease(Func<DateTimeOffset, DateTimeOffset?> take)
    {
        var now = clock.GetUtcNow();
        if (_installation.Trouble is { } trouble)
        {
            return new PermitAnswer.Parked(trouble, now + pacing.Value.FirstProbe);
        }

        if (health.State.Error is not null && !await Probed(now))
        {
            return new PermitAnswer.Parked(health.State.Error ?? "unknown", health.State.ProbeAt ?? now + pacing.Value.FirstProbe);
        }

        return take(now) is { } later ? new PermitAnswer.NotBefore(later) : new PermitAnswer.Granted(now + PermitLife, _installation.Stamp);
    }

    /// <summary>Asks Slack who we are, once the probe is due.</summary>
    private async Task<bool> Probed(DateTimeOffset now) =>
        (_probe is not null || health.State.TakeProbe(now, pacing.Value.FirstProbe)) && await Ask();

    /// <summary>Asks Slack who we are; whoever asks meanwhile waits for the same answer. One that failed is no answer for later.</summary>
    private async Task<bool> Ask()
    {
        var probe = _probe ??= Probe();
        try
        {
            return await probe;
        }
        finally
        {
            if (_probe == probe)
            {
                _probe = null;
            }
        }
    }

    private async Task<bool> Probe()
    {
        var outcome = await slack.AuthTest(Token!, CancellationToken.None);
        if (outcome is CallOutcome<SlackIdentity>.Ok ok && !StillLacks(ok.Headers.Scopes))
        {
            _scopes.Told(ok.Headers.Scopes, clock.GetUtcNow());
            LogRecovered(this.GetPrimaryKeyString());
            health.State.Lift();
            health.State.Seen(clock.GetUtcNow());
            await health.WriteStateAsync();
            _ = parked.Wake(this.GetPrimaryKeyString(), null);
            return true;
        }

        string? said = outcome switch
        {
            CallOutcome<SlackIdentity>.Refused { Scope: RefusalScope.Workspace } refused => refused.Error,
            CallOutcome<SlackIdentity>.NotSlack stranger => $"{Health.NotSlack}{stranger.Status}",
            _ => null,
        };
        health.State.Met(said ?? health.State.Error ?? "unknown", clock.GetUtcNow(), pacing.Value.FirstProbe);
        await health.WriteStateAsync();
        return false;
    }

    /// <summary>That Slack says who we are does not mean that the scope is there; of its scopes Slack tells in the same answer.</summary>
    private bool StillLacks(IReadOnlyList<string>? granted)
    {
        if (health.State is not { Error: "missing_scope", Needed: { } needed } || granted is null || MissingScope.IsGranted(needed, granted))
        {
            return false;
        }

        health.State.Provided = string.Join(',', granted);
        return true;
    }

    private async Task AskForScopes(SlackToken token, CancellationToken patience)
    {
        if (await slack.AuthTest(token, patience) is CallOutcome<SlackIdentity>.Ok ok && token.Equals(Token))
        {
            _scopes.Told(ok.Headers.Scopes, clock.GetUtcNow());
            if (!_installation.IsConfigured)
            {
                // Those of configured workspaces are told by the check at the start.
                foreach (var scope in InstallationCheck.Missing(ok.Headers.Scopes))
                {
                    LogScopeMissing(this.GetPrimaryKeyString(), scope.Name, scope.Without);
                }
            }
        }
    }
}
