using ThreadGrains.Organizations;

namespace ThreadGrains.Grains.Workspaces;

/// <summary>
/// An organization as its workspaces' grains see it; key: the organization's name. A workspace is bound only after it keeps
/// the organization's token, and unbound before it forgets it: so an organization never counts as its own what is not.
/// </summary>
[Alias("threadgrains.IOrganizationWorkspacesGrain"), GrainInterfaceType("threadgrains.IOrganizationWorkspacesGrain")]
internal interface IOrganizationWorkspacesGrain : IGrainWithStringKey
{
    /// <summary>The workspace keeps this organization's token.</summary>
    [Alias("Bind")]
    Task Bind(string workspace);

    /// <summary>It is about to forget it.</summary>
    [Alias("Unbind")]
    Task Unbind(string workspace);

    /// <summary>A channel has another id. False: a newer move of these ids is known.</summary>
    [Alias("Moved")]
    Task<bool> Moved(ChannelMove move);
}
