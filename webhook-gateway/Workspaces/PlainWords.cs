namespace ThreadGrains.WebhookGateway.Workspaces;

/// <summary>Slack's error words (Slack, "chat.postMessage", errors) for people: what is wrong, and how to mend it.</summary>
internal static class PlainWords
{
    public static (string Reason, string Mend) Of(string error) => error switch
    {
        "is_archived" => ("The channel is archived.", "Unarchive it in Slack; what waits goes on by itself."),
        "channel_deleted" => ("The channel was deleted.", "Send alerts to another channel; what waits here ends as expired."),
        "channel_not_found" => ("Slack knows no such channel, or it is private and the app is not in it.", "Invite the app to the channel with /invite, or correct the channel's id."),
        "not_in_channel" => ("The app is not in the channel.", "Invite it with /invite in the channel."),
        "restricted_action" or "restricted_action_read_only_channel" or "restricted_action_thread_only_channel" or "restricted_action_non_threadable_channel" =>
            ("The workspace's settings forbid the app to post in the channel.", "Let an admin of the workspace allow it, then wake the channel."),
        "team_access_not_granted" => ("The app has not been granted access to the workspace.", "Let an admin of the organization grant it, then wake the workspace."),
        "app_uninstalled" => ("The app was removed from the workspace.", "Install it again, configure the new token, and restart."),
        "token_revoked" or "account_inactive" => ("The bot token was revoked, or the app was removed.", "Install the app again, configure the new token, and restart."),
        "token_expired" => ("The bot token has expired.", "Configure a fresh token and restart, and switch token rotation off in the app."),
        "invalid_auth" or "not_authed" => ("Slack does not know the bot token.", "Copy the bot token (xoxb-…) from the app's page, configure it, and restart."),
        "missing_scope" or "no_permission" => ("The app lacks a permission.", "Compare its scopes with deploy/slack-manifest.yaml, install it again, then wake the workspace."),
        "ekm_access_denied" or "org_login_required" or "access_denied" => ("The workspace's administration forbids it at present.", "Ask the workspace's admins, then wake it."),
        "not_installed" => ("No bot token is configured for the workspace.", "Configure ThreadGrains__Slack__Workspace and ThreadGrains__Slack__BotToken, and restart."),
        _ when error.StartsWith("not_slack:", StringComparison.Ordinal) =>
            ("Something other than Slack answers at Slack's address.", "Look at proxies and firewalls between here and slack.com; it is asked again by itself."),
        _ => ($"Slack refuses with {error}.", "Look the word up in Slack's documentation of chat.postMessage, mend it, and wake the channel or workspace."),
    };
}
