using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ThreadGrains.SlackEmulator.Interactions;

namespace ThreadGrains.SlackEmulator.Tests;

public sealed class ViewTests
{
    private const string View = """{"type":"modal","callback_id":"c","private_metadata":"m","title":{"type":"plain_text","text":"Title"},"blocks":[{"type":"divider"}]}""";

    [Fact]
    public async Task A_trigger_opens_one_view_once_within_three_seconds()
    {
        await using var slack = await Emulator.Start();
        var opened = await slack.Call("views.open", ("trigger_id", Trigger(slack)), ("view", View));
        Assert.True((bool)opened["ok"]!, opened.ToJsonString());
        Assert.Equal((string?)opened["view"]!["id"], (string?)opened["view"]!["root_view_id"]);

        var used = Trigger(slack);
        await slack.Call("views.open", ("trigger_id", used), ("view", View));
        Assert.Equal("exchanged_trigger_id", await Error(slack, "views.open", used));
        var old = Trigger(slack);
        slack.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Null(await Error(slack, "views.open", old));
        old = Trigger(slack);
        slack.Clock.Advance(TimeSpan.FromSeconds(3.1));
        Assert.Equal("expired_trigger_id", await Error(slack, "views.open", old));
        Assert.Equal("invalid_trigger_id", await Error(slack, "views.open", "1.2.abc"));
        var none = await slack.Call("views.open", ("trigger_id", "none"), ("view", View));
        Assert.Equal("invalid_arguments", (string?)none["error"]);
        Assert.Contains("trigger_id", (string?)none["response_metadata"]!["messages"]![0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_view_does_not_use_the_trigger_up()
    {
        await using var slack = await Emulator.Start();
        var trigger = Trigger(slack);
        Assert.Equal("invalid_arguments", (string?)(await slack.Call("views.open", ("trigger_id", trigger), ("view", """{"type":"modal"}""")))["error"]);
        Assert.Null(await Error(slack, "views.open", trigger));
    }

    [Fact]
    public async Task An_update_changes_the_hash_and_needs_the_present_one_if_it_names_one()
    {
        await using var slack = await Emulator.Start();
        var view = (await slack.Call("views.open", ("trigger_id", Trigger(slack)), ("view", View)))["view"]!;
        (string, string)[] update = [("view_id", (string)view["id"]!), ("hash", (string)view["hash"]!), ("view", View)];
        var updated = await slack.Call("views.update", update);
        Assert.NotEqual((string?)view["hash"], (string?)updated["view"]!["hash"]);
        Assert.Equal("hash_conflict", (string?)(await slack.Call("views.update", update))["error"]);
        Assert.Equal("not_found", (string?)(await slack.Call("views.update", ("view_id", "V0"), ("view", View)))["error"]);
    }

    [Fact]
    public async Task Three_views_are_the_most_that_lie_on_each_other()
    {
        await using var slack = await Emulator.Start();
        var root = (await slack.Call("views.open", ("trigger_id", Trigger(slack)), ("view", View)))["view"]!;
        var second = (await slack.Call("views.push", ("trigger_id", Trigger(slack)), ("view", View)))["view"]!;
        Assert.Equal((string?)root["id"], (string?)second["previous_view_id"]);
        Assert.Null(await Error(slack, "views.push", Trigger(slack)));
        Assert.Equal("push_limit_reached", await Error(slack, "views.push", Trigger(slack)));
        Assert.Null(await Error(slack, "views.open", Trigger(slack)));
    }

    [Theory]
    [InlineData("title", """{"type":"plain_text","text":"1234567890123456789012345"}""", "/view/title/text")]
    [InlineData("type", "\"drawer\"", "/view/type")]
    [InlineData("blocks", """[{"type":"carpet"}]""", "/view/blocks/0")]
    [InlineData("blocks", """[{"type":"input","label":{"type":"plain_text","text":"l"},"element":{"type":"plain_text_input"}}]""", "/view")]
    public async Task A_view_outside_the_limits_is_refused_with_the_place(string field, string value, string pointer)
    {
        await using var slack = await Emulator.Start();
        var view = JsonNode.Parse(View)!.AsObject();
        view[field] = JsonNode.Parse(value);
        var answer = await slack.CallWithJson("views.open", new JsonObject { ["trigger_id"] = Trigger(slack), ["view"] = view });
        Assert.Equal("invalid_arguments", (string?)answer["error"]);
        Assert.EndsWith($"[json-pointer:{pointer}]", (string?)answer["response_metadata"]!["messages"]![0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_external_id_is_one_views_alone_and_finds_it()
    {
        await using var slack = await Emulator.Start();
        var view = View.Replace("\"c\"", "\"c\",\"external_id\":\"mine\"", StringComparison.Ordinal);
        await slack.Call("views.open", ("trigger_id", Trigger(slack)), ("view", view));
        Assert.Equal("duplicate_external_id", (string?)(await slack.Call("views.open", ("trigger_id", Trigger(slack)), ("view", view)))["error"]);
        Assert.True((bool)(await slack.Call("views.update", ("external_id", "mine"), ("view", view)))["ok"]!);
        Assert.Equal("view_too_large", await Error(slack, "views.open", Trigger(slack), view.Replace("\"m\"", $"\"{new string('x', 256 * 1024)}\"", StringComparison.Ordinal)));
    }

    private static string Trigger(Emulator slack) => slack.Services.GetRequiredService<Triggers>().Give(Emulator.Team, Emulator.User);

    private static async Task<string?> Error(Emulator slack, string method, string trigger, string view = View) =>
        (string?)(await slack.Call(method, ("trigger_id", trigger), ("view", view)))["error"];
}
