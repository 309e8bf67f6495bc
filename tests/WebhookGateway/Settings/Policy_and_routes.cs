using ThreadGrains.Groups;
using ThreadGrains.Organizations;

namespace ThreadGrains.WebhookGateway.Tests.Settings;

public sealed class Policy_and_routes : IAsyncLifetime
{
    private World _world = null!;

    private Script Script => _world.Script;

    public async Task InitializeAsync() => _world = await World.Start();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    private Task<Answer> Put(string path, string json) => _world.Send(HttpMethod.Put, path, System.Text.Encoding.UTF8.GetBytes(json));

    [Fact]
    public async Task A_policy_is_set_whole_and_shown_as_it_was_set()
    {
        const string json = """{"rules":[{"post":"broadcast","kinds":["regressed","repeat"]},{"post":"silent","editParent":false,"workspace":"T1","channel":"C1"}],"systemActors":{"resolved":"post","*":"ignore"}}""";
        Assert.Equal(200, (int)(await Put("/v1/policy", json)).Status);

        var kept = Assert.Single(Script.Asked<PostingPolicy>("SetPolicy"));
        Assert.Equal((PostingMode.Broadcast, true), (kept.Rules[0].Post, kept.Rules[0].EditParent));
        Assert.Equal(["regressed", "repeat"], kept.Rules[0].Kinds!);
        Assert.Equal((PostingMode.Silent, false, "T1", "C1"), (kept.Rules[1].Post, kept.Rules[1].EditParent, kept.Rules[1].Workspace, kept.Rules[1].Channel));
        Assert.Equal((true, false), (kept.PostsSystemActor("resolved"), kept.PostsSystemActor("note")));
        Script.Policy = kept;
        Assert.Equal(System.Text.Json.Nodes.JsonNode.Parse(json)!["rules"]!.AsArray().Count, (await _world.Get("/v1/policy")).Json.GetProperty("rules").GetArrayLength());
        Assert.Equal("post", (await _world.Get("/v1/policy")).Json.GetProperty("systemActors").GetProperty("resolved").GetString());
    }

    [Theory]
    [InlineData("{}", "rules")]
    [InlineData("""{"rules":{}}""", "rules")]
    [InlineData("""{"rules":["silent"]}""", "rules[0]")]
    [InlineData("""{"rules":[{}]}""", "rules[0].post")]
    [InlineData("""{"rules":[{"post":"loud"}]}""", "rules[0].post")]
    [InlineData("""{"rules":[{"post":"silent","kinds":["exploded"]}]}""", "rules[0].kinds[0]")]
    [InlineData("""{"rules":[{"post":"silent","kinds":[]}]}""", "rules[0].kinds")]
    [InlineData("""{"rules":[{"post":"silent","kinds":"note"}]}""", "rules[0].kinds")]
    [InlineData("""{"rules":[{"post":"silent","channel":"C1"}]}""", "rules[0].workspace")]
    [InlineData("""{"rules":[{"post":"silent","workspace":"T1","channel":"#general"}]}""", "rules[0].channel")]
    [InlineData("""{"rules":[{"post":"silent","editParent":"no"}]}""", "rules[0].editParent")]
    [InlineData("""{"rules":[{"post":"silent","colour":"red"}]}""", "rules[0].colour")]
    [InlineData("""{"rules":[],"systemActors":{"resolved":"maybe"}}""", "systemActors.resolved")]
    [InlineData("""{"rules":[],"systemActors":{"exploded":"post"}}""", "systemActors.exploded")]
    [InlineData("""{"rules":[],"parentGone":"shrug"}""", "parentGone")]
    [InlineData("[]", "")]
    public async Task A_wrong_policy_is_refused_naming_the_field(string json, string field)
    {
        (await Put("/v1/policy", json)).Invalid(field);
        Assert.Empty(Script.Asked<PostingPolicy>("SetPolicy"));
    }

    [Fact]
    public async Task Routes_are_set_whole_and_shown_as_they_were_set()
    {
        const string json = """{"routes":[{"name":"payments","projects":["pay-*"],"levels":["fatal"],"tags":{"env":"prod"},"channels":[{"workspace":"T1","channel":"C1"}],"goOn":true}]}""";
        var answer = await Put("/v1/routes", json);
        Assert.Equal((200, json), ((int)answer.Status, answer.Body));
        var kept = Assert.Single(Assert.Single(Script.Asked<IReadOnlyList<AlertRoute>>("SetRoutes")));
        Assert.Equal(("payments", true, new ChannelAddress("T1", "C1")), (kept.Name, kept.GoOn, kept.Channels[0]));
        Script.Routes = [kept];
        Assert.Equal(json, (await _world.Get("/v1/routes")).Body);
    }

    [Theory]
    [InlineData("{}", "routes")]
    [InlineData("""{"routes":[{"channels":[{"workspace":"T1","channel":"C1"}]}]}""", "routes[0].name")]
    [InlineData("""{"routes":[{"name":"a"}]}""", "routes[0].channels")]
    [InlineData("""{"routes":[{"name":"a","channels":[]}]}""", "routes[0].channels")]
    [InlineData("""{"routes":[{"name":"a","channels":[{"workspace":"T1"}]}]}""", "routes[0].channels[0].channel")]
    [InlineData("""{"routes":[{"name":"a","channels":[{"workspace":"T1","channel":"general"}]}]}""", "routes[0].channels[0].channel")]
    [InlineData("""{"routes":[{"name":"a","channels":[{"workspace":"T1","channel":"C1"}]},{"name":"a","channels":[{"workspace":"T1","channel":"C1"}]}]}""", "routes[1].name")]
    [InlineData("""{"routes":[{"name":"a","match":{},"channels":[{"workspace":"T1","channel":"C1"}]}]}""", "routes[0].match")]
    [InlineData("""{"routes":[{"name":"a","levels":[],"channels":[{"workspace":"T1","channel":"C1"}]}]}""", "routes[0].levels")]
    [InlineData("""{"routes":[{"name":"a","projects":[""],"channels":[{"workspace":"T1","channel":"C1"}]}]}""", "routes[0].projects[0]")]
    [InlineData("""{"routes":[{"name":"a","tags":{"env":7},"channels":[{"workspace":"T1","channel":"C1"}]}]}""", "routes[0].tags.env")]
    public async Task Wrong_routes_are_refused_naming_the_field(string json, string field)
    {
        (await Put("/v1/routes", json)).Invalid(field);
        Assert.Empty(Script.Asked<IReadOnlyList<AlertRoute>>("SetRoutes"));
    }

    [Fact]
    public async Task What_only_the_organization_knows_to_be_wrong_is_told_with_its_field()
    {
        Script.SettingsFaults = [new SettingsFault("rules[0].channel", "Slack knows no channel C1.")];
        Assert.Contains("knows no channel", (await Put("/v1/policy", """{"rules":[{"post":"silent","workspace":"T1","channel":"C1"}]}""")).Invalid("rules[0].channel"), StringComparison.Ordinal);
        Script.SettingsFaults = [new SettingsFault("routes[0].channels[0].workspace", "T9 is not yours.", UnknownWorkspace: true)];
        (await Put("/v1/routes", """{"routes":[{"name":"a","channels":[{"workspace":"T9","channel":"C1"}]}]}""")).Problem(422, "unknown_workspace");
    }

    [Fact]
    public async Task A_dry_run_takes_an_alert_and_says_where_it_would_go_and_how_it_would_look()
    {
        var answer = await _world.Post("/v1/routes/dry-run", """{"id":"a1","group":"g1","issue":{"title":"Boom"}}""");
        Assert.Equal("""{"channels":[{"workspace":"T1","channel":"C1","route":"payments"}],"text":"Boom","blocks":[{"type":"section"}]}""", answer.Body);
        (await _world.Post("/v1/routes/dry-run", """{"id":"a1","group":"g1","issue":{}}""")).Invalid("issue.title");
        (await _world.Post("/v1/routes/dry-run", """{"id":"a1","group":"g1","issue":{"title":"x"},"channels":[{"workspace":"TNOT","channel":"C1"}]}""")).Problem(422, "unknown_workspace");
        Assert.DoesNotContain(Script.Calls, call => call.Method == "Announce");
    }
}
