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
