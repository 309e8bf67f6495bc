using System.Text.Json.Nodes;
using ThreadGrains.SlackEmulator.Hosting;
using ThreadGrains.SlackEmulator.Messages;
using ThreadGrains.SlackEmulator.Workspaces;

namespace ThreadGrains.SlackEmulator.Interactions;

/// <summary>Builds the payload <c>block_actions</c> (Slack, "block_actions payload").</summary>
internal sealed class BlockActions(EmulatorOptions options, Triggers triggers, ResponseUrls responseUrls, TimeProvider clock)
{
    private Ts _last;

    /// <summary>What a menu asks while somebody types (Slack, "block_suggestion payload"). Must be called under the state's lock.</summary>
    public JsonObject Suggestion(StoredMessage message, ClickedElement element, Person person, string typed)
    {
        var payload = Payload(message, element, person);
        var action = payload["actions"]![0]!;
        payload["type"] = "block_suggestion";
        payload["action_id"] = action["action_id"]!.DeepClone();
        payload["block_id"] = action["block_id"]!.DeepClone();
        payload["value"] = typed;
        foreach (var absent in new[] { "actions", "trigger_id", "response_url", "state" }) payload.Remove(absent);
        return payload;
    }

    /// <summary>Must be called under the state's lock.</summary>
    public JsonObject Payload(StoredMessage message, ClickedElement element, Person person)
    {
        var workspace = message.Channel.Workspace;
        var now = Ts.At(clock.GetUtcNow());
        _last = now > _last ? now : new Ts(_last.Micros + 1);

        var container = new JsonObject
        {
            ["type"] = element.Attachment is null ? "message" : "message_attachment",
            ["message_ts"] = message.Ts.ToString(),
            ["channel_id"] = message.Channel.Id,
            ["is_ephemeral"] = false,
        };
        if (element.Attachment is { } attachment)
        {
            container["attachment_id"] = attachment;
            container["is_app_unfurl"] = false;
        }
        if (message.Parent is { } parent) container["thread_ts"] = parent.Ts.ToString();

        return new JsonObject
        {
            ["type"] = "block_actions",
            ["user"] = new JsonObject { ["id"] = person.Id, ["username"] = person.Name, ["name"] = person.Name, ["team_id"] = person.Team ?? workspace.Team },
            ["api_app_id"] = workspace.App.AppId,
            ["token"] = options.VerificationToken,
            ["container"] = container,
            ["trigger_id"] = triggers.Give(workspace.Team, person.Id),
            ["team"] = new JsonObject { ["id"] = workspace.Team, ["domain"] = workspace.Domain },
            ["enterprise"] = null,
            ["is_enterprise_install"] = false,
            ["channel"] = new JsonObject { ["id"] = message.Channel.Id, ["name"] = message.Channel.Name },
            ["message"] = SlackMessageJson.Of(message, clock.GetUtcNow(), MetadataDetail.None),
            ["state"] = new JsonObject { ["values"] = new JsonObject() },
            ["response_url"] = responseUrls.Give(message, person.Id).ToString(),
            ["actions"] = new JsonArray(element.ToAction(_last.ToString())),
        };
    }
}
