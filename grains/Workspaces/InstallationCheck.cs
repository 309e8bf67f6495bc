using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Workspaces;

/// <summary>
/// Asks Slack at start and daily whether each installation's token works and may read threads back. Without that a post
/// whose answer was lost waits for a person; whoever runs this shall learn it before anything is in doubt.
/// </summary>
internal sealed partial class InstallationCheck(
    SlackInstallations installations, SlackClient slack, TimeProvider clock, ILogger<InstallationCheck> logger) : BackgroundService
{
    private static readonly TimeSpan Daily = TimeSpan.FromDays(1);
    private static readonly TimeSpan SoonAgain = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                bool allAnswered = true;
                foreach (string workspace in installations.Workspaces)
                {
                    allAnswered &= await Check(workspace, stoppingToken);
                }

                await Task.Delay(allAnswered ? Daily : SoonAgain, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <summary>The vital ones that are missing among the scopes that Slack names; empty where it names none.</summary>
    internal static IEnumerable<SlackScope> Missing(IReadOnlyList<string>? scopes) =>
        scopes is null ? [] : SlackScope.Missing(scopes).Where(scope => scope.IsVital);

    private async Task<bool> Check(string workspace, CancellationToken cancellation)
    {
        switch (await slack.AuthTest(installations.TokenOf(workspace)!, cancellation))
        {
            case CallOutcome<SlackIdentity>.Ok ok:
                foreach (var scope in Missing(ok.Headers.Scopes))
                {
                    LogMissing(workspace, scope.Name, scope.Without);
                }

                if (ok.Value.TeamId != workspace && !ok.Value.IsEnterpriseInstall)
                {
                    LogOtherTeam(workspace, ok.Value.TeamId);
                }

                return true;
            case CallOutcome<SlackIdentity>.Refused refused:
                LogRefused(workspace, refused.Error);
                return false;
            case var other:
                LogNoAnswer(workspace, other.GetType().Name);
                return false;
        }
    }

    [LoggerMessage(EventName = "scope_missing", Level = LogLevel.Warning, Message = "The app in workspace {Workspace} lacks the scope {Scope}: {Without}. Add it to the app and install it again")]
    private partial void LogMissing(string workspace, string scope, string without);

    [LoggerMessage(EventName = "other_team", Level = LogLevel.Error, Message = "The token configured for workspace {Workspace} belongs to {Team}; give each workspace its own token")]
    private partial void LogOtherTeam(string workspace, string team);

    [LoggerMessage(EventName = "token_refused", Level = LogLevel.Error, Message = "Slack refuses the token of workspace {Workspace}: {Error}. Install the app again and configure its token")]
    private partial void LogRefused(string workspace, string error);

    [LoggerMessage(EventName = "slack_not_answering", Level = LogLevel.Warning, Message = "Slack does not tell about workspace {Workspace} ({Outcome}); asked again in 5 minutes")]
    private partial void LogNoAnswer(string workspace, string outcome);
}
