using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using ThreadGrains.Grains.Groups;
using ThreadGrains.Grains.Rendering;
using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Organizations;

namespace ThreadGrains.Grains.Organizations;

/// <summary>
/// An organization. The first one, its key, workspaces and default channel come from configuration; they are read at
/// every activation, so a changed key or channel needs a restart and no migration. What is posted where, the routes of
/// alerts, and which workspaces keep a token of the organization, are set by API and kept.
/// </summary>
[GrainType("organization")]
internal sealed class OrganizationGrain(
    [PersistentState(OrganizationState.Name)] IPersistentState<OrganizationState> state, IOptions<OrganizationOptions> organization, IOptions<SlackOptions> slack,
    SlackInstallations installations, TimeProvider clock) : Grain, IOrganizationGrain, IOrganizationWorkspacesGrain
{
    /// <summary>For all channels of a policy or of routes together; a gateway waits 5 s in all.</summary>
    private static readonly TimeSpan LookUpPatience = TimeSpan.FromSeconds(2);

    private bool IsConfigured => organization.Value.Organization == this.GetPrimaryKeyString();

    /// <summary>Those that are bound to the organization. A configured one is the configured organization's, whoever put a token for it before.</summary>
    private IEnumerable<string> Workspaces =>
        (IsConfigured ? installations.Workspaces : []).Concat(state.State.Workspaces.Where(workspace => !installations.Workspaces.Contains(workspace)));

    public Task<OrganizationAccess> GetAccess()
    {
        if (!IsConfigured || organization.Value.ApiKey is not { Length: > 0 } key)
        {
            // Keys that name an organization which does not exist must not fill the memory.
            DeactivateOnIdle();
            return Task.FromResult(new OrganizationAccess([], []));
        }

        return Task.FromResult(new OrganizationAccess([Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))], [.. Workspaces]));
    }

    public Task<OrganizationSettings> GetSettings()
    {
        if (!IsConfigured)
        {
            DeactivateOnIdle();
            return Task.FromResult(new OrganizationSettings([]));
        }

        ChannelAddress? usual = slack.Value is { Workspace: { Length: > 0 } workspace, Channel: { Length: > 0 } channel }
            ? new ChannelAddress(workspace, channel)
            : null;
        return Task.FromResult(new OrganizationSettings(
            [.. Workspaces], usual, organization.Value.Policy.SystemActors == SystemActors.Post,
            organization.Value.ThreadsOff, organization.Value.TrackerName, state.State.Policy, state.State.Routes, state.State.Moves).Applied());
    }

    public Task<PostingPolicy> GetPolicy() => Task.FromResult(state.State.Policy ?? PostingPolicy.Default);

    public async Task<IReadOnlyList<SettingsFault>> SetPolicy(PostingPolicy policy)
    {
        var faults = Faults(SettingsRules.Check(policy));
        faults.AddRange(policy.Rules.Index()
            .Where(rule => rule.Item.Workspace is { } workspace && !Workspaces.Contains(workspace))
            .Select(rule => Foreign($"rules[{rule.Index}].workspace", rule.Item.Workspace!)));
        if (faults.Count == 0)
        {
            faults.AddRange(await Unknown(policy.Rules.Index()
                .Where(rule => rule.Item.Channel is not null)
                .Select(rule => ($"rules[{rule.Index}].channel", new ChannelAddress(rule.Item.Workspace!, rule.Item.Channel!)))));
        }

        if (faults.Count == 0)
        {
            state.State.Policy = policy;
            await Keep();
        }

        return faults;
    }

    public Task<IReadOnlyList<AlertRoute>> GetRoutes() => Task.FromResult(state.State.Routes);

    public async Task<IReadOnlyList<SettingsFault>> SetRoutes(IReadOnlyList<AlertRoute> routes)
    {
        var faults = Faults(SettingsRules.Check(routes));
        var named = routes.Index()
            .SelectMany(route => route.Item.Channels.Index().Select(channel => (Field: $"routes[{route.Index}].channels[{channel.Index}]", Address: channel.Item))).ToList();
        faults.AddRange(named.Where(one => !Workspaces.Contains(one.Address.Workspace)).Select(one => Foreign($"{one.Field}.workspace", one.Address.Workspace)));
        if (faults.Count == 0)
        {
            faults.AddRange(await Unknown(named.Select(one => ($"{one.Field}.channel", one.Address))));
        }

        if (faults.Count == 0)
        {
            state.State.Routes = routes;
            await Keep();
        }

        return faults;
    }

    public async Task<AlertPreview> Preview(string group, Alert alert)
    {
        var issue = GroupTransition.After(GroupMemory.Unknown(Guid.Empty), alert, DateTimeOffset.UnixEpoch).Issue;
        var shown = new GroupState(GroupStatus.Unresolved, null, new GroupDetails().ToJson());
        return new AlertPreview(
            AlertRouting.Of(alert, issue, await GetSettings()), AnnouncementCard.Text(group, shown, issue), AnnouncementCard.Blocks(group, shown, issue).ToJson());
    }

    public Task Bind(string workspace) => Set([.. state.State.Workspaces.Union([workspace], StringComparer.Ordinal)]);

    public Task Unbind(string workspace) => Set([.. state.State.Workspaces.Except([workspace], StringComparer.Ordinal)]);

    public async Task<bool> Moved(ChannelMove move)
    {
        if (state.State.Moves.Any(known => known with { At = move.At } == move && known.At >= move.At))
        {
            return true;
        }

        if (state.State.Moves.With(move) is not { } moves)
        {
            return false;
        }

        state.State.Moves = moves;
        await Keep();
        return true;
    }

    private async Task Set(IReadOnlyList<string> workspaces)
    {
        if (workspaces.Count != state.State.Workspaces.Count)
        {
            state.State.Workspaces = workspaces;
            await Keep();
        }
    }

    private static List<SettingsFault> Faults(IReadOnlyList<Violation> violations) => [.. violations.Select(violation => new SettingsFault(violation.Field, violation.Detail))];

    private static SettingsFault Foreign(string field, string workspace) =>
        new(field, $"{workspace} is not a workspace of your organization. Install the app there, or name one of your workspaces.", UnknownWorkspace: true);

    /// <summary>Channels that Slack says it does not know. Asked side by side, under one deadline; where Slack does not answer by then, the id's form has to do.</summary>
    private async Task<IEnumerable<SettingsFault>> Unknown(IEnumerable<(string Field, ChannelAddress Address)> named)
    {
        var all = named.ToList();
        var known = (await Task.WhenAll(all.Select(one => one.Address).Distinct().Select(async address => (address, IsKnown: await Knows(address)))))
            .ToDictionary(answer => answer.address, answer => answer.IsKnown);
        return all.Where(one => !known[one.Address]).Select(one => new SettingsFault(
            one.Field, $"Slack knows no channel {one.Address.Channel} in {one.Address.Workspace}, or it is private and the app is not in it. Invite the app, or correct the id."));
    }

    private async Task<bool> Knows(ChannelAddress address)
    {
        try
        {
            return await GrainFactory.GetGrain<IWorkspaceLaneGrain>(address.Workspace).Knows(address.Channel).WaitAsync(LookUpPatience, clock) ?? true;
        }
        catch (TimeoutException)
        {
            return true;
        }
    }

    /// <summary>What could not be written must not be in force either.</summary>
    private async Task Keep()
    {
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }
}
