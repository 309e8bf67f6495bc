using System.Text.Json;
using System.Text.Json.Nodes;
using ThreadGrains.SlackEmulator.Blocks;
using ThreadGrains.SlackEmulator.Interactions;

namespace ThreadGrains.SlackEmulator.WebApi;

/// <summary>The family <c>views.*</c>.</summary>
internal sealed class ViewMethods(OpenViews views, Triggers triggers)
{
    /// <summary>Slack, views.open: "view_too_large".</summary>
    private const int LargestBytes = 250 * 1024;

    public IEnumerable<ApiMethod> All =>
    [
        new("views.open", AcceptsJson: true, Limit.UpdatingOften, "", Open),
        new("views.push", AcceptsJson: true, Limit.UpdatingOften, "", Push),
        new("views.update", AcceptsJson: true, Limit.UpdatingOften, "", Update),
    ];

    private ApiAnswer Open(ApiCall call) => WithTrigger(call, (user, content) => views.Open(call.Workspace.Team, user, content));

    private ApiAnswer Push(ApiCall call) => WithTrigger(call, (user, content) => views.Push(call.Workspace.Team, user, content));

    private ApiAnswer WithTrigger(ApiCall call, Func<string, JsonObject, OpenView?> open)
    {
        if (Read(call, out var content) is { } refusal) return refusal;
        if (Duplicate(call, content, of: null)) return ApiAnswer.Error("duplicate_external_id");
        if (call.Arguments.Text("trigger_id") is not { } trigger) return ApiAnswer.Missing("trigger_id");
        switch (triggers.Exchange(trigger, call.Workspace.Team, out var user))
        {
            case "invalid_arguments":
                return ApiAnswer.Error("invalid_arguments", ["invalid `trigger_id`"]);
            case { } error:
                return ApiAnswer.Error(error);
        }
        return open(user, content) is { } view ? ApiAnswer.Ok(("view", Json(call, view))) : ApiAnswer.Error("push_limit_reached");
    }

    private ApiAnswer Update(ApiCall call)
    {
        if (Read(call, out var content) is { } refusal) return refusal;
        var team = call.Workspace.Team;
        var view = call.Arguments.Text("view_id") is { } id ? views.ById(team, id)
            : call.Arguments.Text("external_id") is { } external ? views.ByExternalId(team, external)
            : null;
        if (view is null) return ApiAnswer.Error("not_found");
        if (call.Arguments.Text("hash") is { } hash && hash != view.Hash) return ApiAnswer.Error("hash_conflict");
        if (Duplicate(call, content, view)) return ApiAnswer.Error("duplicate_external_id");
        return ApiAnswer.Ok(("view", Json(call, views.Update(view, content))));
    }

    private bool Duplicate(ApiCall call, JsonObject content, OpenView? of) =>
        Text(content, "external_id") is { Length: > 0 } external && views.ByExternalId(call.Workspace.Team, external) is { } other && other.Id != of?.Id;

    private static ApiAnswer? Read(ApiCall call, out JsonObject content)
    {
        content = [];
        if (!call.Arguments.TryJson("view", out var given) || given is { ValueKind: not JsonValueKind.Object })
            return ApiAnswer.Error("invalid_arguments", ["[ERROR] must be a valid view [json-pointer:/view]"]);
        if (given is not { } view) return ApiAnswer.Missing("view");
        if (view.GetRawText().Length > LargestBytes) return ApiAnswer.Error("view_too_large");

        content = JsonObject.Create(view)!;
        var errors = new List<string>();
        if (Text(content, "type") != "modal") errors.Add("[ERROR] unsupported type [json-pointer:/view/type]");
        Words(content, "title", required: true, errors);
        Words(content, "submit", required: false, errors);
        Words(content, "close", required: false, errors);
        Length(content, "private_metadata", 3_000, errors);
        Length(content, "callback_id", 255, errors);
        Length(content, "external_id", 255, errors);
        if (view.TryGetProperty("blocks", out var blocks) && blocks.ValueKind == JsonValueKind.Array)
        {
            errors.AddRange(BlockValidation.OfView(blocks).Select(static error => error.Replace("[json-pointer:/", "[json-pointer:/view/", StringComparison.Ordinal)));
            if (!content.ContainsKey("submit") && blocks.EnumerateArray().Any(static block => block.ValueKind == JsonValueKind.Object && block.TryGetProperty("type", out var type) && type.ValueEquals("input")))
                errors.Add("[ERROR] missing required field: submit [json-pointer:/view]");
        }
        else
        {
            errors.Add("[ERROR] missing required field: blocks [json-pointer:/view]");
        }
        if (errors.Count > 0) return ApiAnswer.Error("invalid_arguments", errors);
        content["blocks"] = JsonNode.Parse(BlockFilling.Fill(blocks, view.GetRawText()).GetRawText());
        return null;
    }

    private static void Words(JsonObject view, string name, bool required, List<string> errors)
    {
        if (view[name] is not JsonObject words)
        {
            if (required) errors.Add($"[ERROR] missing required field: {name} [json-pointer:/view]");
            return;
        }
        const int limit = 24;
        if (Text(words, "type") != "plain_text") errors.Add($"[ERROR] unsupported type [json-pointer:/view/{name}/type]");
        if (Text(words, "text") is not { Length: > 0 } text) errors.Add($"[ERROR] missing required field: text [json-pointer:/view/{name}]");
        else if (text.Length > limit) errors.Add($"[ERROR] must be less than {limit + 1} characters [json-pointer:/view/{name}/text]");
    }

    private static void Length(JsonObject view, string name, int limit, List<string> errors)
    {
        if (Text(view, name)?.Length > limit) errors.Add($"[ERROR] must be less than {limit + 1} characters [json-pointer:/view/{name}]");
    }

    private static JsonObject Json(ApiCall call, OpenView view)
    {
        var content = view.Content;
        return new JsonObject
        {
            ["id"] = view.Id,
            ["team_id"] = view.Team,
            ["type"] = "modal",
            ["title"] = content["title"]!.DeepClone(),
            ["close"] = content["close"]?.DeepClone(),
            ["submit"] = content["submit"]?.DeepClone(),
            ["blocks"] = content["blocks"]!.DeepClone(),
            ["private_metadata"] = Text(content, "private_metadata") ?? "",
            ["callback_id"] = Text(content, "callback_id") ?? "",
            ["external_id"] = Text(content, "external_id") ?? "",
            ["state"] = new JsonObject { ["values"] = new JsonObject() },
            ["hash"] = view.Hash,
            ["clear_on_close"] = Flag(content, "clear_on_close"),
            ["notify_on_close"] = Flag(content, "notify_on_close"),
            ["root_view_id"] = view.Root,
            ["previous_view_id"] = view.Previous,
            ["app_id"] = call.Workspace.App.AppId,
            ["app_installed_team_id"] = view.Team,
            ["bot_id"] = call.Workspace.App.BotId,
        };
    }

    private static bool Flag(JsonObject view, string name) => view[name] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    private static string? Text(JsonObject owner, string name) => owner[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
