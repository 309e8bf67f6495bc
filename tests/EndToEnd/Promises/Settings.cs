using System.Net;
using System.Text.Json;
using ThreadGrains.EndToEnd.Tests.Running;

namespace ThreadGrains.EndToEnd.Tests.Promises;

/// <summary>Policy and routes by API: in force without a restart, kept over one.</summary>
public sealed class Settings : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private Deployment _product = null!;

    public async Task InitializeAsync()
    {
        _product = await Deployment.Start(Deployment.NoPacing);
        await _product.Slack.NoLimits();
    }

    public async Task DisposeAsync() => await _product.DisposeAsync();

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

        await InForce();
        Assert.Equal("accepted", (await _product.Tracker.Alert("settings-1", "settings-1.e")).Outcome);
        Assert.Equal("policy", (await _product.Tracker.Note("settings-1", "settings-1.1", "nobody shall read this")).Reason);
        Assert.Equal("accepted", (await _product.Tracker.Activity("settings-1", "settings-1.2", "resolved", actor: "system")).Outcome);
        Assert.Equal("accepted", (await _product.Tracker.Activity("settings-1", "settings-1.3", "regressed")).Outcome);
        var messages = await Eventually.Get(() => _product.Slack.Messages(team, channels[0]), all => all.Count == 3, Patience, "the announcement and two replies");
        Assert.DoesNotContain(messages, message => message.Text.Contains("nobody shall", StringComparison.Ordinal));
        Assert.True((await _product.Slack.Calls("chat.postMessage"))[^1].GetProperty("status").GetInt32() == 200);

        await _product.Kill();
        await _product.StartAgain();
        Assert.Equal(2, (await _product.Tracker.Get("/v1/policy")).GetProperty("rules").GetArrayLength());
        Assert.Equal("policy", (await _product.Tracker.Note("settings-1", "settings-1.4", "nobody shall read this either")).Reason);

        Assert.Equal(HttpStatusCode.BadRequest, await Put("/v1/routes", new { routes = new[] { new { name = "wrong", channels = new[] { new { workspace = team, channel = "C0NOWHERE" } } } } }));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await Put("/v1/routes", new { routes = new[] { new { name = "wrong", channels = new[] { new { workspace = "T0OTHER", channel = channels[0] } } } } }));
        Assert.Equal("billing", (await _product.Tracker.Get("/v1/routes")).GetProperty("routes")[0].GetProperty("name").GetString());
    }

    /// <summary>Silos read settings every few seconds: a group of the default channel tells when.</summary>
    private async Task InForce()
    {
        int n = 0;
        await _product.Tracker.Alert("settings-probe", "settings-probe.e", _product.Workspace, _product.Channel);
        await Eventually.Get(
            () => _product.Tracker.Activity("settings-probe", $"settings-probe.{n++}", "resolved", actor: "system"), receipt => receipt.Outcome == "accepted", Patience, "the policy is in force");
    }

    private async Task<HttpStatusCode> Put(string path, object body)
    {
        using var answer = await _product.Tracker.Http.PutAsync(new Uri(path, UriKind.Relative), new StringContent(JsonSerializer.Serialize(body), System.Text.Encoding.UTF8, "application/json"));
        return answer.StatusCode;
    }
}
