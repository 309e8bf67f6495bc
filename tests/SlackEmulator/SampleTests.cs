using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Web;
using Microsoft.Extensions.DependencyInjection;
using ThreadGrains.SlackEmulator.Interactions;

namespace ThreadGrains.SlackEmulator.Tests;

/// <summary>Every field of Slack's own examples is in our answer, with the same kind of value. More fields are no fault: Slack adds them at any time.</summary>
public sealed class SampleTests
{
    private const string View = """{"type":"modal","callback_id":"c","title":{"type":"plain_text","text":"T","emoji":true},"submit":{"type":"plain_text","text":"S","emoji":true},"close":{"type":"plain_text","text":"C","emoji":true},"blocks":[{"type":"input","block_id":"i","optional":false,"label":{"type":"plain_text","text":"L"},"element":{"type":"plain_text_input","action_id":"a"}}]}""";

    private const string ViewWithButton = """{"type":"modal","callback_id":"c","title":{"type":"plain_text","text":"T","emoji":true},"close":{"type":"plain_text","text":"C","emoji":true},"blocks":[{"type":"section","block_id":"s","text":{"type":"plain_text","text":"x"},"accessory":{"type":"button","action_id":"a","text":{"type":"plain_text","text":"B"}}}]}""";

    [Theory]
    [InlineData("auth.test.ok")]
    [InlineData("auth.test.success_with_bot_token")]
    [InlineData("chat.postMessage.ok")]
    [InlineData("chat.update.ok")]
    [InlineData("chat.delete.ok")]
    [InlineData("chat.postEphemeral.ok")]
    [InlineData("chat.getPermalink.ok")]
    [InlineData("conversations.info.ok", "channel.locale")]
    [InlineData("conversations.join.ok")]
    [InlineData("conversations.history.ok")]
    [InlineData("conversations.replies.ok")]
    [InlineData("users.info.ok", "user.profile.image_original")]
    [InlineData("users.lookupByEmail.ok")]
    [InlineData("views.open.ok")]
    [InlineData("views.update.ok")]
    [InlineData("views.push.ok")]
    public async Task An_answer_has_the_fields_of_Slacks_example(string sample, string exceptions = "")
    {
        await using var slack = await Emulator.Start();
        var missing = Missing(Sample(sample), await Answer(slack, sample.Split('.')[0] + "." + sample.Split('.')[1])).ToList();
        Assert.Equal(exceptions.Split(',', StringSplitOptions.RemoveEmptyEntries).Order(), missing.Distinct().Order());
    }

    /// <summary>What the samples have and a click on a plain message of ours has not: the fields of Grid, of workflow steps and of attachments.</summary>
    [Theory]
    [InlineData("block_actions.message_state_values", "bot_access_token,function_data,interactivity")]
    [InlineData("block_actions.bolt_python", "team.enterprise_id,team.enterprise_name")]
    [InlineData("block_actions.message_attachment", "container.attachment_id,container.is_app_unfurl")]
    public async Task A_click_has_the_fields_of_Slacks_payloads(string sample, string exceptions)
    {
        await using var slack = await Emulator.Start();
        await using var app = await Receiver.Start();
        await slack.Put("app", new JsonObject { ["requestUrl"] = app.Address.ToString() });
        var ts = await slack.Post("x", more: ("blocks", """[{"type":"actions","block_id":"b","elements":[{"type":"button","action_id":"a","value":"v","text":{"type":"plain_text","text":"B","emoji":true}}]}]"""));
        await slack.Do("click", new JsonObject { ["team"] = Emulator.Team, ["channel"] = Emulator.Channel, ["ts"] = ts, ["actionId"] = "a", ["user"] = Emulator.User });

        var payload = JsonNode.Parse(HttpUtility.ParseQueryString(Encoding.ASCII.GetString(app.Received[0].Body))["payload"]!)!;

        Assert.Equal(exceptions.Split(',').Order(), Missing(Sample(sample), payload).Order());
    }

    private static async Task<JsonNode> Answer(Emulator slack, string method)
    {
        var root = await slack.Post("root");
        var trigger = slack.Services.GetRequiredService<Triggers>();
        switch (method)
        {
            case "chat.postMessage":
                return await slack.Call(method, ("channel", Emulator.Channel), ("text", "x"), ("username", "ecto1"), ("attachments", """[{"text":"This is an attachment"}]"""));
            case "chat.update":
                return await slack.Call(method, ("channel", Emulator.Channel), ("ts", root), ("text", "y"));
            case "chat.delete" or "chat.getPermalink":
                return await slack.Call(method, ("channel", Emulator.Channel), ("ts", root), ("message_ts", root));
            case "chat.postEphemeral":
                return await slack.Call(method, ("channel", Emulator.Channel), ("user", Emulator.User), ("text", "x"));
            case "conversations.history":
                await slack.Post("second");
                return await slack.Call(method, ("channel", Emulator.Channel), ("limit", "1"));
            case "conversations.replies":
                await slack.Post("one", root);
                await slack.Post("two", root);
                return await slack.Call(method, ("channel", Emulator.Channel), ("ts", root), ("limit", "2"));
            case "users.info":
                return await slack.Call(method, ("user", Emulator.User));
            case "users.lookupByEmail":
                return await slack.Call(method, ("email", (string)(await slack.Call("users.info", ("user", Emulator.User)))["user"]!["profile"]!["email"]!));
            case "views.open" or "views.push":
                return await slack.Call(method, ("trigger_id", trigger.Give(Emulator.Team, Emulator.User)), ("view", View));
            case "views.update":
                var view = await slack.Call("views.open", ("trigger_id", trigger.Give(Emulator.Team, Emulator.User)), ("view", View));
                return await slack.Call(method, ("view_id", (string)view["view"]!["id"]!), ("view", ViewWithButton));
            default:
                return await slack.Call(method, ("channel", Emulator.Channel));
        }
    }

    private static JsonNode Sample(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "samples", name + ".json")))!;

    /// <summary>Paths of what the sample has and the answer lacks or has as another kind of value. Of lists the items are compared one by one.</summary>
    private static IEnumerable<string> Missing(JsonNode? sample, JsonNode? answer, string path = "")
    {
        switch (sample)
        {
            case JsonObject thing:
                if (answer is not JsonObject other) return [path];
                return thing.SelectMany(field =>
                {
                    var here = path.Length == 0 ? field.Key : $"{path}.{field.Key}";
                    return other.ContainsKey(field.Key) ? Missing(field.Value, other[field.Key], here) : [here];
                });
            case JsonArray items:
                if (answer is not JsonArray others) return [path];
                return items.Zip(others).SelectMany(pair => Missing(pair.First, pair.Second, path));
            case null:
                return [];
            default:
                // A null stands where Slack has no value just now (a view without a button to submit, or below another).
                return answer is null || Kind(answer) == Kind(sample) ? [] : [$"{path} ({Kind(answer)} instead of {Kind(sample)})"];
        }
    }

    private static JsonValueKind Kind(JsonNode node) => node.GetValueKind() is JsonValueKind.False ? JsonValueKind.True : node.GetValueKind();
}
