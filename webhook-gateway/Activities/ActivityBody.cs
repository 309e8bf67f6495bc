using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using ThreadGrains.Groups;
using ThreadGrains.WebhookGateway.Requests;

namespace ThreadGrains.WebhookGateway.Activities;

/// <summary>Something that happened to a group. It becomes a reply in each of the group's threads.</summary>
internal sealed record ActivityBody
{
    /// <summary>Your id of the activity: the same id with the same content counts once for seven days. 1 to 200 characters of A-Z a-z 0-9 . _ : @ + = ~ -</summary>
    public required string Id { get; init; }

    /// <summary>Your id of the issue group; the same alphabet.</summary>
    public required string Group { get; init; }

    /// <summary>What happened; a type without a text is answered with ignored, unsupported_type.</summary>
    public required string Type { get; init; }

    /// <summary>Who did it.</summary>
    public required ActorBody Actor { get; init; }

    /// <summary>The type's own fields. Further ones are kept and not shown.</summary>
    public JsonElement? Data { get; init; }

    /// <summary>When it happened by your clock, RFC 3339; shown, never used for order.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    public static ActivityBody Read(JsonFields fields)
    {
        var actor = fields.RequiredObject("actor");
        var body = new ActivityBody
        {
            Id = fields.RequiredText("id"),
            Group = fields.RequiredText("group"),
            Type = fields.RequiredText("type"),
            Actor = actor is null ? new ActorBody { Type = "" } : ActorBody.Read(actor),
            Data = fields.AnyObject("data"),
            OccurredAt = fields.Time("occurredAt"),
        };
        fields.NoOthers();
        if (fields.Violations.Count == 0)
        {
            foreach (var violation in RequestRules.Check(body.ToActivity()))
            {
                fields.Add(violation);
            }

            if (RequestRules.CheckGroup(body.Group) is { } group)
            {
                fields.Add(group);
            }
        }

        return body;
    }

    public Activity ToActivity() => new(Id, Type, new Actor(Actor.Type, Actor.Id, Actor.Name, Actor.Email), Data?.GetRawText(), OccurredAt);
}

/// <summary>Who did something.</summary>
internal sealed record ActorBody
{
    /// <summary>user, system or integration. What a system did is not posted unless policy says so.</summary>
    [AllowedValues("user", "system", "integration")]
    public required string Type { get; init; }

    /// <summary>Your id of the actor.</summary>
    public string? Id { get; init; }

    /// <summary>How the actor is shown; text, never a mention.</summary>
    public string? Name { get; init; }

    /// <summary>Shown when there is no name.</summary>
    public string? Email { get; init; }

    public static ActorBody Read(JsonFields fields)
    {
        var body = new ActorBody
        {
            Type = fields.RequiredText("type"),
            Id = fields.Text("id"),
            Name = fields.Text("name"),
            Email = fields.Text("email"),
        };
        fields.NoOthers();
        return body;
    }
}
