using System.Globalization;
using System.Text;
using System.Text.Json;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Slack.Payloads;

/// <summary>
/// Reads what Slack sends to the interactivity and options-load addresses: after the signature was checked, from the same raw
/// bytes. Unknown fields and types pass; what a type cannot do without is demanded.
/// </summary>
public static class InteractivePayloadReader
{
    private static readonly string[] SingleChoices = ["selected_user", "selected_conversation", "selected_channel", "selected_date", "selected_time"];
    private static readonly string[] MultipleChoices = ["selected_users", "selected_conversations", "selected_channels"];

    /// <summary>From the form body as received.</summary>
    public static PayloadReadResult<InteractivePayload> Read(ReadOnlySpan<byte> formBody)
    {
        switch (FormBody.Parse(formBody))
        {
            case PayloadReadResult<FormBody>.Malformed malformed:
                return Malformed(malformed.Reason);
            case PayloadReadResult<FormBody>.Read { Value: var form }:
                return form.Count("payload") switch
                {
                    0 => Malformed("no_payload"),
                    1 => ReadJson(Encoding.UTF8.GetBytes(form.Single("payload")!)),
                    _ => Malformed("duplicate_payload"),
                };
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>From the JSON itself, as the field <c>payload</c> holds it.</summary>
    public static PayloadReadResult<InteractivePayload> ReadJson(ReadOnlySpan<byte> json)
    {
        var (root, type, fault) = PayloadJson.Parse(json);
        if (fault is not null)
        {
            return Malformed(fault);
        }

        return type switch
        {
            "block_actions" => BlockActions(root, type),
            "view_submission" => ViewSubmission(root, type),
            "view_closed" => ViewClosed(root, type),
            "message_action" => MessageAction(root, type),
            "shortcut" => Shortcut(root, type),
            "block_suggestion" => BlockSuggestion(root, type),
            _ => Read(new InteractivePayload.Other { Type = type, Workspace = PayloadWorkspace.WorkspaceOf(root), ApiAppId = root.TextOrNull("api_app_id") }),
        };
    }

    private static PayloadReadResult<InteractivePayload> BlockActions(JsonElement root, string type)
    {
        PayloadAction[] actions = [.. root.Items("actions").Select(Action)];
        return (User(root), root.TextOrNull("api_app_id")) switch
        {
            (null, _) => Malformed("no_user"),
            (_, null) => Malformed("no_app_id"),
            _ when actions.Length == 0 => Malformed("no_actions"),
            var (user, app) => Read(new InteractivePayload.BlockActions
            {
                Type = type,
                Workspace = PayloadWorkspace.WorkspaceOf(root),
                ApiAppId = app,
                User = user,
                Actions = actions,
                Container = Container(root),
                Channel = Channel(root),
                Message = Message(root),
                View = View(root),
                TriggerId = Trigger(root),
                ResponseUrl = Url(root),
            }),
        };
    }

    private static PayloadReadResult<InteractivePayload> ViewSubmission(JsonElement root, string type) => (User(root), View(root)) switch
    {
        (null, _) => Malformed("no_user"),
        (_, null) => Malformed("no_view"),
        var (user, view) => Read(new InteractivePayload.ViewSubmission
        {
            Type = type,
            Workspace = PayloadWorkspace.WorkspaceOf(root),
            ApiAppId = root.TextOrNull("api_app_id"),
            User = user,
            View = view,
            TriggerId = Trigger(root),
            ResponseUrls = ResponseUrls(root),
        }),
    };

    private static PayloadReadResult<InteractivePayload> ViewClosed(JsonElement root, string type) => (User(root), View(root)) switch
    {
        (null, _) => Malformed("no_user"),
        (_, null) => Malformed("no_view"),
        var (user, view) => Read(new InteractivePayload.ViewClosed
        {
            Type = type,
            Workspace = PayloadWorkspace.WorkspaceOf(root),
            ApiAppId = root.TextOrNull("api_app_id"),
            User = user,
            View = view,
            IsCleared = root.Flag("is_cleared") ?? false,
        }),
    };

    private static PayloadReadResult<InteractivePayload> MessageAction(JsonElement root, string type) =>
        (User(root), root.TextOrNull("callback_id"), Channel(root), Message(root)) switch
        {
            (null, _, _, _) => Malformed("no_user"),
            (_, null, _, _) => Malformed("no_callback_id"),
            (_, _, null, _) => Malformed("no_channel"),
            (_, _, _, null) => Malformed("no_message"),
            var (user, callback, channel, message) => Read(new InteractivePayload.MessageAction
            {
                Type = type,
                Workspace = PayloadWorkspace.WorkspaceOf(root),
                ApiAppId = root.TextOrNull("api_app_id"),
                User = user,
                CallbackId = callback,
                Channel = channel,
                Message = message,
                TriggerId = Trigger(root),
                ResponseUrl = Url(root),
            }),
        };

    private static PayloadReadResult<InteractivePayload> Shortcut(JsonElement root, string type) => (User(root), root.TextOrNull("callback_id")) switch
    {
        (null, _) => Malformed("no_user"),
        (_, null) => Malformed("no_callback_id"),
        var (user, callback) => Read(new InteractivePayload.Shortcut
        {
            Type = type,
            Workspace = PayloadWorkspace.WorkspaceOf(root),
            ApiAppId = root.TextOrNull("api_app_id"),
            User = user,
            CallbackId = callback,
            TriggerId = Trigger(root),
        }),
    };

    private static PayloadReadResult<InteractivePayload> BlockSuggestion(JsonElement root, string type) => (User(root), root.TextOrNull("action_id")) switch
    {
        (null, _) => Malformed("no_user"),
        (_, null) => Malformed("no_action_id"),
        var (user, action) => Read(new InteractivePayload.BlockSuggestion
        {
            Type = type,
            Workspace = PayloadWorkspace.WorkspaceOf(root),
            ApiAppId = root.TextOrNull("api_app_id"),
            User = user,
            ActionId = action,
            BlockId = root.Text("block_id") ?? "",
            Value = root.Text("value") ?? "",
            Container = Container(root),
            Channel = Channel(root),
            View = View(root),
        }),
    };

    private static PayloadUser? User(JsonElement root) =>
        root.Child("user") is { } user && user.TextOrNull("id") is { } id
            ? new PayloadUser(id, user.TextOrNull("name") ?? user.TextOrNull("username"), user.TextOrNull("team_id"))
            : null;

    private static PayloadChannel? Channel(JsonElement root) =>
        root.Child("channel") is { } channel && channel.TextOrNull("id") is { } id ? new PayloadChannel(id, channel.TextOrNull("name")) : null;

    private static PayloadContainer Container(JsonElement root) => root.Child("container") is not { } container
        ? new PayloadContainer()
        : new PayloadContainer
        {
            Type = container.Text("type") ?? "",
            MessageTs = container.Ts("message_ts"),
            ChannelId = container.TextOrNull("channel_id"),
            ThreadTs = container.Ts("thread_ts"),
            ViewId = container.TextOrNull("view_id"),
            IsEphemeral = container.Flag("is_ephemeral") ?? false,
        };

    private static PayloadMessage? Message(JsonElement root) => root.Child("message") is { } message && message.Ts("ts") is { } ts
        ? new PayloadMessage
        {
            Ts = ts,
            ThreadTs = message.Ts("thread_ts"),
            User = message.TextOrNull("user"),
            BotId = message.TextOrNull("bot_id"),
            AppId = message.TextOrNull("app_id"),
            FirstBlockId = message.Items("blocks").Select(block => block.TextOrNull("block_id")).FirstOrDefault(),
            Marker = PostMarker.FromMessage(message),
        }
        : null;

    private static PayloadAction Action(JsonElement action) => new()
    {
        ActionId = action.Text("action_id") ?? "",
        BlockId = action.Text("block_id") ?? "",
        Type = action.Text("type") ?? "",
        ActionTs = action.Text("action_ts") ?? "",
        Value = action.Text("value"),
        SelectedOptionValue = action.Child("selected_option")?.Text("value"),
        SelectedValues = Selected(action),
    };

    private static PayloadView? View(JsonElement root) => root.Child("view") is { } view && view.TextOrNull("id") is { } id
        ? new PayloadView
        {
            Id = id,
            Type = view.Text("type") ?? "",
            CallbackId = view.Text("callback_id") ?? "",
            PrivateMetadata = view.Text("private_metadata") ?? "",
            Hash = view.TextOrNull("hash"),
            RootViewId = view.TextOrNull("root_view_id"),
            PreviousViewId = view.TextOrNull("previous_view_id"),
            ExternalId = view.TextOrNull("external_id"),
            AppId = view.TextOrNull("app_id"),
            BotId = view.TextOrNull("bot_id"),
            AppInstalledTeamId = view.TextOrNull("app_installed_team_id"),
            TeamId = view.TextOrNull("team_id"),
            Inputs = Inputs(view),
        }
        : null;

    private static PayloadInput[] Inputs(JsonElement view) => view.Child("state")?.Child("values") is not { } values
        ? []
        : [.. values.EnumerateObject()
            .Where(block => block.Value.ValueKind == JsonValueKind.Object)
            .SelectMany(block => block.Value.EnumerateObject(), (block, element) => new PayloadInput(
                block.Name,
                element.Name,
                element.Value.Text("type") ?? "",
                element.Value.Text("value") is { } text ? [text, .. Selected(element.Value)] : Selected(element.Value)))];

    // Slack shows these in the documentation inside the view, and sends them beside it.
    private static PayloadResponseUrl[] ResponseUrls(JsonElement root) =>
    [
        .. root.Items("response_urls").Concat(root.Child("view")?.Items("response_urls") ?? [])
            .Where(item => item.TextOrNull("response_url") is not null)
            .Select(item => new PayloadResponseUrl(
                item.TextOrNull("block_id"), item.TextOrNull("action_id"), item.TextOrNull("channel_id"), new ResponseUrl(item.Text("response_url")!))),
    ];

    /// <summary>What is chosen in an element of any kind: the fields differ by kind, and only those of its kind are there.</summary>
    private static string[] Selected(JsonElement element)
    {
        var options = element.Items("selected_options").Prepend(element.Child("selected_option") ?? default).Select(option => option.Text("value"));
        var one = SingleChoices.Select(name => element.TextOrNull(name));
        var many = MultipleChoices.SelectMany(name => element.TextItems(name));
        var moment = element.Integer("selected_date_time")?.ToString(CultureInfo.InvariantCulture);
        return [.. options.Concat(one).Concat(many).Append(moment).OfType<string>()];
    }

    private static TriggerId? Trigger(JsonElement root) =>
        root.Text("trigger_id") is { } trigger && !string.IsNullOrWhiteSpace(trigger) ? new TriggerId(trigger) : null;

    private static ResponseUrl? Url(JsonElement root) => root.TextOrNull("response_url") is { } url ? new ResponseUrl(url) : null;

    private static PayloadReadResult<InteractivePayload> Read(InteractivePayload payload) => new PayloadReadResult<InteractivePayload>.Read(payload);

    private static PayloadReadResult<InteractivePayload> Malformed(string reason) => new PayloadReadResult<InteractivePayload>.Malformed(reason);
}
