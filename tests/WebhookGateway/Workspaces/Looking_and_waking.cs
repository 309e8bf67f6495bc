using ThreadGrains.Ledger;
using ThreadGrains.Workspaces;

namespace ThreadGrains.WebhookGateway.Tests.Workspaces;

public sealed class Looking_and_waking : IAsyncLifetime
{
    private static readonly DateTimeOffset Morning = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);

    private World _world = null!;

    private Script Script => _world.Script;

    public async Task InitializeAsync() => _world = await World.Start();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Workspaces_are_listed_with_their_state_and_why_in_plain_words()
    {
        Assert.Equal($$"""{"items":[{"workspace":"{{Script.Workspace}}","state":"ok"}]}""", (await _world.Get("/v1/workspaces")).Body);

        Script.Health = new HealthView("token_revoked", Morning, Morning.AddMinutes(4));
        var item = (await _world.Get("/v1/workspaces")).Json.GetProperty("items")[0];
        Assert.Equal("parked", item.GetProperty("state").GetString());
        Assert.Equal("token_revoked", item.GetProperty("error").GetString());
        Assert.Contains("revoked", item.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains("Install", item.GetProperty("mend").GetString(), StringComparison.Ordinal);
        Assert.Equal(Morning, item.GetProperty("since").GetDateTimeOffset());
        Assert.Equal(Morning.AddMinutes(4), item.GetProperty("probeAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task Scopes_that_are_missing_are_named_whether_or_not_anything_waits_for_them()
    {
        Script.Health = new HealthView(null) { MissingScopes = ["groups:history"] };
        var item = (await _world.Get("/v1/workspaces")).Json.GetProperty("items")[0];
        Assert.Equal(("ok", "groups:history"), (item.GetProperty("state").GetString(), Assert.Single(item.GetProperty("missingScopes").EnumerateArray()).GetString()));

        Script.Health = new HealthView("missing_scope", Morning, Morning) { Needed = "chat:write", Provided = "users:read" };
        item = (await _world.Get("/v1/workspaces")).Json.GetProperty("items")[0];
        Assert.Equal(("chat:write", "users:read"), (item.GetProperty("needed").GetString(), item.GetProperty("provided").GetString()));
        Assert.False(item.TryGetProperty("missingScopes", out _));
    }

    [Fact]
    public async Task Channels_are_listed_a_page_at_a_time_with_what_waits_for_them()
    {
        Script.Channels.AddRange([new ChannelSummary("C1", 3, 2, 7), new ChannelSummary("C2", 1, 0, 0), new ChannelSummary("C3", 1, 0, 0)]);
        Script.ChannelHealth["C1"] = new HealthView("is_archived", Morning, Morning, "alerts");
        var page = (await _world.Get($"/v1/workspaces/{Script.Workspace}/channels?limit=2")).Json;
        var first = page.GetProperty("items")[0];
        Assert.Equal(("C1", "alerts", "parked", "is_archived", 3, 2, 7), (
            first.GetProperty("channel").GetString(), first.GetProperty("name").GetString(), first.GetProperty("state").GetString(), first.GetProperty("error").GetString(),
            first.GetProperty("openThreads").GetInt32(), first.GetProperty("parkedThreads").GetInt32(), first.GetProperty("waiting").GetInt32()));
        Assert.Equal("C2", page.GetProperty("next").GetString());
        var last = (await _world.Get($"/v1/workspaces/{Script.Workspace}/channels?limit=2&cursor=C2")).Json;
        Assert.Equal("C3", Assert.Single(last.GetProperty("items").EnumerateArray()).GetProperty("channel").GetString());
        Assert.False(last.TryGetProperty("next", out _));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("cursor=no%20id", "cursor")]
    [InlineData("page=2", "page")]
    public async Task A_page_that_is_asked_for_wrongly_is_refused(string query, string field) =>
        (await _world.Get($"/v1/workspaces/{Script.Workspace}/channels?{query}")).Invalid(field);

    [Fact]
    public async Task Waking_asks_the_workspace_and_says_how_it_is_then()
    {
        Script.Health = new HealthView("token_revoked", Morning, Morning);
        Assert.Equal("parked", (await _world.Send(HttpMethod.Post, $"/v1/workspaces/{Script.Workspace}/wake")).Json.GetProperty("state").GetString());
        Assert.Single(Script.Calls, call => call.Method == "Wake");

        var channel = (await _world.Send(HttpMethod.Post, $"/v1/workspaces/{Script.Workspace}/channels/C1/wake")).Json;
        Assert.Equal(("C1", "ok"), (channel.GetProperty("channel").GetString(), channel.GetProperty("state").GetString()));
        Assert.Equal(["C1"], Script.Asked<string>("WakeChannel"));
    }

    [Fact]
    public async Task Somebody_elses_workspace_is_as_absent_as_one_that_does_not_exist()
    {
        await using var other = await World.Start();
        foreach (string workspace in new[] { other.Script.Workspace, "TNONE", "no-id" })
        {
            (await _world.Get($"/v1/workspaces/{workspace}/channels")).Problem(404, "not_found");
            (await _world.Send(HttpMethod.Post, $"/v1/workspaces/{workspace}/wake")).Problem(404, "not_found");
            (await _world.Send(HttpMethod.Post, $"/v1/workspaces/{workspace}/channels/C1/wake")).Problem(404, "not_found");
        }

        (await _world.Send(HttpMethod.Post, $"/v1/workspaces/{Script.Workspace}/channels/general/wake")).Invalid("channel");
        Assert.Empty(other.Script.Asked<string>("WakeChannel"));
    }
}
