namespace ThreadGrains.Groups;

/// <summary>Who did something to a group.</summary>
/// <param name="Type">One of <see cref="ActorTypes"/>.</param>
/// <param name="Id">The sender's id of the actor. For Slack users <c>slack:&lt;team&gt;:&lt;user&gt;</c>.</param>
/// <param name="Name">How the actor is shown; text, never a mention.</param>
/// <param name="Email">Shown when there is no name.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.Actor")]
public sealed record Actor(
    [property: Id(0)] string Type,
    [property: Id(1)] string? Id = null,
    [property: Id(2)] string? Name = null,
    [property: Id(3)] string? Email = null);

/// <summary>The kinds of actors. Machines are told from people because policy treats them differently.</summary>
public static class ActorTypes
{
    /// <summary>A person.</summary>
    public const string User = "user";

    /// <summary>The tracker itself.</summary>
    public const string System = "system";

    /// <summary>Another product acting on the tracker.</summary>
    public const string Integration = "integration";

    /// <summary>All of them, as they are written in requests.</summary>
    public static IReadOnlyList<string> All { get; } = [User, System, Integration];
}
