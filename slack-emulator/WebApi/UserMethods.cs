using System.Text.Json.Nodes;
using ThreadGrains.SlackEmulator.Workspaces;

namespace ThreadGrains.SlackEmulator.WebApi;

/// <summary>The family <c>users.*</c>.</summary>
internal static class UserMethods
{
    public static IEnumerable<ApiMethod> All =>
    [
        new("users.info", AcceptsJson: false, Limit.ReadingOften, "users:read", About),
        new("users.lookupByEmail", AcceptsJson: false, Limit.Reading, "users:read.email", ByEmail),
    ];

    private static ApiAnswer About(ApiCall call)
    {
        if (call.Arguments.Text("user") is not { } id) return ApiAnswer.Error("user_not_found");
        var app = call.Workspace.App;
        if (id == app.BotUser)
            return ApiAnswer.Ok(("user", Json(call.Workspace, new Person(id, app.Name.ToLowerInvariant(), app.Name), isBot: true)));
        return call.Workspace.People.TryGetValue(id, out var person)
            ? ApiAnswer.Ok(("user", Json(call.Workspace, person, isBot: false)))
            : ApiAnswer.Error("user_not_found");
    }

    private static ApiAnswer ByEmail(ApiCall call)
    {
        if (call.Arguments.Text("email") is not { } email) return ApiAnswer.Missing("email");
        var person = call.Workspace.People.Values.FirstOrDefault(known => string.Equals(Email(call.Workspace, known), email, StringComparison.OrdinalIgnoreCase));
        return person is null ? ApiAnswer.Error("users_not_found") : ApiAnswer.Ok(("user", Json(call.Workspace, person, isBot: false)));
    }

    private static string Email(Workspace workspace, Person person) => $"{person.Name}@{workspace.Domain}.example.com";

    private static JsonObject Json(Workspace workspace, Person person, bool isBot)
    {
        var profile = new JsonObject
        {
            ["real_name"] = person.RealName,
            ["real_name_normalized"] = person.RealName,
            ["display_name"] = person.Name,
            ["display_name_normalized"] = person.Name,
            ["status_text"] = "",
            ["status_emoji"] = "",
            ["avatar_hash"] = "g0000000000",
            ["team"] = workspace.Team,
        };
        foreach (var size in new[] { "24", "32", "48", "72", "192", "512" }) profile["image_" + size] = $"https://a.slack-edge.com/80588/img/avatars/ava_0000-{size}.png";
        if (isBot)
        {
            profile["api_app_id"] = workspace.App.AppId;
            profile["bot_id"] = workspace.App.BotId;
        }
        else
        {
            profile["email"] = Email(workspace, person);
        }
        return new JsonObject
        {
            ["id"] = person.Id,
            ["team_id"] = workspace.Team,
            ["name"] = person.Name,
            ["deleted"] = false,
            ["color"] = "9f69e7",
            ["real_name"] = person.RealName,
            ["tz"] = "Etc/UTC",
            ["tz_label"] = "Coordinated Universal Time",
            ["tz_offset"] = 0,
            ["profile"] = profile,
            ["is_admin"] = false,
            ["is_owner"] = false,
            ["is_primary_owner"] = false,
            ["is_restricted"] = false,
            ["is_ultra_restricted"] = false,
            ["is_bot"] = isBot,
            ["is_app_user"] = false,
            ["has_2fa"] = false,
            ["updated"] = 1_700_000_000,
        };
    }
}
