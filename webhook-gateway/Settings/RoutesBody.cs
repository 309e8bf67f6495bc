using System.Text.Json;
using ThreadGrains.Groups;
using ThreadGrains.Organizations;
using ThreadGrains.WebhookGateway.Alerts;
using ThreadGrains.WebhookGateway.Requests;

namespace ThreadGrains.WebhookGateway.Settings;

/// <summary>Where alerts go that name no channels.</summary>
internal sealed record RoutesBody
{
    /// <summary>In order: the first that matches is taken, and those after it if it goes on. None: the default channel.</summary>
    public required IReadOnlyList<RouteBody> Routes { get; init; }

    public static RoutesBody Read(JsonFields fields)
    {
        var body = new RoutesBody { Routes = [.. (fields.RequiredObjects("routes") ?? []).Select(RouteBody.Read)] };
        fields.NoOthers();
        if (fields.Violations.Count == 0)
        {
            foreach (var violation in SettingsRules.Check(body.ToRoutes()))
            {
                fields.Add(violation);
            }
        }

        return body;
    }

    public static RoutesBody Of(IReadOnlyList<AlertRoute> routes) => new() { Routes = [.. routes.Select(RouteBody.Of)] };

    public IReadOnlyList<AlertRoute> ToRoutes() => [.. Routes.Select(route => route.ToRoute())];
}

/// <summary>One route; everything that it names must match.</summary>
internal sealed record RouteBody
{
    /// <summary>For people; unique.</summary>
    public required string Name { get; init; }

    /// <summary>Any of these projects; one that ends in * stands for all that begin so.</summary>
    public IReadOnlyList<string>? Projects { get; init; }

    /// <summary>Any of these levels, whatever their case.</summary>
    public IReadOnlyList<string>? Levels { get; init; }

    /// <summary>All of these tags, by name; a value that ends in * stands for all that begin so.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Where matching alerts are announced.</summary>
    public required IReadOnlyList<ChannelBody> Channels { get; init; }

    /// <summary>Look at later routes too. Default false.</summary>
    public bool? GoOn { get; init; }

    public static RouteBody Read(JsonFields fields)
    {
        var body = new RouteBody
        {
            Name = fields.RequiredText("name"),
            Projects = fields.TextList("projects"),
            Levels = fields.TextList("levels"),
            Tags = fields.Texts("tags"),
            Channels = [.. (fields.RequiredObjects("channels") ?? []).Select(ChannelBody.Read)],
            GoOn = fields.Flag("goOn"),
        };
        fields.NoOthers();
        return body;
    }

    public static RouteBody Of(AlertRoute route) => new()
    {
        Name = route.Name, Projects = route.Projects, Levels = route.Levels, Tags = route.Tags,
        Channels = [.. route.Channels.Select(channel => new ChannelBody { Workspace = channel.Workspace, Channel = channel.Channel })],
        GoOn = route.GoOn ? true : null,
    };

    public AlertRoute ToRoute() => new(Name, [.. Channels.Select(channel => new ChannelAddress(channel.Workspace, channel.Channel))], Projects, Levels, Tags, GoOn ?? false);
}

/// <summary>What would become of an alert.</summary>
internal sealed record PreviewAnswer
{
    /// <summary>Where it would be announced; none: it would be refused with no_channel.</summary>
    public required IReadOnlyList<RoutedChannelAnswer> Channels { get; init; }

    /// <summary>What readers without blocks would see.</summary>
    public required string Text { get; init; }

    /// <summary>The message's blocks, as Slack would get them.</summary>
    public required JsonElement Blocks { get; init; }

    public static PreviewAnswer Of(AlertPreview preview) => new()
    {
        Channels = [.. preview.Channels.Select(routed => new RoutedChannelAnswer(routed.Channel.Workspace, routed.Channel.Channel, routed.Route))],
        Text = preview.Text,
        Blocks = JsonElement.Parse(preview.Blocks),
    };
}

/// <summary>A channel in which an alert would be announced.</summary>
/// <param name="Workspace">Slack's team id.</param>
/// <param name="Channel">Slack's channel id.</param>
/// <param name="Route">The route's name; absent: the alert names the channel, or it is the default channel.</param>
internal sealed record RoutedChannelAnswer(string Workspace, string Channel, string? Route);
