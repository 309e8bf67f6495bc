using System.Net;
using System.Net.Http.Json;
using ThreadGrains.EndToEnd.Tests.Running;

namespace ThreadGrains.EndToEnd.Tests.Promises;

/// <summary>By one process, under Slack's default limits and shipped settings.</summary>
[Collection(OnOneAsShipped.Name)]
public sealed class StoryAlone(AsShipped running) : Story(running.Product);

/// <summary>The main job, whatever runs: an alert, activities in its thread, clicks.</summary>
public abstract class Story
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly Deployment _product;

    private protected Story(Deployment product) => _product = product;

    private async Task<SlackMessage> Root(string group) => (await Eventually.Get(
        async () => (await _product.Slack.Messages(_product.Workspace, _product.Channel)).Where(message => message.ThreadTs is null || message.ThreadTs == message.Ts).ToList(),
        roots => roots.Any(root => root.Text.Contains($"Problem {group}", StringComparison.Ordinal)), Patience, $"the root of {group}"))
        .Single(root => root.Text.Contains($"Problem {group}", StringComparison.Ordinal));

    private Task<IReadOnlyList<SlackMessage>> Thread(SlackMessage root, int count) => Eventually.Get(
        () => _product.Slack.Messages(_product.Workspace, _product.Channel, root.Ts), thread => thread.Count(message => !message.Deleted) >= count, Patience,
        $"{count} replies", thread => string.Join(" | ", thread.Select(message => message.Text)));

    [Fact]
    public async Task An_alert_announces_and_activities_land_in_its_thread_in_order()
    {
        Assert.Equal((HttpStatusCode.Accepted, "accepted", 1L, 1), Facts(await _product.Tracker.Alert("story-1", "e1")));
        Assert.Equal("accepted", (await _product.Tracker.Activity("story-1", "a1", "assigned", new { assignee = "Grace", assigneeType = "user" })).Outcome);
        Assert.Equal("accepted", (await _product.Tracker.Note("story-1", "a2", "Looking into it")).Outcome);
        Assert.Equal((HttpStatusCode.Accepted, "accepted", 4L, 1), Facts(await _product.Tracker.Activity("story-1", "a3", "resolved_in_release", new { version = "1.2.3" })));
        Assert.Equal((HttpStatusCode.Accepted, "duplicate", 4L, 1), Facts(await _product.Tracker.Activity("story-1", "a3", "resolved_in_release", new { version = "1.2.3" })));
        Assert.Equal(HttpStatusCode.Conflict, (await _product.Tracker.Activity("story-1", "a3", "resolved")).Status);
        // Also where nothing would be stored: an unknown type, a group that is not there.
        Assert.Equal(HttpStatusCode.Conflict, (await _product.Tracker.Activity("story-1", "a3", "set_public")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await _product.Tracker.Activity("story-none", "a3", "resolved")).Status);
        Assert.Equal("unsupported_type", (await _product.Tracker.Activity("story-1", "a6", "set_public")).Reason);
        Assert.Equal("no_group", (await _product.Tracker.Activity("story-none", "a4", "resolved")).Reason);
        Assert.Equal("no_user", (await _product.Tracker.Activity("story-1", "a5", "resolved", actor: "system")).Reason);

        var root = await Root("story-1");
        var thread = await Thread(root, 3);
        Assert.Collection(thread,
            reply => Assert.Contains("assigned", reply.Text, StringComparison.Ordinal),
            reply => Assert.Contains("Looking into it", reply.Text, StringComparison.Ordinal),
            reply => Assert.Contains("resolved in 1.2.3", reply.Text, StringComparison.Ordinal));

        await Eventually.Get(() => Root("story-1"), message => message.Text.Contains("(resolved, assigned to Grace)", StringComparison.Ordinal), Patience, "the parent shows the state");
        var view = await _product.Tracker.Get("/v1/groups/story-1");
        Assert.Equal("resolved", view.GetProperty("status").GetString());
        Assert.Equal("open", view.GetProperty("threads")[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_click_changes_the_issue_shows_in_the_thread_and_on_the_parent_and_the_second_person_is_told()
    {
        await _product.Tracker.Alert("story-2", "e2");
        var root = await Root("story-2");
        var click = await _product.Slack.Click(_product.Workspace, _product.Channel, root.Ts, "tg.resolve", _product.User);
        Assert.Equal(200, click.GetProperty("status").GetInt32());

        Assert.Contains("as resolved", (await Thread(root, 1))[0].Text, StringComparison.Ordinal);
        await Eventually.Get(() => Root("story-2"), message => message.Raw.GetProperty("blocks").ToString().Contains("tg.unresolve", StringComparison.Ordinal), Patience, "the parent's buttons fit");

        // The parent has no Resolve button any more: an old client that still shows it would send this very click.
        Assert.Equal("resolved", (await _product.Tracker.Get("/v1/groups/story-2")).GetProperty("status").GetString());
        Assert.Equal(200, (await _product.Slack.Click(_product.Workspace, _product.Channel, root.Ts, "tg.unresolve", _product.User)).GetProperty("status").GetInt32());
        Assert.Contains("unresolved", (await Thread(root, 2))[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_a_person_deletes_the_parent_no_reply_stays_in_the_channel_and_the_delivery_says_why()
    {
        await _product.Tracker.Alert("story-3", "e3");
        var root = await Root("story-3");
        // Slack does not tell: told in time, the thread would be closed before the note, and nothing be posted at all.
        await _product.Slack.App(_product.Env["THREADGRAINS_URL"], events: false);
        await _product.Slack.Delete(_product.Channel, root.Ts);
        await _product.Slack.App(_product.Env["THREADGRAINS_URL"], events: true);
        await _product.Tracker.Note("story-3", "void-1", "into the void");

        var dead = await Eventually.Get(
            () => _product.Tracker.Get("/v1/groups/story-3/deliveries"),
            page => page.GetProperty("items").EnumerateArray().Any(item => item.GetProperty("state").GetString() == "dead"), Patience, "the delivery is dead");
        var item = dead.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("state").GetString() == "dead");
        Assert.Equal("parent_gone", item.GetProperty("reason").GetString());
        await Eventually.Get(
            () => _product.Slack.Messages(_product.Workspace, _product.Channel),
            messages => !messages.Any(message => !message.Deleted && message.Text.Contains("into the void", StringComparison.Ordinal)), Patience, "the orphan is deleted");
        Assert.Equal("closed", (await _product.Tracker.Get("/v1/groups/story-3")).GetProperty("threads")[0].GetProperty("state").GetString());

        using var replay = await _product.Tracker.Http.PostAsJsonAsync(new Uri($"/v1/deliveries/{item.GetProperty("id").GetString()}/replay", UriKind.Relative), new { });
        Assert.Equal(HttpStatusCode.Conflict, replay.StatusCode);
        Assert.Contains("thread_closed", await replay.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fifty_equal_first_alerts_at_once_make_one_root()
    {
        var receipts = await Task.WhenAll(Enumerable.Range(1, 50).Select(i => _product.Tracker.Alert("story-4", $"same-{i}")));
        Assert.All(receipts, receipt => Assert.Equal("accepted", receipt.Outcome));
        var root = await Root("story-4");
        var view = await _product.Tracker.Get("/v1/groups/story-4");
        Assert.Equal(1, view.GetProperty("threads").GetArrayLength());
        var page = await _product.Tracker.Get("/v1/groups/story-4/deliveries?limit=100");
        Assert.Equal(1, page.GetProperty("items").EnumerateArray().Count(item => item.GetProperty("kind").GetString() == "root"));
        Assert.Equal(49, page.GetProperty("items").EnumerateArray().Count(item => item.GetProperty("kind").GetString() == "repeat"));
        Assert.Single(await _product.Slack.Messages(_product.Workspace, _product.Channel), message =>
            message.Text.Contains("Problem story-4", StringComparison.Ordinal) && (message.ThreadTs is null || message.ThreadTs == message.Ts));
        Assert.NotEmpty(root.Ts);
    }

    private static (HttpStatusCode, string?, long, int) Facts(Receipt receipt) => (receipt.Status, receipt.Outcome, receipt.Sequence ?? 0, receipt.Threads ?? 0);
}
