using Orleans.Concurrency;

namespace ThreadGrains.Organizations;

/// <summary>A tenant's settings and API keys; key: the organization's name.</summary>
[Alias("threadgrains.IOrganizationGrain"), GrainInterfaceType("threadgrains.IOrganizationGrain")]
public interface IOrganizationGrain : IGrainWithStringKey
{
    /// <summary>What a gateway needs to authenticate and check requests of this organization. Empty for an organization that does not exist.</summary>
    [AlwaysInterleave, Alias("GetAccess")]
    Task<OrganizationAccess> GetAccess();

    /// <summary>What its groups need to know. Read at activation and again every half minute, never inside an accept.</summary>
    [AlwaysInterleave, Alias("GetSettings")]
    Task<OrganizationSettings> GetSettings();
}

/// <summary>What a gateway needs to authenticate and check requests of one organization.</summary>
/// <param name="ApiKeyHashes">SHA-256 of each valid API key's UTF-8 bytes, lower-case hex. Empty: no such organization.</param>
/// <param name="Workspaces">Slack teams bound to the organization.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.OrganizationAccess")]
public sealed record OrganizationAccess(
    [property: Id(0)] IReadOnlyList<string> ApiKeyHashes,
    [property: Id(1)] IReadOnlyList<string> Workspaces);

/// <summary>An organization's settings as its groups use them.</summary>
/// <param name="Workspaces">Slack teams bound to the organization.</param>
/// <param name="DefaultChannel">Where alerts without channels go; null: such alerts are refused.</param>
/// <param name="PostSystemActors">Whether activities of system actors are posted.</param>
/// <param name="ThreadsOff">Whether the organization has switched threads off.</param>
/// <param name="TrackerName">Who acted, where a system actor has no name.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.OrganizationSettings")]
public sealed record OrganizationSettings(
    [property: Id(0)] IReadOnlyList<string> Workspaces,
    [property: Id(1)] Groups.ChannelAddress? DefaultChannel = null,
    [property: Id(2)] bool PostSystemActors = false,
    [property: Id(3)] bool ThreadsOff = false,
    [property: Id(4)] string TrackerName = "The tracker");
