using Orleans.Concurrency;
using ThreadGrains.Groups;

namespace ThreadGrains.Organizations;

/// <summary>A tenant's settings and API keys; key: the organization's name.</summary>
[Alias("threadgrains.IOrganizationGrain"), GrainInterfaceType("threadgrains.IOrganizationGrain")]
public interface IOrganizationGrain : IGrainWithStringKey
{
    /// <summary>What a gateway needs to authenticate and check requests of this organization. Empty for an organization that does not exist.</summary>
    [AlwaysInterleave, Alias("GetAccess")]
    Task<OrganizationAccess> GetAccess();

    /// <summary>What its groups need to know. Read by each silo every few seconds, never inside an accept.</summary>
    [AlwaysInterleave, Alias("GetSettings")]
    Task<OrganizationSettings> GetSettings();

    /// <summary>What is posted where.</summary>
    [AlwaysInterleave, Alias("GetPolicy")]
    Task<PostingPolicy> GetPolicy();

    /// <summary>Sets what is posted where, whole. In force for what is accepted a few seconds later.</summary>
    /// <returns>What is wrong with it; empty: it is kept.</returns>
    [Alias("SetPolicy")]
    Task<IReadOnlyList<SettingsFault>> SetPolicy(PostingPolicy policy);

    /// <summary>Where alerts go that name no channels.</summary>
    [AlwaysInterleave, Alias("GetRoutes")]
    Task<IReadOnlyList<AlertRoute>> GetRoutes();

    /// <summary>Sets where alerts go that name no channels, whole. In force for what is accepted a few seconds later.</summary>
    /// <returns>What is wrong with them; empty: they are kept.</returns>
    [Alias("SetRoutes")]
    Task<IReadOnlyList<SettingsFault>> SetRoutes(IReadOnlyList<AlertRoute> routes);

    /// <summary>Where an alert would go and how it would look. Nothing is stored or posted.</summary>
    [AlwaysInterleave, Alias("Preview")]
    Task<AlertPreview> Preview(string group, Alert alert);
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
/// <param name="Policy">What is posted where; null: everything into the threads.</param>
/// <param name="Routes">Where alerts go that name no channels; null: to the default channel.</param>
/// <param name="Moves">Channels that have another id now.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.OrganizationSettings")]
public sealed record OrganizationSettings(
    [property: Id(0)] IReadOnlyList<string> Workspaces,
    [property: Id(1)] ChannelAddress? DefaultChannel = null,
    [property: Id(2)] bool PostSystemActors = false,
    [property: Id(3)] bool ThreadsOff = false,
    [property: Id(4)] string TrackerName = "The tracker",
    [property: Id(5)] PostingPolicy? Policy = null,
    [property: Id(6)] IReadOnlyList<AlertRoute>? Routes = null,
    [property: Id(7)] IReadOnlyList<ChannelMove>? Moves = null);

/// <summary>What is wrong with settings that were to be kept.</summary>
/// <param name="Field">The field's JSON path, such as <c>rules[0].channel</c>.</param>
/// <param name="Detail">What is wrong and how to mend it.</param>
/// <param name="UnknownWorkspace">It names a workspace that is not the organization's.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.SettingsFault")]
public sealed record SettingsFault([property: Id(0)] string Field, [property: Id(1)] string Detail, [property: Id(2)] bool UnknownWorkspace = false);
