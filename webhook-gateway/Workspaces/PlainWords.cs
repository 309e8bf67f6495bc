namespace ThreadGrains.WebhookGateway.Workspaces;

/// <summary>Slack's error words (Slack, "chat.postMessage", errors) for people: what is wrong, and how to mend it.</summary>
internal static class PlainWords
{
    public static (string Reason, string Mend) Of(string error) => error switch
    {
        "is_archived" or "is_inactive" => ("The channel is archived.", "Unarchive it in Slack; what waits goes on by itself."),
        "channel_deleted" => ("The channel was deleted.", "Send alerts to another channel; what waits here ends as expired."),
        "channel_not_found" => ("Slack knows no such channel, or it is private and the app is not in it.", "Invite the app to the channel with /invite, or correct the channel's id."),
        "not_in_channel" => ("The app is not in the channel.", "Invite it with /invite in the channel."),
        "restricted_action" or "restricted_action_read_only_channel" or "restricted_action_thread_only_channel" or "restricted_action_non_threadable_channel" =>
            ("The workspace's settings forbid the app to post in the channel.", "Let an admin of the workspace allow it, then wake the channel."),
        "team_access_not_granted" => ("The app has not been granted access to the workspace.", "Let an admin of the organization grant it, then wake the workspace."),
        "app_uninstalled" => ("The app was removed from the workspace.", "Install it again, and put or configure the new token (PUT /v1/workspaces/{workspace}/installation)."),
        "token_revoked" or "account_inactive" => ("The bot token was revoked, or the app was removed.", "Install the app again, and put or configure the new token (PUT /v1/workspaces/{workspace}/installation)."),
        "token_expired" => ("The bot token has expired.", "Create the app anew without token rotation, which cannot be switched off again, and put or configure its token."),
        "invalid_auth" or "not_authed" => ("Slack does not know the bot token.", "Copy the bot token (xoxb-…) from the app's page, and put or configure it."),
        "missing_scope" or "no_permission" => ("The app lacks a permission.", "Compare its scopes with deploy/slack-manifest.yaml, install it again, then wake the workspace."),
        "ekm_access_denied" or "org_login_required" or "access_denied" => ("The workspace's administration forbids it at present.", "Ask the workspace's admins, then wake it."),
        "not_installed" => ("There is no bot token for the workspace.", "Put one with PUT /v1/workspaces/{workspace}/installation, or configure ThreadGrains__Slack__Workspace and ThreadGrains__Slack__BotToken and restart."),
        "token_unreadable" => ("The stored bot token cannot be decrypted: its key is not configured, or is another one.",
            "Bring the key back (its id is under installed.key) into ThreadGrains__Secrets__Keys and restart, or put the token again."),
        "not_answering" => ("Slack does not answer posts, so no more are begun.", "Look at status.slack.com and at the network; a post is tried every few seconds, and the rest follows by itself."),
        _ when error.StartsWith("not_slack:", StringComparison.Ordinal) =>
            ("Something other than Slack answers at Slack's address.", "Look at proxies and firewalls between here and slack.com; it is asked again by itself."),
        _ => ($"Slack refuses with {error}.", "Look the word up in Slack's documentation of chat.postMessage, mend it, and wake the channel or workspace."),
    };
}
