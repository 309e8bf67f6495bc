using System.Net;
using System.Text.Json;
using ThreadGrains.EndToEnd.Tests.Running;

namespace ThreadGrains.EndToEnd.Tests.Promises;

/// <summary>By one process.</summary>
[Collection(OnQuickReads.Name)]
public sealed class SettingsAlone(QuickReads running) : Settings(running.Product)
{
    private protected override async Task KillAndStartAgain()
    {
        await running.Product.Kill();
        await running.Product.StartAgain();
        await running.Product.Slack.NoLimits();
    }
}

/// <summary>Policy and routes by API, whatever runs: in force without a restart, kept over one.</summary>
public abstract class Settings : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Deployment _product;

    private protected Settings(Deployment product) => _product = product;

    /// <summary>Everything that holds settings in its memory is killed, and answers again.</summary>
    private protected abstract Task KillAndStartAgain();

    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <summary>They hold for the whole organization: the next test finds none.</summary>
    public async Task DisposeAsync()
    {
        Assert.Equal(HttpStatusCode.OK, await Put("/v1/routes", new { routes = Array.Empty<object>() }));
        Assert.Equal(HttpStatusCode.OK, await Put("/v1/policy", new { rules = Array.Empty<object>() }));
        await Everywhere("the policy is gone", receipt => receipt.Reason == "no_user", "resolved", "unassigned");
    }

    [Fact]
    public async Task Policy_and_routes_are_in_force_without_a_restart_and_kept_over_one()
    {
        string team = _product.Workspace;
        var channels = await _product.Slack.MakeChannels(team, 2);
        Assert.Equal(HttpStatusCode.OK, await Put("/v1/routes", new { routes = new[] { new { name = "billing", projects = new[] { "bill*" }, channels = new[] { new { workspace = team, channel = channels[0] } } } } }));
        Assert.Equal(HttpStatusCode.OK, await Put("/v1/policy", new
        {
            rules = new object[] { new { post = "broadcast", kinds = new[] { "regressed" } }, new { post = "silent", kinds = new[] { "note" }, workspace = team, channel = channels[0] } },
            systemActors = new Dictionary<string, string> { ["resolved"] = "post" },
        }));

        var preview = await _product.Tracker.Post("/v1/routes/dry-run", new { id = "x", group = "settings-1", issue = new { title = "Problem", project = "billing" } });
        Assert.Equal(("billing", channels[0]), (preview.Body.GetProperty("channels")[0].GetProperty("route").GetString(), preview.Body.GetProperty("channels")[0].GetProperty("channel").GetString()));
        Assert.Contains("Problem", preview.Body.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.True(preview.Body.GetProperty("blocks").GetArrayLength() > 0);
        Assert.Empty(await _product.Slack.Messages(team, channels[0]));

        await Everywhere("the policy is in force", receipt => receipt.Outcome == "accepted", "resolved");
        Assert.Equal("accepted", (await _product.Tracker.Alert("settings-1", "settings-1.e")).Outcome);
        Assert.Equal("policy", (await _product.Tracker.Note("settings-1", "settings-1.1", "nobody shall read this")).Reason);
        Assert.Equal("accepted", (await _product.Tracker.Activity("settings-1", "settings-1.2", "resolved", actor: "system")).Outcome);
        Assert.Equal("accepted", (await _product.Tracker.Activity("settings-1", "settings-1.3", "regressed")).Outcome);
        var messages = await Eventually.Get(() => _product.Slack.Messages(team, channels[0]), all => all.Count == 3, Patience, "the announcement and two replies");
        Assert.DoesNotContain(messages, message => message.Text.Contains("nobody shall", StringComparison.Ordinal));
        Assert.True((await _product.Slack.Calls("chat.postMessage"))[^1].GetProperty("status").GetInt32() == 200);

        await KillAndStartAgain();
        Assert.Equal(2, (await _product.Tracker.Get("/v1/policy")).GetProperty("rules").GetArrayLength());
        Assert.Equal("policy", (await _product.Tracker.Note("settings-1", "settings-1.4", "nobody shall read this either")).Reason);

        Assert.Equal(HttpStatusCode.BadRequest, await Put("/v1/routes", new { routes = new[] { new { name = "wrong", channels = new[] { new { workspace = team, channel = "C0NOWHERE" } } } } }));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await Put("/v1/routes", new { routes = new[] { new { name = "wrong", channels = new[] { new { workspace = "T0OTHER", channel = channels[0] } } } } }));
        Assert.Equal("billing", (await _product.Tracker.Get("/v1/routes")).GetProperty("routes")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task An_announcement_that_is_deleted_comes_again_with_what_was_not_posted_and_the_second_time_stays_away()
    {
        const string group = "settings-2";
        string team = _product.Workspace;
        string channel = (await _product.Slack.MakeChannels(team, 1))[0];
        Assert.Equal(HttpStatusCode.BadRequest, await Put("/v1/policy", new { rules = Array.Empty<object>(), parentGone = "shrug" }));
        Assert.Equal(HttpStatusCode.OK, await Put("/v1/policy", new { rules = Array.Empty<object>(), parentGone = "repost", systemActors = new Dictionary<string, string> { ["unassigned"] = "post" } }));
        Assert.Equal("repost", (await _product.Tracker.Get("/v1/policy")).GetProperty("parentGone").GetString());
        await Everywhere("the policy is in force", receipt => receipt.Outcome == "accepted", "unassigned");

        await _product.Tracker.Alert(group, $"{group}.e", team, channel);
        await _product.Tracker.Note(group, $"{group}.1", "posted before");
        var before = await Eventually.Get(() => _product.Slack.Messages(team, channel), all => all.Count == 2, Patience, "announcement and note");
        await _product.Slack.Faults(1, new { method = "chat.postMessage", channel, fault = "rate_limited", retryAfter = 3, rate = 1.0 });
        for (int i = 2; i <= 4; i++)
        {
            await _product.Tracker.Note(group, $"{group}.{i}", $"waiting {i}");
        }

        await _product.Slack.Delete(channel, before[0].Ts);
        await Eventually.Get(
            async () => (await _product.Tracker.Get($"/v1/groups/{group}")).GetProperty("threads").GetArrayLength(), count => count == 2, Patience, "another thread");
        await _product.Slack.Faults(1);

        var after = await Eventually.Get(Visible, all => all.Count == 3, Patience, "the note from before, an announcement and its recap");
        var root = Assert.Single(after, message => message.ThreadTs is null || message.ThreadTs == message.Ts);
        var recap = Assert.Single(after, message => message.ThreadTs == root.Ts && message.Ts != root.Ts);
        Assert.Equal([2, 3, 4], Enumerable.Range(1, 4).Where(i => recap.Text.Contains($"waiting {i}", StringComparison.Ordinal)));
        Assert.DoesNotContain("posted before", recap.Text, StringComparison.Ordinal);
        var reasons = (await _product.Tracker.Get($"/v1/groups/{group}/deliveries")).GetProperty("items").EnumerateArray()
            .Count(item => item.GetProperty("state").GetString() == "cancelled" && item.GetProperty("reason").GetString() == "moved");
        Assert.Equal(3, reasons);

        // The new one is as good as the old one was.
        await _product.Slack.Click(team, channel, root.Ts, "tg.resolve", "U0ROBIN");
        var clicked = await Eventually.Get(Visible, all => all.Count == 4, Patience, "the click's reply", all => string.Join(" | ", all.Select(message => message.Text)));
        Assert.Equal(root.Ts, clicked[^1].ThreadTs);
        Assert.Equal("resolved", (await _product.Tracker.Get($"/v1/groups/{group}")).GetProperty("status").GetString());

        await _product.Slack.Delete(channel, root.Ts);
        await Eventually.Get(
            async () => (await _product.Tracker.Get($"/v1/groups/{group}")).GetProperty("threads").EnumerateArray().Count(thread => thread.GetProperty("state").GetString() == "closed"),
            closed => closed == 2, Patience, "both threads are closed");
        Assert.Equal("no_threads", (await _product.Tracker.Note(group, $"{group}.5", "nowhere")).Reason);

        async Task<IReadOnlyList<SlackMessage>> Visible() => [.. (await _product.Slack.Messages(team, channel)).Where(message => !message.Deleted)];
    }

    /// <summary>
    /// Silos read settings every few seconds, each for itself. Groups of the default channel tell when: so many that every silo
    /// has some of them.
    /// </summary>
    private async Task Everywhere(string what, Func<Receipt, bool> good, params string[] types)
    {
        string probe = $"probe-{Guid.NewGuid():N}";
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async n =>
        {
            int tries = 0;
            var alert = await Tracker.Until(
                () => _product.Tracker.Alert($"{probe}-{n}", $"{probe}-{n}.e", _product.Workspace, _product.Channel), Eventually.Pause, Patience);
            Assert.Equal(HttpStatusCode.Accepted, alert.Status);
            foreach (string type in types)
            {
                await Eventually.Get(
                    () => _product.Tracker.Activity($"{probe}-{n}", $"{probe}-{n}.{tries++}", type, actor: "system"), good, Patience, what);
            }
        }));
    }

    /// <summary>Until it is taken or refused: one that is busy for a moment is asked again, as any sender does.</summary>
    private Task<HttpStatusCode> Put(string path, object body) => Eventually.Get(
        async () =>
        {
            using var content = new StringContent(JsonSerializer.Serialize(body), System.Text.Encoding.UTF8, "application/json");
            using var answer = await _product.Tracker.Http.PutAsync(new Uri(path, UriKind.Relative), content);
            return answer.StatusCode;
        },
        status => status != HttpStatusCode.ServiceUnavailable, Patience, path);
}
