using System.Text.Json.Nodes;
using ThreadGrains.SlackEmulator.Interactions;

namespace ThreadGrains.SlackEmulator.WebApi;

/// <summary>views.open and views.update: triggers live for 3 s and count once; a stale hash is refused.</summary>
internal sealed class ViewMethods(Triggers triggers)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, JsonObject> _views = [];
    private int _made;

    public JsonObject Open(Call call)
    {
        if (triggers.Use(call.Arguments.Text("trigger_id")) is { } trouble)
        {
            return Answer.Error(trouble);
        }

        if (call.Arguments.Json("view") is not (JsonObject wished, true))
        {
            return Answer.Error("invalid_arguments", ["[ERROR] missing required field: view"]);
        }

        lock (_lock)
        {
            var view = Finish(call, wished, $"V0VIEW{++_made:d5}");
            return Answer.Ok(("view", view.DeepClone()));
        }
    }

    public JsonObject Update(Call call)
    {
        if (call.Arguments.Json("view") is not (JsonObject wished, true))
        {
            return Answer.Error("invalid_arguments", ["[ERROR] missing required field: view"]);
        }

        lock (_lock)
        {
            if (call.Arguments.Text("view_id") is not { } id || !_views.TryGetValue(id, out var standing))
            {
                return Answer.Error("not_found");
            }

            if (call.Arguments.Text("hash") is { } hash && hash != (string?)standing["hash"])
            {
                return Answer.Error("hash_conflict");
            }

            return Answer.Ok(("view", Finish(call, wished, id).DeepClone()));
        }
    }

    private JsonObject Finish(Call call, JsonObject wished, string id)
    {
        var view = wished.DeepClone().AsObject();
        view["id"] = id;
        view["team_id"] = call.Team.Team;
        view["hash"] = $"{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}.{++_made:x8}";
        view["root_view_id"] = id;
        view["previous_view_id"] = null;
        view["state"] = new JsonObject { ["values"] = new JsonObject() };
        _views[id] = view;
        return view;
    }
}
