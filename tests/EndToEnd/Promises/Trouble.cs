using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ThreadGrains.EndToEnd.Tests.Running;

namespace ThreadGrains.EndToEnd.Tests.Promises;

/// <summary>By one process.</summary>
[Collection(OnOneProcess.Name)]
public sealed class TroubleAlone(OneProcess running) : Trouble
{
    private protected override Deployment Product => running.Product;
}

/// <summary>
/// What goes wrong in Slack, one thing at a time, whatever runs: nothing is lost, doubled or silent, and an operator can see
/// and end it. Each test has a channel of its own.
/// </summary>
public abstract class Trouble
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private protected abstract Deployment Product { get; }

    private async Task<(string Channel, SlackMessage Root)> Announced(string group)
    {
        string channel = (await Product.Slack.MakeChannels(Product.Workspace, 1))[0];
        Assert.Equal("accepted", (await Product.Tracker.Alert(group, $"{group}.e", Product.Workspace, channel)).Outcome);
        var roots = await Eventually.Get(() => Visible(channel), roots => roots.Count == 1, Patience, "the root");
        await State(group, "open");
        return (channel, roots[0]);
    }

    private async Task<IReadOnlyList<SlackMessage>> Visible(string channel) => [.. (await Product.Slack.Messages(Product.Workspace, channel)).Where(message => !message.Deleted)];

    private Task<IReadOnlyList<SlackMessage>> Thread(string channel, string root, params string[] texts) => Eventually.Get(
        async () => (IReadOnlyList<SlackMessage>)[.. (await Product.Slack.Messages(Product.Workspace, channel, root)).Where(message => !message.Deleted)],
        thread => thread.Count == texts.Length && thread.Zip(texts).All(pair => pair.First.Text.Contains(pair.Second, StringComparison.Ordinal)), Patience,
        $"the thread shows {string.Join(", ", texts)}", thread => string.Join(" | ", thread.Select(message => message.Text)));

    private Task<JsonElement> State(string group, string state) => Eventually.Get(
        () => Product.Tracker.Get($"/v1/groups/{group}"), view => view.GetProperty("threads")[0].GetProperty("state").GetString() == state, Patience, $"the thread of {group} is {state}");

    private async Task<JsonElement> Delivery(string group, string activity, string state) =>
        (await Eventually.Get(() => Deliveries(group), all => all.Any(item => Is(item, activity, state)), Patience, $"{activity} is {state}",
            all => string.Join(" | ", all.Select(item => item.ToString())))).First(item => Is(item, activity, state));

    private async Task<IReadOnlyList<JsonElement>> Deliveries(string group) =>
        [.. (await Product.Tracker.Get($"/v1/groups/{group}/deliveries")).GetProperty("items").EnumerateArray()];

    private static bool Is(JsonElement item, string activity, string state) =>
        item.GetProperty("activity").GetString() == activity && item.GetProperty("state").GetString() == state;

    private async Task<HttpStatusCode> Post(string path, object body)
    {
        using var answer = await Product.Tracker.Http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
        return answer.StatusCode;
    }

    [Fact]
    public async Task What_waits_for_an_archived_channel_says_so_and_goes_when_the_channel_is_back()
    {
        var (channel, root) = await Announced("archived");
        await Product.Slack.Archive(channel);
        await Product.Tracker.Note("archived", "archived.1", "while archived");
        await State("archived", "parked");
        Assert.Equal("parked:is_archived", (await Delivery("archived", "archived.1", "pending")).GetProperty("reason").GetString());

        await Product.Slack.Unarchive(channel);
        await Thread(channel, root.Ts, "while archived");
        Assert.Equal(1, (await Delivery("archived", "archived.1", "sent")).GetProperty("attempts").GetInt32());
        await State("archived", "open");
    }

    [Fact]
    public async Task A_channel_that_we_were_removed_from_is_joined_again()
    {
        var (channel, root) = await Announced("kicked");
        await Product.Slack.Kick(channel);
        await Product.Tracker.Note("kicked", "kicked.1", "after the kick");
        await Thread(channel, root.Ts, "after the kick");
    }

    [Theory]
    [InlineData("lost_answer", null)]
    [InlineData("error_stored", "internal_error")]
    [InlineData("error_stored", "fatal_error")]
    [InlineData("lost_request", null)]
    [InlineData("http_503", null)]
    [InlineData("html_200", null)]
    [InlineData("html_200_stored", null)]
    [InlineData("empty_200_stored", null)]
    [InlineData("http_204_stored", null)]
    [InlineData("http_404", null)]
    [InlineData("http_404_stored", null)]
    [InlineData("error", "internal_error")]
    public async Task An_unknown_outcome_is_read_back_and_the_next_one_waits_for_it(string fault, string? error)
    {
        string group = $"doubt-{fault}-{error ?? "x"}";
        var (channel, root) = await Announced(group);
        await Product.Slack.Faults(1, new { method = "chat.postMessage", channel, nth = 1, fault, error });
        await Product.Tracker.Note(group, $"{group}.1", "first");
        await Product.Tracker.Note(group, $"{group}.2", "second");
        await Thread(channel, root.Ts, "first", "second");
        Assert.Equal(3, (await Visible(channel)).Count);
    }

    [Fact]
    public async Task A_post_that_lost_its_answer_and_its_metadata_is_found_by_its_block()
    {
        var (channel, root) = await Announced("nometa");
        await Product.Slack.Faults(1, new { method = "chat.postMessage", channel, nth = 1, fault = "drop_metadata" }, new { method = "chat.postMessage", channel, nth = 2, fault = "lost_answer" });
        await Product.Tracker.Note("nometa", "nometa.1", "without metadata");
        await Product.Tracker.Note("nometa", "nometa.2", "without answer");
        await Thread(channel, root.Ts, "without metadata", "without answer");
    }

    [Fact]
    public async Task A_root_whose_answer_was_lost_is_found_in_the_channel_and_its_thread_goes_on()
    {
        string channel = (await Product.Slack.MakeChannels(Product.Workspace, 1))[0];
        await Product.Slack.Faults(1, new { method = "chat.postMessage", channel, nth = 1, fault = "lost_answer" });
        await Product.Tracker.Alert("lostroot", "lostroot.e", Product.Workspace, channel);
        await Product.Tracker.Note("lostroot", "lostroot.1", "behind the root");
        var roots = await Eventually.Get(() => Visible(channel), all => all.Count == 2, Patience, "root and reply");
        await Thread(channel, roots[0].Ts, "behind the root");
    }

    [Fact]
    public async Task A_click_on_a_root_in_doubt_proves_it()
    {
        string channel = (await Product.Slack.MakeChannels(Product.Workspace, 1))[0];
        await Product.Slack.Faults(
            1, new { method = "chat.postMessage", channel, nth = 1, fault = "lost_answer" },
            new { method = "conversations.history", channel, fault = "error", error = "missing_scope" });
        await Product.Tracker.Alert("proven", "proven.e", Product.Workspace, channel);
        var root = (await Eventually.Get(() => Visible(channel), all => all.Count == 1, Patience, "the root"))[0];
        await Delivery("proven", "proven.e", "in_doubt");
        Assert.Equal(200, (await Product.Slack.Click(Product.Workspace, channel, root.Ts, "tg.resolve", Product.User)).GetProperty("status").GetInt32());
        await Thread(channel, root.Ts, "as resolved");
        await Delivery("proven", "proven.e", "sent");
    }

    [Fact]
    public async Task A_doubt_that_cannot_be_read_is_held_until_a_person_ends_it()
    {
        var (channel, root) = await Announced("held");
        await Product.Slack.Faults(
            1, new { method = "chat.postMessage", channel, nth = 1, fault = "lost_answer" },
            new { method = "conversations.replies", channel, fault = "error", error = "missing_scope" });
        await Product.Tracker.Note("held", "held.1", "it is there");
        await Product.Tracker.Note("held", "held.2", "and this one waits");
        var doubt = await Eventually.Get(
            () => Delivery("held", "held.1", "in_doubt"), item => item.TryGetProperty("reason", out var reason) && reason.GetString() == "missing_scope", Patience, "the doubt says why");
        var there = (await Thread(channel, root.Ts, "it is there"))[0];
        Assert.Equal(HttpStatusCode.BadRequest, await Post($"/v1/deliveries/{doubt.GetProperty("id").GetString()}/resolve", new { @as = "sent" }));
        var resolved = await Post($"/v1/deliveries/{doubt.GetProperty("id").GetString()}/resolve", new { @as = "sent", slackTs = there.Ts });
        Assert.True(resolved is HttpStatusCode.OK or HttpStatusCode.Accepted, resolved.ToString());
        await Thread(channel, root.Ts, "it is there", "and this one waits");
    }

    [Fact]
    public async Task What_Slack_will_never_take_is_dead_with_its_reason_and_can_be_replayed_late()
    {
        var (channel, root) = await Announced("dead");
        // Refused as a whole, and as the plain line that is tried then.
        await Product.Slack.Faults(1, new { method = "chat.postMessage", channel, times = 2, fault = "error", error = "msg_blocks_too_long" });
        await Product.Tracker.Note("dead", "dead.1", "refused once");
        await Product.Tracker.Note("dead", "dead.2", "goes on");
        await Thread(channel, root.Ts, "goes on");
        var dead = await Delivery("dead", "dead.1", "dead");
        Assert.Equal("msg_blocks_too_long", dead.GetProperty("reason").GetString());

        Assert.Equal(HttpStatusCode.Accepted, await Post("/v1/deliveries/replay", new { reason = "msg_blocks_too_long", channel, limit = 10 }));
        var late = (await Thread(channel, root.Ts, "goes on", "refused once"))[1];
        Assert.StartsWith("Late: ", late.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, await Post($"/v1/deliveries/{dead.GetProperty("id").GetString()}/replay", new { }));
    }

    [Fact]
    public async Task What_Slack_refuses_for_its_length_arrives_once_shortened_and_in_order()
    {
        var (channel, root) = await Announced("long");
        await Product.Slack.Faults(1, new { method = "chat.postMessage", channel, nth = 1, fault = "error", error = "msg_blocks_too_long" });
        await Product.Tracker.Note("long", "long.1", "first " + new string('x', 9000));
        await Product.Tracker.Note("long", "long.2", "second");
        var first = (await Thread(channel, root.Ts, "first xxx", "second"))[0];
        Assert.InRange(first.Text.Length, 1000, 2100);
        Assert.EndsWith("… cut here; the whole comment has 9,006 characters.", first.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_of_somebody_else_can_be_adopted_and_is_never_edited()
    {
        string channel = (await Product.Slack.MakeChannels(Product.Workspace, 1))[0];
        string parent = await Product.Slack.Say(Product.Workspace, channel, null, Product.User, "Something is on fire");
        string reply = await Product.Slack.Say(Product.Workspace, channel, parent, Product.User, "I see it too");
        async Task<HttpStatusCode> Adopt(string group, string ts)
        {
            using var answer = await Product.Tracker.Http.PutAsJsonAsync(
                new Uri($"/v1/groups/{group}/parents", UriKind.Relative), new { workspace = Product.Workspace, channel, ts, issue = new { title = "Fire" } });
            return answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.Accepted, await Adopt("adopted", reply));
        Assert.Equal("accepted", (await Product.Tracker.Activity("adopted", "adopted.1", "resolved")).Outcome);
        await Thread(channel, parent, "I see it too", "as resolved");
        Assert.Equal(HttpStatusCode.OK, await Adopt("adopted", parent));
        Assert.Equal(HttpStatusCode.Conflict, await Adopt("another", parent));
        Assert.Equal("Something is on fire", (await Visible(channel))[0].Text);

        Assert.Equal(HttpStatusCode.Accepted, await Adopt("nothing-there", "1500000000.000100"));
        await State("nothing-there", "closed");
    }

    [Fact]
    public async Task A_closed_thread_gets_nothing_more_and_what_waited_is_cancelled()
    {
        var (channel, root) = await Announced("closing");
        await Product.Slack.Archive(channel);
        await Product.Tracker.Note("closing", "closing.1", "never seen");
        var view = await State("closing", "parked");
        Assert.True(await Post($"/v1/groups/closing/threads/{view.GetProperty("threads")[0].GetProperty("id").GetString()}/close", new { }) is HttpStatusCode.OK or HttpStatusCode.Accepted);
        await Delivery("closing", "closing.1", "cancelled");
        Assert.Equal("no_threads", (await Product.Tracker.Note("closing", "closing.2", "nor this")).Reason);
        await Product.Slack.Unarchive(channel);
        Assert.Empty(await Product.Slack.Messages(Product.Workspace, channel, root.Ts));
    }

    [Fact]
    public async Task A_click_on_a_message_that_is_not_ours_changes_nothing_and_the_person_is_told()
    {
        var (channel, root) = await Announced("strangers");
        await Product.Slack.Click(Product.Workspace, channel, root.Ts, "tg.archive", Product.User);
        await Thread(channel, root.Ts, "archived");
        await Product.Slack.Click(Product.Workspace, channel, root.Ts, "tg.assign_me", Product.User);
        await Thread(channel, root.Ts, "archived", "to themselves");
        // The same again would change nothing: an ephemeral message says so, and no activity is made.
        await Product.Slack.Click(Product.Workspace, channel, root.Ts, "tg.assign_me", Product.User);
        await Eventually.Get(
            () => Product.Slack.Ephemerals(Product.Workspace, channel, Product.User),
            all => all.Any(message => message.GetProperty("text").GetString()!.Contains("already assigned to you", StringComparison.Ordinal)), Patience, "the person is told");
        Assert.Equal(3, (await Product.Tracker.Get("/v1/groups/strangers")).GetProperty("sequence").GetInt64());
    }

    [Fact]
    public async Task Somebody_of_another_company_changes_nothing_in_a_shared_channel_and_is_told_why()
    {
        const string Stranger = "U0STRANGER1";
        var (channel, root) = await Announced("shared");
        foreach (string action in new[] { "tg.resolve", "tg.assign_me" })
        {
            var answer = await Product.Slack.Click(Product.Workspace, channel, root.Ts, action, Stranger, userTeam: "T0OTHERTEAM1");
            Assert.Equal(200, answer.GetProperty("status").GetInt32());
        }

        var told = await Eventually.Get(() => Product.Slack.Ephemerals(Product.Workspace, channel, Stranger), all => all.Count == 2, Patience, "the stranger is told");
        Assert.All(told, message => Assert.StartsWith("Nothing was changed", message.GetProperty("text").GetString(), StringComparison.Ordinal));
        var view = await Product.Tracker.Get("/v1/groups/shared");
        Assert.Equal(("unresolved", 1), (view.GetProperty("status").GetString(), view.GetProperty("sequence").GetInt64()));

        await Product.Slack.Click(Product.Workspace, channel, root.Ts, "tg.resolve", Product.User);
        await Thread(channel, root.Ts, "as resolved");
        Assert.DoesNotContain(await Product.Slack.Messages(Product.Workspace, channel), message => message.Text.Contains(Stranger, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_click_that_is_delivered_three_times_counts_once()
    {
        var (channel, root) = await Announced("doubled");
        Assert.Equal(200, (await Product.Slack.Click(Product.Workspace, channel, root.Ts, "tg.resolve", Product.User, copies: 3)).GetProperty("status").GetInt32());
        await Thread(channel, root.Ts, "as resolved");
        Assert.Equal(2, (await Product.Tracker.Get("/v1/groups/doubled")).GetProperty("sequence").GetInt64());
        Assert.Empty(await Product.Slack.Ephemerals(Product.Workspace, channel, Product.User));
    }
}
