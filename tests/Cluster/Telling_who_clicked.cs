using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;

namespace ThreadGrains.Cluster.Tests;

/// <summary>Whoever clicks hears what happened, wherever they are; and people of other companies change nothing.</summary>
public sealed class Telling_who_clicked : IAsyncLifetime
{
    private const string Robin = "U0ROBIN";
    private GroupCluster _cluster = null!;
    private int _clicks;

    private readonly LedgerOnSqlite _ledger = new();

    public async Task InitializeAsync() => _cluster = await GroupCluster.Start(_ledger);

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task A_stranger_in_a_shared_channel_changes_nothing_and_is_told_why()
    {
        var root = await Announced("g");
        foreach (string action in new[] { ClickActions.Resolve, ClickActions.AssignMe })
        {
            var click = On(root, action) with { User = "U0STRANGER1", UserName = "x", UserTeam = "T0OTHERTEAM1" };
            Assert.Equal(new ClickReceipt(ClickOutcome.Stranger), await _cluster.Group("g").Click(click));
        }

        await GroupCluster.Until(async () => (await Ephemerals(root.Channel, "U0STRANGER1")).Count == 2, "the stranger is told");
        Assert.All(await Ephemerals(root.Channel, "U0STRANGER1"), text => Assert.StartsWith("Nothing was changed", text, StringComparison.Ordinal));
        var view = await _cluster.View("g");
        Assert.Equal(("unresolved", null, 1), (view.Status, view.Assignee, view.Sequence));
        Assert.Empty(await _cluster.Replies(root.Ts, root.Channel));

        Assert.Equal(new ClickReceipt(ClickOutcome.Changed, 2), await _cluster.Group("g").Click(On(root) with { UserTeam = GroupCluster.Team }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_click_on_an_adopted_announcement_that_is_gone_is_told_to_whoever_clicked(bool isKnown)
    {
        string ts = (string)(await _cluster.Tell(HttpMethod.Post, "say", new { team = GroupCluster.Team, channel = _cluster.OtherChannel, user = Robin, text = "Boom" }))["ts"]!;
        var address = new ChannelAddress(GroupCluster.Team, _cluster.OtherChannel);
        Assert.Equal(AdoptionOutcome.Adopted, (await _cluster.Group("g").Adopt(new ParentAdoption(address, ts, Issue: new IssueFacts("Boom")))).Outcome);
        await _cluster.Tell(HttpMethod.Post, $"messages/{address.Channel}/{ts}/delete", new { });
        if (isKnown)
        {
            Assert.Equal(OperatorOutcome.Done, (await _cluster.Group("g").ParentDeleted(address, ts)).Outcome);
        }

        Assert.Equal(ClickOutcome.Changed, (await _cluster.Group("g").Click(On((address.Channel, ts)))).Outcome);

        await GroupCluster.Until(async () => (await Ephemerals(address.Channel, Robin)).Count > 0, "whoever clicked is told");
        Assert.StartsWith("Done: “Boom” (g) is resolved now.", Assert.Single(await Ephemerals(address.Channel, Robin)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_who_is_not_in_the_channel_is_told_by_a_direct_message()
    {
        var root = await Announced("g");
        Assert.Equal(ClickOutcome.Changed, (await _cluster.Group("g").Click(On(root))).Outcome);
        await _cluster.Tell(HttpMethod.Post, $"channels/{root.Channel}/leave?user={Robin}", new { });
        var second = On(root);
        Assert.Equal(ClickOutcome.NothingToDo, (await _cluster.Group("g").Click(second)).Outcome);
        Assert.Equal(ClickOutcome.NothingToDo, (await _cluster.Group("g").Click(second)).Outcome);

        await GroupCluster.Until(async () => (await Direct()).Count > 0, "whoever clicked is told");
        Assert.StartsWith("Nothing to do: robin already set “Checkout of g is down” (g) to resolved", Assert.Single(await Direct()), StringComparison.Ordinal);
        Assert.Empty(await Ephemerals(root.Channel, Robin));
    }

    [Theory]
    [InlineData("user_not_in_channel", 1)]
    [InlineData("channel_not_found", 1)]
    [InlineData("not_in_channel", 1)]
    [InlineData("is_archived", 1)]
    [InlineData("restricted_action_read_only_channel", 1)]
    [InlineData("internal_error", 0)]
    [InlineData("no_text", 0)]
    public async Task What_Slack_refuses_for_the_channel_goes_directly_and_nothing_is_said_twice(string error, int direct)
    {
        var root = await Announced("g");
        Assert.Equal(ClickOutcome.Changed, (await _cluster.Group("g").Click(On(root))).Outcome);
        await _cluster.Tell(HttpMethod.Put, "faults", new { rules = new[] { new { method = "chat.postEphemeral", fault = "error", error } } });
        Assert.Equal(ClickOutcome.NothingToDo, (await _cluster.Group("g").Click(On(root))).Outcome);

        await GroupCluster.Until(async () => (await Calls("chat.postEphemeral")).Count == 1, "an ephemeral message was tried");
        await GroupCluster.Until(async () => (await Direct()).Count >= direct, "a direct message where it is due");
        Assert.Equal(direct, (await Direct()).Count);
    }

    [Fact]
    public async Task Whoever_was_shown_an_error_hears_that_the_click_was_stored_after_all()
    {
        var root = await Announced("g");
        var click = On(root);
        Task<ClickReceipt> late;
        using (var other = new SqliteConnection($"Data Source={_ledger.File};Pooling=False"))
        {
            other.Open();
            using var hold = other.CreateCommand();
            hold.CommandText = "begin immediate";
            hold.ExecuteNonQuery();
            late = _cluster.Group("g").Click(click);
            // The gateway gives up while the click waits for the database, and Slack shows an error.
            await _cluster.Group("g").FollowClick(click);
            await _cluster.Group("g").FollowClick(click);
            Assert.False(late.IsCompleted);
            hold.CommandText = "rollback";
            hold.ExecuteNonQuery();
        }

        Assert.Equal(ClickOutcome.Changed, (await late).Outcome);

        await GroupCluster.Until(async () => (await Ephemerals(root.Channel, Robin)).Count > 0, "whoever clicked is told");
        Assert.Equal(
            "Slack showed an error, but your click did arrive: “Checkout of g is down” (g) is resolved now.", Assert.Single(await Ephemerals(root.Channel, Robin)));
    }

    [Fact]
    public async Task Whoever_is_told_that_a_click_was_not_stored_can_rely_on_it()
    {
        var root = await Announced("g");
        var click = On(root);
        await _cluster.Group("g").FollowClick(click);
        await GroupCluster.Until(async () => (await Ephemerals(root.Channel, Robin)).Count > 0, "whoever clicked is told");
        Assert.StartsWith("Your click could not be stored, and nothing was changed in “Checkout of g is down” (g).", Assert.Single(await Ephemerals(root.Channel, Robin)), StringComparison.Ordinal);

        // The click itself arrives last of all.
        Assert.Equal(ClickOutcome.Unavailable, (await _cluster.Group("g").Click(click)).Outcome);
        Assert.Equal("unresolved", (await _cluster.View("g")).Status);
        Assert.Equal(ClickOutcome.Changed, (await _cluster.Group("g").Click(On(root))).Outcome);
    }

    private async Task<(string Channel, string Ts)> Announced(string group)
    {
        await _cluster.Group(group).Announce(new Alert($"first-{group}", new IssueFacts($"Checkout of {group} is down"), Channels: [new ChannelAddress(GroupCluster.Team, _cluster.OtherChannel)]));
        ThreadView thread = null!;
        await GroupCluster.Until(async () => (thread = (await _cluster.View(group)).Threads.Single()).Ts is not null, "the announcement stands");
        return (thread.Channel, thread.Ts!);
    }

    private Click On((string Channel, string Ts) root, string action = ClickActions.Resolve) =>
        new(new ChannelAddress(GroupCluster.Team, root.Channel), root.Ts, action, $"1700000000.{++_clicks:000000}", Robin);

    private async Task<List<string>> Ephemerals(string channel, string user) =>
        [.. (await _cluster.Tell(HttpMethod.Get, $"ephemerals?team={GroupCluster.Team}&channel={channel}&user={user}"))["ephemerals"]!.AsArray().Select(shown => (string)shown!["text"]!)];

    private async Task<List<string>> Direct() =>
        [.. (await _cluster.Messages("")).Where(message => ((string)message["channel"]!).StartsWith('D')).Select(message => (string)message["text"]!)];

    private async Task<List<JsonNode>> Calls(string method) => [.. (await _cluster.Tell(HttpMethod.Get, $"calls?method={method}"))["calls"]!.AsArray().Select(call => call!)];
}
