using System.Collections.Frozen;

namespace ThreadGrains.Slack.WebApi;

/// <summary>What a code of an <c>ok: false</c> answer means.</summary>
internal enum ErrorClass
{
    /// <summary>Not in the table.</summary>
    Unlisted = 0,

    /// <summary>Slow down.</summary>
    Limited,

    /// <summary>Surely not done, later it may be.</summary>
    RetryLater,

    /// <summary>The same, for everything in the workspace.</summary>
    RetryLaterWorkspace,

    /// <summary>It may have been done in spite of the error.</summary>
    InDoubt,

    /// <summary>This content, or the thing that the call named.</summary>
    Message,

    /// <summary>The metadata alone.</summary>
    Metadata,

    /// <summary>The thread.</summary>
    Thread,

    /// <summary>The channel.</summary>
    Channel,

    /// <summary>The installation.</summary>
    Workspace,

    /// <summary>We built a bad request.</summary>
    Request,
}

/// <summary>
/// Slack's error codes by class. Source: Slack's method pages (errors of chat.postMessage, chat.update, chat.delete,
/// chat.postEphemeral, conversations.*, views.*, users.info, auth.test), and what is seen in practice.
/// </summary>
internal static class SlackErrors
{
    private static readonly (ErrorClass Class, string[] Codes)[] Rows =
    [
        (ErrorClass.Limited, ["ratelimited", "rate_limited"]),                       // both spellings exist
        (ErrorClass.RetryLater,
        [
            "team_added_to_org", "org_login_required", "external_channel_migrating",  // migrations: minutes to hours
            "request_timeout",                                                        // Slack did not get the whole body
        ]),
        (ErrorClass.RetryLaterWorkspace, ["message_limit_exceeded", "accesslimited"]),
        (ErrorClass.InDoubt,
        [
            "fatal_error", "internal_error", "service_unavailable", "update_failed",
            "duplicate_message_not_found", "duplicate_channel_not_found",
        ]),
        (ErrorClass.Metadata,
        [
            "invalid_metadata_format", "invalid_metadata_schema", "metadata_too_large", "metadata_must_be_sent_from_app",
        ]),
        (ErrorClass.Message,
        [
            "no_text", "msg_too_long", "msg_blocks_too_long", "invalid_blocks", "invalid_blocks_format", "invalid_attachments",
            "too_many_attachments", "attachment_payload_limit_exceeded", "too_many_contact_cards", "markdown_text_conflict",
            "missing_file_data",
            // chat.update and chat.delete: the message that was named
            "message_not_found", "cant_update_message", "edit_window_closed", "block_mismatch", "streaming_state_conflict",
            "cant_broadcast_message", "no_dual_broadcast_content_update", "cant_delete_message",
            // views: the trigger or the view that was named
            "expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired", "trigger_exchanged",
            "view_too_large", "duplicate_external_id", "push_limit_reached", "hash_conflict", "not_found",
            // users.info: the user; a cursor: start that read again
            "user_not_found", "user_not_visible", "invalid_cursor",
        ]),
        (ErrorClass.Thread,
        [
            "cannot_reply_to_message", "restricted_action_thread_locked", "thread_not_found", "invalid_thread_ts",
            "restricted_action_non_threadable_channel",
        ]),
        (ErrorClass.Channel,
        [
            "channel_not_found", "not_in_channel", "is_archived", "is_inactive", "restricted_action",
            "restricted_action_read_only_channel", "restricted_action_thread_only_channel", "ekm_access_denied",
            "messages_tab_disabled", "channel_is_limited_access", "method_not_supported_for_channel_type", "no_permission",
            "access_denied", "team_not_found", "user_not_in_channel", "too_many_members",
        ]),
        (ErrorClass.Workspace,
        [
            "not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "missing_scope",
            "not_allowed_token_type", "app_access_restricted", "team_access_not_granted", "enterprise_is_restricted",
            "two_factor_setup_required", "is_bot", "as_user_not_supported", "send_on_behalf_not_allowed",
            "user_removed_from_team", "team_disabled",
        ]),
        (ErrorClass.Request,
        [
            "invalid_arguments", "invalid_arg_name", "invalid_array_arg", "missing_argument", "missing_args", "invalid_charset",
            "invalid_form_data", "invalid_post_type", "missing_post_type", "invalid_json", "json_not_object", "insecure_request",
            "unknown_method", "deprecated_endpoint", "method_deprecated", "upgrade_required",
            "invalid_ts_oldest", "invalid_ts_latest",
        ]),
    ];

    private static readonly FrozenDictionary<string, ErrorClass> Table =
        Rows.SelectMany(row => row.Codes, (row, code) => KeyValuePair.Create(code, row.Class)).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The class of a code; codes that Slack makes by pattern are recognised by it.</summary>
    public static ErrorClass ClassOf(string code)
    {
        if (Table.TryGetValue(code, out var known))
        {
            return known;
        }

        if (code.StartsWith("slack_connect_", StringComparison.Ordinal) && code.EndsWith("_blocked", StringComparison.Ordinal))
        {
            return ErrorClass.Message;
        }

        return code.StartsWith("draft_", StringComparison.Ordinal) ? ErrorClass.Request : ErrorClass.Unlisted;
    }
}
