namespace ThreadGrains.Groups;

/// <summary>Something that happened to a group, as its sender tells it.</summary>
/// <param name="Id">The sender's id: the same id with the same content counts once for seven days.</param>
/// <param name="Type">One of <see cref="ActivityTypes"/>, or a type that a source names itself.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="Data">A JSON object with the type's own fields, or null.</param>
/// <param name="OccurredAt">When it happened by the sender's clock. Shown, never used for order.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.Activity")]
public sealed record Activity(
    [property: Id(0)] string Id,
    [property: Id(1)] string Type,
    [property: Id(2)] Actor Actor,
    [property: Id(3)] string? Data = null,
    [property: Id(4)] DateTimeOffset? OccurredAt = null);
