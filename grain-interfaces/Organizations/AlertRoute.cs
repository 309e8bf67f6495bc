using ThreadGrains.Groups;

namespace ThreadGrains.Organizations;

/// <summary>Where alerts go that name no channels. Everything that a route names must match; what it does not name matches anything.</summary>
/// <param name="Name">For people; shown by the dry run.</param>
/// <param name="Channels">Where matching alerts are announced.</param>
/// <param name="Projects">Any of these; one that ends in <c>*</c> stands for all that begin so.</param>
/// <param name="Levels">Any of these, whatever their case.</param>
/// <param name="Tags">All of these, by name; a value that ends in <c>*</c> stands for all that begin so.</param>
/// <param name="GoOn">Later routes are looked at too; else the first that matches is the only one.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.AlertRoute")]
public sealed record AlertRoute(
    [property: Id(0)] string Name,
    [property: Id(1)] IReadOnlyList<ChannelAddress> Channels,
    [property: Id(2)] IReadOnlyList<string>? Projects = null,
    [property: Id(3)] IReadOnlyList<string>? Levels = null,
    [property: Id(4)] IReadOnlyDictionary<string, string>? Tags = null,
    [property: Id(5)] bool GoOn = false)
{
    /// <summary>Whether an issue goes this way.</summary>
    public bool Matches(IssueFacts issue) =>
        (Projects is null || (issue.Project is { } project && Projects.Any(pattern => Fits(pattern, project))))
        && (Levels is null || (issue.Level is { } level && Levels.Contains(level, StringComparer.OrdinalIgnoreCase)))
        && (Tags is null || Tags.All(tag => issue.Tags is { } tags && tags.TryGetValue(tag.Key, out string? value) && Fits(tag.Value, value)));

    private static bool Fits(string pattern, string value) =>
        pattern.EndsWith('*') ? value.StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern == value;
}

/// <summary>Where an alert goes, and which route says so.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Route">The route's name; null: the alert names the channel itself, or it is the default channel.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.RoutedChannel")]
public sealed record RoutedChannel([property: Id(0)] ChannelAddress Channel, [property: Id(1)] string? Route);

/// <summary>What would become of an alert.</summary>
/// <param name="Channels">Where it would be announced; empty: nowhere, it would be refused with <c>no_channel</c>.</param>
/// <param name="Text">What readers without blocks would see.</param>
/// <param name="Blocks">The blocks, as JSON.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.AlertPreview")]
public sealed record AlertPreview(
    [property: Id(0)] IReadOnlyList<RoutedChannel> Channels, [property: Id(1)] string Text, [property: Id(2)] string Blocks);
