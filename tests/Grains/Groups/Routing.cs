using ThreadGrains.Grains.Groups;
using ThreadGrains.Groups;
using ThreadGrains.Organizations;

namespace ThreadGrains.Grains.Tests.Groups;

/// <summary>Where alerts go that name no channels.</summary>
public sealed class Routing
{
    private static readonly ChannelAddress Usual = new("T1", "C0");

    private static ChannelAddress Channel(string id) => new("T1", id);

    private static AlertRoute Route(string name, params string[] channels) => new(name, [.. channels.Select(Channel)]);

    private static string Of(IssueFacts issue, params AlertRoute[] routes) => Of(new Alert("a1", issue), issue, Usual, routes);

    private static string Of(Alert alert, IssueFacts issue, ChannelAddress? usual, params AlertRoute[] routes) =>
        string.Join(' ', AlertRouting.Of(alert, issue, new OrganizationSettings(["T1"], usual, Routes: routes)).Select(routed => $"{routed.Channel.Channel}:{routed.Route}"));

    [Fact]
    public void The_first_route_that_matches_is_taken_and_those_after_it_if_it_goes_on()
    {
        var issue = new IssueFacts("Boom", Project: "payments-eu", Level: "Fatal", Tags: new Dictionary<string, string> { ["environment"] = "production" });
        Assert.Equal("C1:a", Of(issue, Route("a", "C1"), Route("b", "C2")));
        Assert.Equal("C1:a C2:b", Of(issue, Route("a", "C1") with { GoOn = true }, Route("b", "C2", "C1"), Route("c", "C3")));
        Assert.Equal("C2:b", Of(issue, Route("a", "C1") with { Projects = ["billing"] }, Route("b", "C2") with { Projects = ["shop", "payments-*"] }));
        Assert.Equal("C1:a", Of(issue, Route("a", "C1") with { Levels = ["error", "fatal"] }));
        Assert.Equal("C1:a", Of(issue, Route("a", "C1") with { Tags = new Dictionary<string, string> { ["environment"] = "prod*" } }));
        Assert.Equal("C0:", Of(issue, Route("a", "C1") with { Projects = ["payments-eu"], Tags = new Dictionary<string, string> { ["region"] = "*" } }));
        Assert.Equal("C0:", Of(new IssueFacts("Boom"), Route("a", "C1") with { Projects = ["*"] }));
        Assert.Equal("C0:", Of(issue));
    }

    [Fact]
    public void An_alert_that_names_its_channels_goes_nowhere_else_and_one_that_nothing_takes_goes_nowhere()
    {
        var alert = new Alert("a1", new IssueFacts("Boom"), Channels: [Channel("C9"), Channel("C9")]);
        Assert.Equal("C9:", Of(alert, alert.Issue, Usual, Route("a", "C1")));
        Assert.Equal("", Of(alert with { Channels = null }, alert.Issue, null, Route("a", "C1") with { Levels = ["fatal"] }));
    }
}
