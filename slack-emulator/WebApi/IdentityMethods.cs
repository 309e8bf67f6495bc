using System.Text.Json.Nodes;
using ThreadGrains.SlackEmulator.Messages;

namespace ThreadGrains.SlackEmulator.WebApi;

/// <summary>auth.test and users.info.</summary>
internal sealed class IdentityMethods(Store store)
{
    public JsonObject AuthTest(Call call) => Answer.Ok(
        ("url", $"https://{call.Team.Team.ToLowerInvariant()}.slack.example/"), ("team", call.Team.Name), ("user", "threadgrains"), ("team_id", call.Team.Team),
        ("user_id", call.Team.BotUser), ("bot_id", call.Team.BotId), ("app_id", store.AppId), ("is_enterprise_install", false));

    public JsonObject UsersInfo(Call call) =>
        call.Team.People.FirstOrDefault(person => person.Id == call.Arguments.Text("user")) is { } person
            ? Answer.Ok(("user", new JsonObject
            {
                ["id"] = person.Id, ["team_id"] = call.Team.Team, ["name"] = person.Name, ["real_name"] = person.RealName, ["deleted"] = false,
                ["is_bot"] = person.Id == call.Team.BotUser, ["tz"] = "Etc/UTC",
                ["profile"] = new JsonObject { ["display_name"] = person.RealName, ["real_name"] = person.RealName },
            }))
            : Answer.Error("user_not_found");
}
