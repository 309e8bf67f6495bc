namespace ThreadGrains.Groups;

/// <summary>The words that <c>until</c> of an <see cref="ActivityTypes.Archived"/> activity may hold instead of a time.</summary>
public static class ArchiveConditions
{
    /// <summary>Until the group happens more often than foreseen.</summary>
    public const string Escalating = "escalating";

    /// <summary>Until a condition is met that only the tracker knows.</summary>
    public const string ConditionMet = "condition_met";

    /// <summary>For good.</summary>
    public const string Forever = "forever";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> Words { get; } = [Escalating, ConditionMet, Forever];
}
