using ThreadGrains.Slack.WebApi;
using YamlDotNet.RepresentationModel;

namespace ThreadGrains.Slack.Tests;

/// <summary>The app that deploy/slack-manifest.yaml makes is the one that the product counts on.</summary>
public sealed class ManifestTests
{
    private static readonly string[] Events =
    [
        "message_metadata_posted", "message.channels", "message.groups", "channel_archive", "channel_unarchive", "channel_deleted", "channel_rename", "channel_id_changed",
        "group_archive", "group_unarchive", "group_deleted", "group_rename", "member_joined_channel", "member_left_channel", "app_uninstalled", "tokens_revoked",
    ];

    /// <summary>What each event needs (Slack, the events' pages, required scopes); the others need none.</summary>
    private static readonly Dictionary<string, string> ScopeOfEvent = new()
    {
        ["message_metadata_posted"] = "metadata.message:read",
        ["message.channels"] = "channels:history",
        ["message.groups"] = "groups:history",
        ["channel_archive"] = "channels:read",
        ["channel_unarchive"] = "channels:read",
        ["channel_deleted"] = "channels:read",
        ["channel_rename"] = "channels:read",
        ["channel_id_changed"] = "channels:read",
        ["channel_left"] = "channels:read",
        ["group_archive"] = "groups:read",
        ["group_unarchive"] = "groups:read",
        ["group_deleted"] = "groups:read",
        ["group_rename"] = "groups:read",
        ["group_left"] = "groups:read",
        ["member_joined_channel"] = "channels:read",
        ["member_left_channel"] = "channels:read",
    };

    private readonly YamlNode _manifest = Load();

    [Fact]
    public void It_asks_for_the_scopes_that_the_doctor_demands_and_for_no_others()
    {
        var scopes = Texts(At("oauth_config", "scopes", "bot"));

        Assert.NotEmpty(scopes);
        Assert.Equal(SlackScope.All.Select(scope => scope.Name).Order(StringComparer.Ordinal), scopes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_subscribes_to_every_event_that_has_an_effect_with_the_scope_that_it_needs()
    {
        var events = Texts(At("settings", "event_subscriptions", "bot_events"));
        var scopes = Texts(At("oauth_config", "scopes", "bot"));

        Assert.Empty(Events.Except(events));
        Assert.Equal(events.Count, events.Distinct().Count());
        Assert.All(events.Where(ScopeOfEvent.ContainsKey), name => Assert.Contains(ScopeOfEvent[name], scopes));
    }

    [Fact]
    public void It_subscribes_to_the_metadata_that_our_posts_carry()
    {
        var subscription = Assert.Single(((YamlSequenceNode)At("settings", "event_subscriptions", "metadata_subscriptions")).Children);

        Assert.Equal(PostMarker.EventType, Text(subscription["event_type"]));
        Assert.Equal("*", Text(subscription["app_id"]));
    }

    [Fact]
    public void It_has_a_place_for_direct_messages_to_whoever_cannot_be_told_in_the_channel() =>
        Assert.Equal("true", Text(At("features", "app_home", "messages_tab_enabled")));

    [Fact]
    public void Its_addresses_are_those_of_the_gateway_and_what_is_not_supported_is_off()
    {
        Assert.EndsWith("/slack/events", Text(At("settings", "event_subscriptions", "request_url")), StringComparison.Ordinal);
        Assert.EndsWith("/slack/actions", Text(At("settings", "interactivity", "request_url")), StringComparison.Ordinal);
        Assert.Equal("true", Text(At("settings", "interactivity", "is_enabled")));
        Assert.All(["org_deploy_enabled", "socket_mode_enabled", "token_rotation_enabled"], off => Assert.Equal("false", Text(At("settings", off))));
    }

    private YamlNode At(params string[] path) => path.Aggregate(_manifest, (node, name) => node[name]);

    private static List<string> Texts(YamlNode list) => [.. ((YamlSequenceNode)list).Select(Text)];

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    private static YamlNode Load()
    {
        var yaml = new YamlStream();
        using var reader = File.OpenText(Source.PathOf("..", "..", "deploy", "slack-manifest.yaml"));
        yaml.Load(reader);
        return Assert.Single(yaml.Documents).RootNode;
    }
}
