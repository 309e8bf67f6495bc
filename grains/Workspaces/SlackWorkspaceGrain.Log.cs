using Microsoft.Extensions.Logging;

namespace ThreadGrains.Grains.Workspaces;

internal sealed partial class SlackWorkspaceGrain
{
    [LoggerMessage(EventName = "scope_missing", Level = LogLevel.Warning, Message = "The app in workspace {Workspace} lacks the scope {Scope}: {Without}. Add it to the app and install it again")]
    private partial void LogScopeMissing(string workspace, string scope, string without);

    [LoggerMessage(EventName = "workspace_lacks_scope", Level = LogLevel.Error,
        Message = "Workspace {Workspace} cannot be posted to: Slack needs the scope {Needed}, and the token has {Provided}. Add it to the app, install it again, and wake the workspace")]
    private partial void LogLacksScope(string workspace, string needed, string provided);

    [LoggerMessage(EventName = "workspace_installed", Level = LogLevel.Information, Message = "A token of workspace {Workspace} was put by {By} and is kept; vital scopes that it lacks: {Missing}")]
    private partial void LogInstalled(string workspace, string by, string missing);

    [LoggerMessage(EventName = "workspace_uninstalled", Level = LogLevel.Information, Message = "The token of workspace {Workspace} was removed")]
    private partial void LogUninstalled(string workspace);

    [LoggerMessage(EventName = "token_unreadable", Level = LogLevel.Error,
        Message = "The stored token of workspace {Workspace} cannot be read: it is encrypted with key {Key}, which is not configured here or is another one. What is due waits; bring the key back, or put the token again")]
    private partial void LogUnreadable(string workspace, string key);

    [LoggerMessage(EventName = "workspace_trouble", Level = LogLevel.Error, Message = "Workspace {Workspace} cannot be posted to: {Error}; what is due waits, and auth.test is asked again and again")]
    private partial void LogTrouble(string workspace, string error);

    [LoggerMessage(EventName = "workspace_held_back", Level = LogLevel.Error, Message = "Slack does not answer posts in workspace {Workspace}: no more are begun but one every few seconds, until they go through")]
    private partial void LogHeldBack(string workspace);

    [LoggerMessage(EventName = "workspace_answers", Level = LogLevel.Information, Message = "Slack answers posts in workspace {Workspace} again")]
    private partial void LogAnswers(string workspace);

    [LoggerMessage(EventName = "workspace_recovered", Level = LogLevel.Information, Message = "Workspace {Workspace} can be posted to again")]
    private partial void LogRecovered(string workspace);

    [LoggerMessage(EventName = "bad_request", Level = LogLevel.Error, Message = "Slack says that the request for delivery {Delivery} was built wrongly: {Error}; it is dead")]
    private partial void LogBadRequest(Guid delivery, string error);
}
