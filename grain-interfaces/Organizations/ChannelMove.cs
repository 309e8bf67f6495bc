using ThreadGrains.Groups;

namespace ThreadGrains.Organizations;

/// <summary>A channel that Slack gave another id. Whoever still names the old one means the new one.</summary>
/// <param name="Workspace">Slack's team id.</param>
/// <param name="Old">The id that it had.</param>
/// <param name="New">The id that it has.</param>
/// <param name="At">When, as Slack says.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.ChannelMove")]
public sealed record ChannelMove(
    [property: Id(0)] string Workspace, [property: Id(1)] string Old, [property: Id(2)] string New, [property: Id(3)] DateTimeOffset At);

/// <summary>The moves that an organization remembers: for each old id the newest one, which is never old itself. Pure.</summary>
public static class ChannelMoves
{
    /// <summary>Where a channel is now.</summary>
    public static ChannelAddress Now(this IReadOnlyList<ChannelMove>? moves, ChannelAddress address) =>
        moves?.FirstOrDefault(move => move.Workspace == address.Workspace && move.Old == address.Channel) is { } move
            ? address with { Channel = move.New }
            : address;

    /// <summary>
    /// The moves with one more. What led to its old id leads to its new one, and what led away from the new id, which is in use
    /// again, leads nowhere. A move of before one that is known of these ids is not added: null.
    /// </summary>
    public static IReadOnlyList<ChannelMove>? With(this IReadOnlyList<ChannelMove> moves, ChannelMove added)
    {
        if (added.Old == added.New || moves.Any(move => move.Workspace == added.Workspace && (move.Old == added.Old || move.Old == added.New) && move.At > added.At))
        {
            return null;
        }

        return
        [
            .. moves.Where(move => move.Workspace != added.Workspace || (move.Old != added.Old && move.Old != added.New))
                .Select(move => move.Workspace == added.Workspace && move.New == added.Old ? move with { New = added.New } : move),
            added,
        ];
    }

    /// <summary>The settings as they read with the ids of today.</summary>
    public static OrganizationSettings Applied(this OrganizationSettings settings) => settings.Moves is not { Count: > 0 } moves
        ? settings
        : settings with
        {
            DefaultChannel = settings.DefaultChannel is { } usual ? moves.Now(usual) : null,
            Policy = settings.Policy is { } policy
                ? policy with
                {
                    Rules = [.. policy.Rules.Select(rule => rule is { Workspace: { } workspace, Channel: { } channel }
                        ? rule with { Channel = moves.Now(new ChannelAddress(workspace, channel)).Channel }
                        : rule)],
                }
                : null,
            Routes = settings.Routes is { } routes
                ? [.. routes.Select(route => route with { Channels = [.. route.Channels.Select(channel => moves.Now(channel)).Distinct()] })]
                : null,
        };
}
