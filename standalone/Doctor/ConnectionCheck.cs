using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Standalone.Doctor;

/// <summary>What one call of auth.test tells: is Slack there, how the clocks stand, whose token it is, what it may do.</summary>
internal static class ConnectionCheck
{
    /// <summary>More is worth mending, since nothing else makes clocks differ so.</summary>
    private static readonly TimeSpan ClockWarns = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Slack's signatures count for 5 minutes, and the search for a post in doubt reaches two minutes further back than
    /// our clock says it was made.
    /// </summary>
    private static readonly TimeSpan ClockFails = TimeSpan.FromSeconds(120);

    public static Finding Reach(FirstAnswer first, Uri api)
    {
        const string what = "Slack";
        return Trouble.Of(first.Outcome) switch
        {
            null or Trouble.Refused => Finding.Ok(what, $"{api.Host} answers as Slack does"),
            // Whoever limits us is there.
            Trouble.Limited => Finding.Ok(what, $"{api.Host} answers, and limits"),
            var trouble => Fails(what, trouble.Explain(api)),
        };
    }

    public static Finding Clock(FirstAnswer first)
    {
        const string what = "clock";
        if (first is not { At: { } ours, Headers.Date: { } theirs })
        {
            return Finding.Skip(what, "Slack told no time");
        }

        // The header has whole seconds, cut off: in the mean it is half a second behind.
        var ahead = ours - theirs - TimeSpan.FromSeconds(0.5);
        string apart = ahead.Duration() < TimeSpan.FromSeconds(2) ? "with Slack's" : $"{ahead.Duration().TotalSeconds:0} s {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} Slack's";
        const string mend = "Set this machine's clock by NTP: timedatectl set-ntp true, or chronyc makestep. In a container it is the host's clock.";
        return ahead.Duration() > ClockFails ? Finding.Fail(what, $"{apart}: clicks are refused as stale, and posts in doubt are not found", mend)
            : ahead.Duration() > ClockWarns ? Finding.Warn(what, $"{apart}; from 120 s on clicks and read-back suffer", mend)
            : Finding.Ok(what, apart);
    }

    public static IEnumerable<Finding> Token(FirstAnswer first, string workspace, string? appId, Uri api)
    {
        string what = $"token of {workspace}";
        if (first.Outcome is not CallOutcome<SlackIdentity>.Ok { Value: var who })
        {
            var trouble = Trouble.Of(first.Outcome)!;
            yield return trouble is Trouble.Refused or Trouble.Limited ? Fails(what, trouble.Explain(api)) : Finding.Skip(what, "Slack is not reached");
            yield break;
        }

        yield return who.BotId is null
            ? Finding.Fail(what, $"it is {who.User ?? who.UserId}'s own, not a bot's", "Use the Bot User OAuth Token (xoxb-) of OAuth & Permissions.")
            : Finding.Ok(what, $"bot {who.User ?? who.UserId} in {who.Team ?? who.TeamId}{(who.AppId is null ? "" : $", app {who.AppId}")}");

        string other = $"workspace {workspace}";
        // An organization's token serves all of its workspaces; which, only the organization knows.
        yield return who.TeamId == workspace || who.IsEnterpriseInstall
            ? Finding.Ok(other, who.Url ?? "the token's own")
            : Finding.Fail(other, $"the token belongs to {who.TeamId} ({who.Team ?? "no name"})",
                $"Set ThreadGrains__Slack__Workspace to {who.TeamId}, or use the token of {workspace}; each workspace has its own.");

        if (appId is not null && who.AppId is not null)
        {
            yield return who.AppId == appId
                ? Finding.Ok("app", appId)
                : Finding.Fail("app", $"the token is of app {who.AppId}, configured is {appId}: every click would be refused",
                    $"Set ThreadGrains__Slack__AppId to {who.AppId}, or use the token of {appId}.");
        }
    }

    public static IEnumerable<Finding> Scopes(FirstAnswer first, string workspace)
    {
        string what = $"scopes in {workspace}";
        if (first.Outcome is not CallOutcome<SlackIdentity>.Ok)
        {
            return [Finding.Skip(what, "the token is not accepted")];
        }

        if (first.Headers.Scopes is not { } granted)
        {
            return [Finding.Warn(what, "Slack did not name them", "A proxy may remove the header X-OAuth-Scopes. Compare by hand: OAuth & Permissions, Bot Token Scopes, with deploy/slack-manifest.yaml.")];
        }

        var missing = SlackScope.Missing(granted);
        return missing.Count == 0
            ? [Finding.Ok(what, $"all {SlackScope.All.Count} are granted")]
            : missing.Select(scope => new Finding(
                scope.IsVital ? Verdict.Fail : Verdict.Warn, what, $"{scope.Name} is missing: {scope.Without}",
                $"Add {scope.Name} under OAuth & Permissions, Bot Token Scopes, then Reinstall to Workspace: a new scope counts only after that, and the token may change."));
    }

    internal static Finding Fails(string what, (string Detail, string Mend) told) => Finding.Fail(what, told.Detail, told.Mend);
}
