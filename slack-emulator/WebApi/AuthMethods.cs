namespace ThreadGrains.SlackEmulator.WebApi;

/// <summary>The family <c>auth.*</c>.</summary>
internal static class AuthMethods
{
    public static IEnumerable<ApiMethod> All => [new("auth.test", AcceptsJson: true, Limit.ReadingFreely, "", Test)];

    private static ApiAnswer Test(ApiCall call) => ApiAnswer.Ok(
        ("url", $"https://{call.Workspace.Domain}.slack.com/"),
        ("team", call.Workspace.Name),
        ("user", call.Workspace.App.Name.ToLowerInvariant()),
        ("team_id", call.Workspace.Team),
        ("user_id", call.Workspace.App.BotUser),
        ("bot_id", call.Workspace.App.BotId),
        ("app_id", call.Workspace.App.AppId),
        ("is_enterprise_install", false));
}
