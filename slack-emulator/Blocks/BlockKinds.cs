using System.Collections.Frozen;

namespace ThreadGrains.SlackEmulator.Blocks;

/// <summary>The kinds of blocks and elements that Slack knows (Slack, "Block Kit reference").</summary>
internal static class BlockKinds
{
    public static FrozenSet<string> Blocks { get; } = FrozenSet.Create(
        "section", "divider", "image", "actions", "context", "header", "rich_text", "markdown", "video", "file", "input", "table", "context_actions");

    /// <summary>Elements that have an <c>action_id</c>.</summary>
    public static FrozenSet<string> Interactive { get; } = FrozenSet.Create(
        "button", "workflow_button", "overflow", "datepicker", "timepicker", "datetimepicker", "radio_buttons", "checkboxes",
        "static_select", "external_select", "users_select", "conversations_select", "channels_select",
        "multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select",
        "plain_text_input", "email_text_input", "url_text_input", "number_text_input", "rich_text_input", "file_input",
        "feedback_buttons", "icon_button");

    /// <summary>Elements that stand in an input block and nowhere else.</summary>
    public static FrozenSet<string> InputOnly { get; } = FrozenSet.Create(
        "plain_text_input", "email_text_input", "url_text_input", "number_text_input", "rich_text_input", "file_input");
}
