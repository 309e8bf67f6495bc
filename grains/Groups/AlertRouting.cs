using ThreadGrains.Groups;
using ThreadGrains.Organizations;

namespace ThreadGrains.Grains.Groups;

/// <summary>Where an alert is announced: where it says itself, else where the routes say, else in the default channel. Pure.</summary>
internal static class AlertRouting
{
    /// <returns>Each channel once, in order; empty: nowhere.</returns>
    public static IReadOnlyList<RoutedChannel> Of(Alert alert, IssueFacts issue, OrganizationSettings settings)
    {
        if (alert.Channels is { } named)
        {
            return [.. named.Select(channel => settings.Moves.Now(channel)).Distinct().Select(channel => new RoutedChannel(channel, null))];
        }

        var routed = new List<RoutedChannel>();
        foreach (var route in (settings.Routes ?? []).Where(route => route.Matches(issue)))
        {
            routed.AddRange(route.Channels.Where(channel => routed.All(known => known.Channel != channel)).Select(channel => new RoutedChannel(channel, route.Name)));
            if (!route.GoOn)
            {
                break;
            }
        }

        return routed.Count == 0 && settings.DefaultChannel is { } usual ? [new RoutedChannel(usual, null)] : routed;
    }
}
