using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Groups;
using ThreadGrains.Organizations;

namespace ThreadGrains.Grains.Organizations;

/// <summary>
/// An organization. The first one, its key, workspaces and default channel come from configuration; they are read at
/// every activation, so a changed key or channel needs a restart and no migration, and no secret is at rest.
/// </summary>
[GrainType("organization")]
internal sealed class OrganizationGrain(IOptions<OrganizationOptions> organization, IOptions<SlackOptions> slack, SlackInstallations installations)
    : Grain, IOrganizationGrain
{
    private bool IsConfigured => organization.Value.Organization == this.GetPrimaryKeyString();

    public Task<OrganizationAccess> GetAccess()
    {
        if (!IsConfigured || organization.Value.ApiKey is not { Length: > 0 } key)
        {
            // Keys that name an organization which does not exist must not fill the memory.
            DeactivateOnIdle();
            return Task.FromResult(new OrganizationAccess([], []));
        }

        return Task.FromResult(new OrganizationAccess([Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))], [.. installations.Workspaces]));
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
            [.. installations.Workspaces], usual, organization.Value.Policy.SystemActors == SystemActors.Post,
            organization.Value.ThreadsOff, organization.Value.TrackerName));
    }
}
