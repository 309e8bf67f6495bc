using System.Globalization;
using System.Net;
using System.Text.Json;
using ThreadGrains.EndToEnd.Tests.Running;

namespace ThreadGrains.EndToEnd.Tests.Promises;

/// <summary>
/// What Slack tells by itself has its effect at once. Looks and probes are so slow here that nothing else could bring it about
/// within the patience of a test.
/// </summary>
public sealed class ToldBySlack(ToldBySlack.Running running) : IClassFixture<ToldBySlack.Running>
{
    /// <summary>A workspace of which nothing else is tested: it is parked as a whole.</summary>
    private const string Uninstalled = "T0UNINSTALLED";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public sealed class Running() : SharedProduct(isLimited: false, Deployment.NoPacing, new Dictionary<string, string>
    {
        ["ThreadGrains__Delivery__KnownEndFirstRead"] = "00:10:00",
        ["ThreadGrains__Pacing__FirstProbe"] = "00:10:00",
        ["ThreadGrains__Slack__Installations__0__Workspace"] = Uninstalled,
        ["ThreadGrains__Slack__Installations__0__BotToken"] = Emulator.BotTokenOf(Uninstalled),
    });

    private Deployment Product => running.Product;

    [Fact]
    public async Task A_post_whose_answer_was_lost_is_known_to_stand_as_soon_as_Slack_tells_of_it()
    {
        string channel = await Channel();
        await Product.Slack.Faults(1, new { method = "chat.postMessage", channel, nth = 1, fault = "lost_answer" }, new { method = "chat.postMessage", channel, nth = 3, fault = "lost_answer" });
        await Product.Tracker.Alert("told-lost", "told-lost.e", Product.Workspace, channel);
        for (int i = 1; i <= 3; i++)
        {
            await Product.Tracker.Note("told-lost", $"told-lost.{i}", $"note {i}");
        }

        // The root's doubt ends by its event alone; the second reply's by the look that its event hastens.
        await Delivery("told-lost", "told-lost.3", "sent");
        var messages = await Product.Slack.Messages(Product.Workspace, channel);
        Assert.Equal(4, messages.Count);
        Assert.All(messages.Skip(1).Zip(["note 1", "note 2", "note 3"]), pair => Assert.Contains(pair.Second, pair.First.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_deleted_parent_closes_its_thread_before_a_reply_strays(bool hasReplies)
    {
        string group = $"told-deleted-{hasReplies}";
        var (channel, root) = await Announced(group);
        if (hasReplies)
        {
            await Product.Tracker.Note(group, $"{group}.0", "before");
            await Delivery(group, $"{group}.0", "sent");
        }

        int posts = (await Product.Slack.Calls("chat.postMessage")).Count;
        await Product.Slack.Delete(channel, root.Ts);
        await State(group, "closed");
        Assert.Equal("parent_gone", (await Product.Tracker.Get($"/v1/groups/{group}")).GetProperty("threads")[0].GetProperty("reason").GetString());
        Assert.Equal("no_threads", (await Product.Tracker.Note(group, $"{group}.1", "after")).Reason);
        Assert.Equal(posts, (await Product.Slack.Calls("chat.postMessage")).Count);
        Assert.Equal(HttpStatusCode.Conflict, (await Product.Tracker.Post($"/v1/groups/{group}/threads/{await Thread(group)}/reopen")).Status);
    }

    [Theory]
    [InlineData("archive", "is_archived")]
    [InlineData("kick", "not_in_channel")]
    public async Task A_channel_is_parked_and_woken_by_what_Slack_tells(string trouble, string error)
    {
        string group = $"told-{trouble}";
        var (channel, _) = await Announced(group);
        await (trouble == "archive" ? Product.Slack.Archive(channel) : Product.Slack.Kick(channel));
        var seen = await ChannelIs(channel, "parked");
        Assert.Equal(error, seen.GetProperty("error").GetString());
        Assert.NotEmpty(seen.GetProperty("reason").GetString()!);
        Assert.NotEmpty(seen.GetProperty("mend").GetString()!);

        await Product.Tracker.Note(group, $"{group}.1", "while it is shut");
        await DeliveryWhere(group, item => item.TryGetProperty("reason", out var reason) && reason.GetString() == $"parked:{error}", $"parked:{error}");
        await (trouble == "archive" ? Product.Slack.Unarchive(channel) : Product.Slack.Invite(channel));
        await Delivery(group, $"{group}.1", "sent");
        await ChannelIs(channel, "ok");
    }

    [Fact]
    public async Task An_older_event_undoes_no_newer_one_and_a_doubled_one_counts_once()
    {
        var (channel, _) = await Announced("told-order");
        var now = DateTimeOffset.UtcNow;
        string At(double seconds) => (now.AddSeconds(seconds).ToUnixTimeMilliseconds() / 1000.0).ToString("0.000000", CultureInfo.InvariantCulture);
        await Product.Slack.Event(Product.Workspace, new { type = "channel_archive", channel, event_ts = At(-20) });
        await ChannelIs(channel, "parked");
        await Product.Slack.Event(Product.Workspace, new { type = "channel_unarchive", channel, event_ts = At(-10) });
        await ChannelIs(channel, "ok");
        await Product.Slack.Event(Product.Workspace, new { type = "channel_archive", channel, event_ts = At(-15) });
        await Product.Slack.Event(Product.Workspace, new { type = "channel_archive", channel, event_ts = At(-20) });
        await Product.Tracker.Note("told-order", "told-order.1", "still open");
        await Delivery("told-order", "told-order.1", "sent");
        await ChannelIs(channel, "ok");
    }

    [Fact]
    public async Task A_channel_that_gets_another_id_keeps_its_threads_and_who_names_the_old_id_means_the_new_one()
    {
        var (channel, root) = await Announced("told-moved");
        await Product.Tracker.Note("told-moved", "told-moved.1", "before");
        await Delivery("told-moved", "told-moved.1", "sent");

        string anew = await Product.Slack.ChangeId(channel);
        var thread = (await Eventually.Get(
            () => Product.Tracker.Get("/v1/groups/told-moved"), view => view.GetProperty("threads")[0].GetProperty("channel").GetString() == anew,
            TimeSpan.FromSeconds(5), "the thread stands under the new id")).GetProperty("threads")[0];
        Assert.Equal((root.Ts, "open"), (thread.GetProperty("ts").GetString(), thread.GetProperty("state").GetString()));

        await Product.Tracker.Note("told-moved", "told-moved.2", "after");
        await Delivery("told-moved", "told-moved.2", "sent");
        Assert.Equal(200, (await Product.Slack.Click(Product.Workspace, anew, root.Ts, "tg.resolve", Product.User)).GetProperty("status").GetInt32());
        await Eventually.Get(
            () => Product.Slack.Messages(Product.Workspace, anew, root.Ts), replies => replies.Count == 3 && replies[1].Text.Contains("after", StringComparison.Ordinal),
            Patience, "two notes and the click stand in the thread");

        Assert.Equal("accepted", (await Product.Tracker.Alert("told-moved-2", "told-moved-2.e", Product.Workspace, channel)).Outcome);
        await State("told-moved-2", "open");
        Assert.Equal(2, (await Product.Slack.Messages(Product.Workspace, anew)).Count(message => message.ThreadTs is null || message.ThreadTs == message.Ts));
    }

    [Fact]
    public async Task A_channel_in_trouble_can_be_woken_by_hand()
    {
        var (channel, _) = await Announced("told-hand");
        await Product.Slack.Faults(1, new { method = "chat.postMessage", channel, times = 1, fault = "error", error = "restricted_action" });
        await Product.Tracker.Note("told-hand", "told-hand.1", "forbidden at first");
        await ChannelIs(channel, "parked");
        var (status, woken) = await Product.Tracker.Post($"/v1/workspaces/{Product.Workspace}/channels/{channel}/wake");
        Assert.Equal((HttpStatusCode.OK, "ok"), (status, woken.GetProperty("state").GetString()));
        await Delivery("told-hand", "told-hand.1", "sent");
    }

    [Fact]
    public async Task An_uninstalled_app_parks_its_workspace_until_Slack_takes_the_token_again()
    {
        string channel = (await Product.Slack.MakeChannels(Uninstalled, 1))[0];
        await Product.Tracker.Alert("told-uninstalled", "told-uninstalled.e", Uninstalled, channel);
        await State("told-uninstalled", "open");
        await Product.Slack.Event(Uninstalled, new { type = "app_uninstalled" });
        var parked = await Eventually.Get(Workspace, item => item.GetProperty("state").GetString() == "parked", Patience, "the workspace is parked");
        Assert.Equal("app_uninstalled", parked.GetProperty("error").GetString());
        await Product.Tracker.Note("told-uninstalled", "told-uninstalled.1", "waits");

        await Product.Slack.Faults(1, new { method = "auth.test", fault = "error", error = "token_revoked", rate = 1.0 });
        Assert.Equal("parked", (await Product.Tracker.Post($"/v1/workspaces/{Uninstalled}/wake")).Body.GetProperty("state").GetString());
        await Product.Slack.Faults(1);
        Assert.Equal("ok", (await Product.Tracker.Post($"/v1/workspaces/{Uninstalled}/wake")).Body.GetProperty("state").GetString());
        await Eventually.Get(
            () => Product.Tracker.Get("/v1/groups/told-uninstalled/deliveries"),
            page => page.GetProperty("items").EnumerateArray().All(item => item.GetProperty("state").GetString() == "sent"), Patience, "what waited is sent");

        async Task<JsonElement> Workspace() => (await Product.Tracker.Get("/v1/workspaces")).GetProperty("items").EnumerateArray()
            .Single(item => item.GetProperty("workspace").GetString() == Uninstalled);
    }

    private async Task<string> Channel() => (await Product.Slack.MakeChannels(Product.Workspace, 1))[0];

    private async Task<(string Channel, SlackMessage Root)> Announced(string group)
    {
        string channel = await Channel();
        Assert.Equal("accepted", (await Product.Tracker.Alert(group, $"{group}.e", Product.Workspace, channel)).Outcome);
        await State(group, "open");
        return (channel, (await Product.Slack.Messages(Product.Workspace, channel)).Single());
    }

    private async Task<string> Thread(string group) => (await Product.Tracker.Get($"/v1/groups/{group}")).GetProperty("threads")[0].GetProperty("id").GetString()!;

    private Task<JsonElement> State(string group, string state) => Eventually.Get(
        () => Product.Tracker.Get($"/v1/groups/{group}"), view => view.GetProperty("threads")[0].GetProperty("state").GetString() == state, Patience, $"the thread of {group} is {state}");

    private Task<JsonElement> ChannelIs(string channel, string state) => Eventually.Get(
        async () => (await Product.Tracker.Get($"/v1/workspaces/{Product.Workspace}/channels?limit=100")).GetProperty("items").EnumerateArray()
            .Single(item => item.GetProperty("channel").GetString() == channel),
        item => item.GetProperty("state").GetString() == state, Patience, $"{channel} is {state}");

    private Task Delivery(string group, string activity, string state) => DeliveryWhere(
        group, item => item.GetProperty("activity").GetString() == activity && item.GetProperty("state").GetString() == state, $"{activity} is {state}");

    private Task DeliveryWhere(string group, Func<JsonElement, bool> right, string what) => Eventually.Get(
        () => Product.Tracker.Get($"/v1/groups/{group}/deliveries"), page => page.GetProperty("items").EnumerateArray().Any(right), Patience, what);
}
