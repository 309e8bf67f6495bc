using Orleans.Concurrency;

namespace ThreadGrains.Workspaces;

/// <summary>A Slack workspace in which our app is installed; key: Slack's team id.</summary>
[Alias("threadgrains.ISlackWorkspaceGrain"), GrainInterfaceType("threadgrains.ISlackWorkspaceGrain")]
public interface ISlackWorkspaceGrain : IGrainWithStringKey
{
    /// <summary>Asked by the gateway for each authenticated Slack request, before anything else is done with it.</summary>
    /// <param name="apiAppId">The payload's <c>api_app_id</c>.</param>
    /// <param name="signatureDigest">Digest of the request's signature; the same one twice is a replay.</param>
    [AlwaysInterleave, Alias("Admit")]
    Task<WorkspaceAdmission> Admit(string? apiAppId, string signatureDigest);

    /// <summary>Tells one person something in a channel; best effort, at most once, as Slack gives no more.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="user">The only person who sees it.</param>
    /// <param name="threadTs">The thread, or null for the channel.</param>
    /// <param name="text">Plain words; escaped here.</param>
    [AlwaysInterleave, Alias("Whisper")]
    Task Whisper(string channel, string user, string? threadTs, string text);

    /// <summary>Takes an event that was admitted. Each event has its effect once, and an older one undoes no newer one.</summary>
    [AlwaysInterleave, Alias("Take")]
    Task<SlackEventOutcome> Take(SlackEvent happened);

    /// <summary>How the workspace is.</summary>
    [AlwaysInterleave, Alias("GetHealth")]
    Task<HealthView> GetHealth();

    /// <summary>How channels of it are, in the order given.</summary>
    [AlwaysInterleave, Alias("GetChannels")]
    Task<IReadOnlyList<HealthView>> GetChannels(IReadOnlyList<string> channels);

    /// <summary>Asks Slack at once whether the workspace can be posted to, and if so lets go what waits for it.</summary>
    [AlwaysInterleave, Alias("Wake")]
    Task<HealthView> Wake();

    /// <summary>Lets go what waits for a channel. If its trouble is not over the next post meets it again.</summary>
    [AlwaysInterleave, Alias("WakeChannel")]
    Task<HealthView> WakeChannel(string channel);

    /// <summary>
    /// Keeps a bot token, encrypted, as the installation in this workspace, once Slack says that it is good and this workspace's.
    /// What waits for the workspace goes on. Keeping the same twice is keeping it once.
    /// </summary>
    [Alias("Install")]
    Task<InstallationReceipt> Install(InstallationRequest request);

    /// <summary>Forgets the stored installation of an organization. What waits for the workspace goes on waiting.</summary>
    [Alias("Uninstall")]
    Task<InstallationReceipt> Uninstall(string organization);
}

/// <summary>Whether a Slack request may go on.</summary>
[GenerateSerializer, Alias("threadgrains.WorkspaceAdmission")]
public enum WorkspaceAdmission
{
    /// <summary>Installed here, and seen for the first time.</summary>
    Admitted = 0,

    /// <summary>The same signed request came before: answer 200 and do nothing.</summary>
    Repeated = 1,

    /// <summary>Our app is not installed in this workspace, or the payload is another app's (HTTP 403).</summary>
    Unknown = 2,
}
