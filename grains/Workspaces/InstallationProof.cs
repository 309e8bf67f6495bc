using ThreadGrains.Slack.WebApi;
using ThreadGrains.Workspaces;

namespace ThreadGrains.Grains.Workspaces;

/// <summary>Whether a token may be kept, from what Slack says about it.</summary>
internal static class InstallationProof
{
    /// <param name="said">Slack's answer to auth.test with the token.</param>
    /// <param name="workspace">The workspace that it was put for.</param>
    /// <param name="boundTo">The organization that the workspace is bound to; null: none.</param>
    /// <param name="organization">The organization that puts it.</param>
    /// <returns>Done: it may be kept. The detail is Slack's error, or the team whose token it is.</returns>
    public static (InstallationOutcome Outcome, string? Detail) Of(CallOutcome<SlackIdentity> said, string workspace, string? boundTo, string organization) => said switch
    {
        // The token of a whole Enterprise organization names the organization as its team: it proves nothing about one workspace.
        CallOutcome<SlackIdentity>.Ok ok when ok.Value.TeamId != workspace => (InstallationOutcome.OtherTeam, ok.Value.TeamId),
        // Only after the proof: whoever has no token of the workspace does not learn whether somebody else uses it.
        CallOutcome<SlackIdentity>.Ok when boundTo is not null && boundTo != organization => (InstallationOutcome.Taken, null),
        CallOutcome<SlackIdentity>.Ok => (InstallationOutcome.Done, null),
        CallOutcome<SlackIdentity>.Refused refused => (InstallationOutcome.TokenRefused, refused.Error),
        _ => (InstallationOutcome.SlackSilent, null),
    };
}
