using System.Text.Json;

namespace ThreadGrains.Slack.Payloads;

/// <summary>Which installation of our app a payload came through.</summary>
/// <param name="TeamId">The workspace; null for an organization-wide installation that named none.</param>
/// <param name="EnterpriseId">The organization, on Enterprise Grid.</param>
/// <param name="IsEnterpriseInstall">Installed in the whole organization: look up by <paramref name="EnterpriseId"/>.</param>
public sealed record PayloadWorkspace(string? TeamId, string? EnterpriseId, bool IsEnterpriseInstall)
{
    /// <summary>
    /// The order of Slack's own SDKs. A view opened by a stranger of a shared channel names its owner's team first and where
    /// our app is installed in <c>app_installed_team_id</c>.
    /// </summary>
    public static PayloadWorkspace WorkspaceOf(JsonElement payload)
    {
        var view = payload.Child("view");
        var team = payload.Child("team");
        JsonElement? authorization = payload.Items("authorizations").FirstOrDefault() is { ValueKind: JsonValueKind.Object } first ? first : null;

        var teamId = Team(view?.TextOrNull("app_installed_team_id"))
            ?? Team(team?.TextOrNull("id"))
            ?? Team(authorization?.TextOrNull("team_id"))
            ?? Team(payload.TextOrNull("team_id"))
            ?? Team(payload.Child("user")?.TextOrNull("team_id"))
            ?? Team(view?.TextOrNull("team_id"));
        var enterpriseId = payload.Child("enterprise")?.TextOrNull("id")
            ?? authorization?.TextOrNull("enterprise_id")
            ?? payload.TextOrNull("enterprise_id")
            ?? team?.TextOrNull("enterprise_id");
        var orgWide = authorization?.Flag("is_enterprise_install") ?? payload.Flag("is_enterprise_install") ?? false;
        return new PayloadWorkspace(teamId, enterpriseId, orgWide);
    }

    // On Grid these fields can hold the organization's id (E…), which is no workspace: of an organization-wide installation
    // app_installed_team_id does, and a user's team_id may.
    private static string? Team(string? id) => id is not null && id.StartsWith('E') ? null : id;
}
