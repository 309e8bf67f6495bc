using ThreadGrains.Workspaces;

namespace ThreadGrains.Cluster.Tests;

/// <summary>Slack delivers events hours late: what is older must not undo what is newer, also where the newer is known to Slack alone.</summary>
public sealed class Events_of_long_ago : IAsyncLifetime
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private GroupCluster _cluster = null!;
    private int _events;

    public async Task InitializeAsync() => _cluster = await GroupCluster.Start(new LedgerOnSqlite());

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    private ISlackWorkspaceGrain Workspace => _cluster.Grains.GetGrain<ISlackWorkspaceGrain>(GroupCluster.Team);

    [Fact]
    public async Task A_workspace_whose_token_is_good_is_not_parked_by_the_end_of_a_former_installation()
    {
        string bot = (string)(await _cluster.Tell(HttpMethod.Get, "workspaces"))["workspaces"]!.AsArray().Single(one => (string?)one!["team"] == GroupCluster.Team)!["botUser"]!;
        Assert.Equal(SlackEventOutcome.NothingToDo, await Take(new SlackHappening.Uninstalled(), Hour));
        Assert.Equal(SlackEventOutcome.NothingToDo, await Take(new SlackHappening.TokensRevoked([bot]), Hour));
        Assert.Null((await Workspace.GetHealth()).Error);

        await Fault("auth.test", "internal_error");
        Assert.Equal(SlackEventOutcome.Unavailable, await Take(new SlackHappening.Uninstalled(), Hour));
        Assert.Null((await Workspace.GetHealth()).Error);

        await Fault("auth.test", "token_revoked");
        Assert.Equal(SlackEventOutcome.Done, await Take(new SlackHappening.Uninstalled(), Hour));
        Assert.Equal("app_uninstalled", (await Workspace.GetHealth()).Error);
    }

    [Fact]
    public async Task What_has_just_happened_is_believed_at_once()
    {
        Assert.Equal(SlackEventOutcome.Done, await Take(new SlackHappening.Uninstalled(), TimeSpan.Zero));
        Assert.Equal("app_uninstalled", (await Workspace.GetHealth()).Error);
        Assert.Equal(SlackEventOutcome.Done, await Take(new SlackHappening.ChannelShut(_cluster.OtherChannel, "is_archived"), TimeSpan.Zero));
        Assert.Equal("is_archived", (await Channel()).Error);
    }

    [Theory]
    [InlineData("archive")]
    [InlineData("kick")]
    [InlineData("delete")]
    public async Task A_channel_that_is_open_is_not_parked_by_what_happened_before_it_was_opened(string trouble)
    {
        SlackHappening happening = trouble switch
        {
            "archive" => new SlackHappening.ChannelShut(_cluster.OtherChannel, "is_archived"),
            "kick" => new SlackHappening.MemberLeft(_cluster.OtherChannel, null),
            _ => new SlackHappening.ChannelShut(_cluster.OtherChannel, "channel_deleted"),
        };
        Assert.Equal(SlackEventOutcome.NothingToDo, await Take(happening, Hour));
        Assert.Null((await Channel()).Error);

        if (trouble == "delete")
        {
            await Fault("conversations.info", "channel_not_found");
        }
        else
        {
            await _cluster.Tell(HttpMethod.Post, $"channels/{_cluster.OtherChannel}/{trouble}", new { });
        }

        Assert.Equal(SlackEventOutcome.Done, await Take(happening, Hour));
        Assert.NotNull((await Channel()).Error);
    }

    [Fact]
    public async Task A_former_name_does_not_come_back()
    {
        Assert.Equal(SlackEventOutcome.Done, await Take(new SlackHappening.ChannelRenamed(_cluster.OtherChannel, "new"), TimeSpan.Zero));
        Assert.Equal(SlackEventOutcome.NothingToDo, await Take(new SlackHappening.ChannelRenamed(_cluster.OtherChannel, "old"), Hour));
        Assert.Equal("new", (await Channel()).Name);
    }

    private Task<SlackEventOutcome> Take(SlackHappening happening, TimeSpan ago) =>
        Workspace.Take(new SlackEvent($"Ev{++_events}", TimeProvider.System.GetUtcNow() - ago, happening));

    private async Task<HealthView> Channel() => Assert.Single(await Workspace.GetChannels([_cluster.OtherChannel]));

    private Task Fault(string method, string error) =>
        _cluster.Tell(HttpMethod.Put, "faults", new { rules = new[] { new { method, fault = "error", error } } });
}
