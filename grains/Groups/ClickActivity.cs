using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ThreadGrains.Groups;

namespace ThreadGrains.Grains.Groups;

/// <summary>What a click becomes: an activity with the person as actor and an id that makes the click count once. Pure.</summary>
internal static class ClickActivity
{
    /// <summary>Null: the button is not one of ours.</summary>
    public static Activity? Of(Click click, string name)
    {
        string person = $"slack:{click.Address.Workspace}:{click.User}";
        (string Type, string? Data)? meaning = click.ActionId switch
        {
            ClickActions.Resolve => (ActivityTypes.Resolved, null),
            ClickActions.Unresolve => (ActivityTypes.Unresolved, null),
            ClickActions.Archive => (ActivityTypes.Archived, null),
            ClickActions.AssignMe => (ActivityTypes.Assigned, AssignedTo(name, person)),
            _ => null,
        };
        return meaning is { } m ? new Activity(IdOf(click), m.Type, new Actor(ActorTypes.User, person, name), m.Data) : null;
    }

    private static string AssignedTo(string name, string person) => JsonSerializer.Serialize(
        new Dictionary<string, string> { ["assignee"] = name, ["assigneeType"] = "user", ["assigneeId"] = person });

    /// <summary>The same click, delivered twice, has the same id; two clicks of one person differ in their <c>action_ts</c>.</summary>
    public static string IdOf(Click click)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(
            string.Join('\n', click.Address.Channel, click.MessageTs, click.User, click.ActionId, click.ActionTs)));
        return $"slack:{click.Address.Workspace}:{Convert.ToHexStringLower(hash)}";
    }
}
