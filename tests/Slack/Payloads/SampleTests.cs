using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ThreadGrains.Slack.Payloads;
using ThreadGrains.Slack.WebApi;
using static ThreadGrains.Slack.Payloads.InteractivePayload;

namespace ThreadGrains.Slack.Tests.Payloads;

/// <summary>What Slack really sends (samples/README.md says where each file comes from), read without loss of what we use.</summary>
public sealed class SampleTests
{
    /// <summary>Where a value stands in the JSON, and what the model says of it. Whatever stands there must be in the model.</summary>
    private static readonly Dictionary<string, Func<InteractivePayload, string?>> Interactive = new()
    {
        ["type"] = p => p.Type,
        ["api_app_id"] = p => p.ApiAppId,
        ["enterprise.id"] = p => p.EnterpriseId,
        ["is_enterprise_install"] = p => p.Workspace.IsEnterpriseInstall ? "true" : "false",
        ["user.id"] = p => User(p)?.Id,
        ["user.name"] = p => User(p)?.Name,
        ["user.team_id"] = p => User(p)?.TeamId,
        ["channel.id"] = p => p switch { BlockActions a => a.Channel?.Id, MessageAction m => m.Channel.Id, BlockSuggestion s => s.Channel?.Id, _ => null },
        ["callback_id"] = p => p switch { MessageAction m => m.CallbackId, Shortcut s => s.CallbackId, _ => null },
        ["container.type"] = p => Container(p)?.Type,
        ["container.message_ts"] = p => Container(p)?.MessageTs?.ToString(),
        ["container.thread_ts"] = p => Container(p)?.ThreadTs?.ToString(),
        ["container.channel_id"] = p => Container(p)?.ChannelId,
        ["container.view_id"] = p => Container(p)?.ViewId,
        ["container.is_ephemeral"] = p => Container(p)?.IsEphemeral == true ? "true" : "false",
        ["message.ts"] = p => Message(p)?.Ts.ToString(),
        ["message.thread_ts"] = p => Message(p)?.ThreadTs?.ToString(),
        ["message.user"] = p => Message(p)?.User,
        ["message.bot_id"] = p => Message(p)?.BotId,
        ["message.app_id"] = p => Message(p)?.AppId,
        ["message.blocks.0.block_id"] = p => Message(p)?.FirstBlockId,
        ["actions.0.action_id"] = p => (p as BlockActions)?.Actions[0].ActionId,
        ["actions.0.block_id"] = p => (p as BlockActions)?.Actions[0].BlockId,
        ["actions.0.type"] = p => (p as BlockActions)?.Actions[0].Type,
        ["actions.0.action_ts"] = p => (p as BlockActions)?.Actions[0].ActionTs,
        ["actions.0.value"] = p => (p as BlockActions)?.Actions[0].Value,
        ["actions.0.selected_option.value"] = p => (p as BlockActions)?.Actions[0].SelectedOptionValue,
        ["action_id"] = p => (p as BlockSuggestion)?.ActionId,
        ["block_id"] = p => (p as BlockSuggestion)?.BlockId,
        ["value"] = p => (p as BlockSuggestion)?.Value,
        ["view.id"] = p => View(p)?.Id,
        ["view.type"] = p => View(p)?.Type,
        ["view.callback_id"] = p => View(p)?.CallbackId,
        ["view.private_metadata"] = p => View(p)?.PrivateMetadata,
        ["view.hash"] = p => View(p)?.Hash,
        ["view.root_view_id"] = p => View(p)?.RootViewId,
        ["view.previous_view_id"] = p => View(p)?.PreviousViewId,
        ["view.external_id"] = p => View(p)?.ExternalId,
        ["view.app_id"] = p => View(p)?.AppId,
        ["view.bot_id"] = p => View(p)?.BotId,
        ["view.team_id"] = p => View(p)?.TeamId,
        ["view.app_installed_team_id"] = p => View(p)?.AppInstalledTeamId,
        ["is_cleared"] = p => (p as ViewClosed)?.IsCleared == true ? "true" : "false",
        ["trigger_id"] = p => Given(p switch
        {
            BlockActions a => a.TriggerId, ViewSubmission v => v.TriggerId, MessageAction m => m.TriggerId, Shortcut s => s.TriggerId, _ => null,
        }),
        ["response_url"] = p => Given(p switch { BlockActions a => a.ResponseUrl, MessageAction m => m.ResponseUrl, _ => null }),
    };

    // Legacy kinds are acknowledged and otherwise left alone; of a menu's question the trigger is of no use, of a view_closed neither.
    private static readonly string[] NotModelled =
    [
        "interactive_message", "dialog_submission", "dialog_cancellation", "dialog_suggestion",
    ];

    private static readonly Dictionary<string, Func<JsonElement, object?>> Methods = new()
    {
        ["auth.test"] = SlackIdentity.Read,
        ["chat.update"] = root => UpdatedMessage.Read(root, "C1"),
        ["conversations.replies"] = MessagePage.Read,
        ["conversations.history"] = MessagePage.Read,
        ["conversations.info"] = SlackChannel.Read,
        ["conversations.join"] = SlackChannel.Read,
        ["users.info"] = SlackUser.Read,
        ["views.open"] = OpenedView.Read,
        ["views.update"] = OpenedView.Read,
    };

    public static TheoryData<string> Interactions => new(Source.SampleNames("interactive")
        .Concat(Source.SampleNames("shape/app-backend"))
        .Where(name => !name.Contains("response_option_groups", StringComparison.Ordinal) && !name.Contains("SlashCommand", StringComparison.Ordinal)));

    public static TheoryData<string> Events => new(Source.SampleNames("events").Concat(Source.SampleNames("shape/events"))
        .Where(name => !name.Contains("inner_event", StringComparison.Ordinal)));

    public static TheoryData<string> Answers => new(AnswerNames);

    private static IEnumerable<string> AnswerNames => new[] { "web-api", "web-api-docs-2026", "shape/api", "shape-trimmed/api" }
        .SelectMany(folder => Source.SampleNames(folder))
        .Where(name => !name.Contains("_catalogue", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Interactions))]
    public void Each_interaction_is_read_without_loss(string name)
    {
        var json = Sample(name);
        var payload = Assert.IsType<PayloadReadResult<InteractivePayload>.Read>(InteractivePayloadReader.ReadJson(json)).Value;
        using var document = JsonDocument.Parse(json);
        if (NotModelled.Contains(payload.Type))
        {
            Assert.IsType<Other>(payload);
            return;
        }

        Assert.IsNotType<Other>(payload);
        foreach (var (path, model) in Interactive)
        {
            var there = At(document.RootElement, path);
            // The authors blanked some ts to "111.222", which no message of Slack's has.
            var blanked = path.EndsWith("_ts", StringComparison.Ordinal) && path.StartsWith("container", StringComparison.Ordinal) && there == "111.222";
            if (there is { Length: > 0 } && !blanked && !(path == "trigger_id" && payload is BlockSuggestion or ViewClosed))
            {
                Assert.Equal($"{path}: {(path is "trigger_id" or "response_url" ? "given" : there)}", $"{path}: {model(payload)}");
            }
        }

        // The same through the form that Slack wraps it into.
        var form = Encoding.ASCII.GetBytes("payload=" + Uri.EscapeDataString(Encoding.UTF8.GetString(json)));
        Assert.Equal(payload.GetType(), Assert.IsType<PayloadReadResult<InteractivePayload>.Read>(InteractivePayloadReader.Read(form)).Value.GetType());
    }

    [Theory]
    [InlineData("block_actions.message.json", "T111", null)]
    [InlineData("block_actions.org_install_team_null.json", "T_expected", "E111")]
    [InlineData("view_submission.slack_connect.json", "T-installed-workspace", "E-other-side")]
    [InlineData("view_submission.org_install_team_null.json", "T111", "E111")]
    [InlineData("view_closed.org_install_team_null.json", "T_expected", "E111")]
    public void The_installation_is_found_in_slacks_own_order(string name, string team, string? enterprise)
    {
        var payload = Read("interactive/" + name);
        Assert.Equal((team, enterprise), (payload.TeamId, payload.EnterpriseId));
    }

    [Theory]
    [InlineData("""{"view":{"app_installed_team_id":"T1","team_id":"T6"},"team":{"id":"T2"},"authorizations":[{"team_id":"T3"}],"team_id":"T4","user":{"team_id":"T5"}}""", "T1")]
    [InlineData("""{"view":{"team_id":"T6"},"team":{"id":"T2"},"authorizations":[{"team_id":"T3"}],"team_id":"T4","user":{"team_id":"T5"}}""", "T2")]
    [InlineData("""{"view":{"team_id":"T6"},"team":null,"authorizations":[{"team_id":"T3"},{"team_id":"T9"}],"team_id":"T4","user":{"team_id":"T5"}}""", "T3")]
    [InlineData("""{"view":{"team_id":"T6"},"authorizations":[],"team_id":"T4","user":{"team_id":"T5"}}""", "T4")]
    [InlineData("""{"view":{"team_id":"T6"},"user":{"team_id":"T5"}}""", "T5")]
    [InlineData("""{"view":{"team_id":"T6"},"user":{"team_id":"E5"}}""", "T6")]
    [InlineData("""{"team_id":null}""", null)]
    public void Each_place_of_a_team_id_comes_in_its_turn(string json, string? team)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Equal(team, PayloadWorkspace.WorkspaceOf(document.RootElement).TeamId);
    }

    [Theory]
    [InlineData("""{"is_enterprise_install":true}""", true)]
    [InlineData("""{"is_enterprise_install":"true"}""", true)]
    [InlineData("""{"is_enterprise_install":"false"}""", false)]
    [InlineData("""{"authorizations":[{"is_enterprise_install":true}],"is_enterprise_install":false}""", true)]
    [InlineData("{}", false)]
    public void An_organization_wide_installation_is_told_by_boolean_or_by_string(string json, bool expected)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Equal(expected, PayloadWorkspace.WorkspaceOf(document.RootElement).IsEnterpriseInstall);
    }

    [Fact]
    public void A_click_in_an_ephemeral_message_has_its_thread_from_the_container()
    {
        var click = Assert.IsType<BlockActions>(Read("interactive/block_actions.message_in_thread.json"));
        Assert.Null(click.Message);
        Assert.Equal(("1693635296.000500", "1693616242.466609", "C111"), (click.MessageTs.ToString(), click.ThreadTs.ToString(), click.ChannelId));
        Assert.True(click.Container.IsEphemeral);
    }

    [Fact]
    public void Inputs_and_response_urls_of_a_modal_are_read_wherever_they_stand()
    {
        var submission = Assert.IsType<ViewSubmission>(Read("interactive/view_submission.slack_connect.json"));
        Assert.Equal(("zniAM", "qEJr", "plain_text_input", "Hi there!"), (submission.View.Inputs[0].BlockId, submission.View.Inputs[0].ActionId, submission.View.Inputs[0].Type, submission.View.Inputs[0].Value));

        var urls = Assert.IsType<ViewSubmission>(Read("interactive/view_submission.response_urls.json")).ResponseUrls;
        Assert.Equal(("b", "a", "C111"), (urls[0].BlockId, urls[0].ActionId, urls[0].ChannelId));
        Assert.True(urls[0].Url.TryGet(new Uri("http://localhost:8888"), out var url));
        Assert.Equal("http://localhost:8888/webhook", url!.AbsoluteUri);
    }

    [Fact]
    public void Every_value_of_every_input_in_the_samples_is_in_the_model()
    {
        var checkedInputs = 0;
        foreach (var name in Source.SampleNames("interactive").Where(name => name.Contains("view_submission", StringComparison.Ordinal)))
        {
            var inputs = Assert.IsType<ViewSubmission>(Read(name)).View.Inputs;
            using var document = JsonDocument.Parse(Source.Sample(name));
            if (!document.RootElement.GetProperty("view").TryGetProperty("state", out var state) || !state.TryGetProperty("values", out var values))
            {
                continue;
            }

            foreach (var block in values.EnumerateObject())
            {
                foreach (var element in block.Value.EnumerateObject())
                {
                    var strings = element.Value.EnumerateObject().Where(field => field.Name is not ("type" or "timezone")).SelectMany(field => Leaves(field.Value)).Order(StringComparer.Ordinal);
                    var input = Assert.Single(inputs, input => input.BlockId == block.Name && input.ActionId == element.Name);
                    Assert.Equal(strings, input.Values.Order(StringComparer.Ordinal));
                    checkedInputs++;
                }
            }
        }

        Assert.True(checkedInputs >= 9, $"only {checkedInputs} inputs were seen");

        // An option's text is for people; its value is what was chosen.
        static IEnumerable<string> Leaves(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.String => [element.GetString()!],
            JsonValueKind.Number => [element.GetRawText()],
            JsonValueKind.Array => element.EnumerateArray().SelectMany(Leaves),
            JsonValueKind.Object when element.TryGetProperty("value", out var value) => Leaves(value),
            _ => [],
        };
    }

    [Theory]
    [MemberData(nameof(Events))]
    public void Each_event_is_read_without_loss(string name)
    {
        var json = Sample(name);
        using var document = JsonDocument.Parse(json);
        switch (Assert.IsType<PayloadReadResult<EventPayload>.Read>(EventPayload.ReadJson(json)).Value)
        {
            case EventPayload.UrlVerification verification:
                Assert.Equal(At(document.RootElement, "challenge"), verification.Challenge);
                break;
            case EventPayload.EventCallback callback:
                Assert.Equal(At(document.RootElement, "event_id"), callback.EventId);
                Assert.Equal(At(document.RootElement, "api_app_id"), callback.ApiAppId);
                Assert.Equal(At(document.RootElement, "event.type"), callback.EventType);
                Assert.Equal(At(document.RootElement, "event_time") ?? "", callback.EventTime?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "");
                Assert.Equal(At(document.RootElement, "authorizations.0.team_id") ?? At(document.RootElement, "team_id"), callback.Workspace.TeamId);
                break;
            case EventPayload.AppRateLimited limited:
                Assert.Equal(At(document.RootElement, "team_id"), limited.TeamId);
                break;
            default:
                Assert.Fail($"{name} is of a type that we do not model");
                break;
        }
    }

    [Fact]
    public void A_slash_command_is_read_without_loss()
    {
        using var sample = JsonDocument.Parse(Source.Sample("slash-command/slash_command.form.json"));
        var command = Assert.IsType<PayloadReadResult<SlashCommand>.Read>(SlashCommand.ReadForm(Encoding.ASCII.GetBytes(sample.RootElement.GetProperty("body").GetString()!))).Value;
        Assert.Equal(("/hello-world", "Hi", "W111", "C111"), (command.Command, command.Text, command.UserId, command.ChannelId));
        Assert.Equal(new PayloadWorkspace("T111", "E111", false), command.Workspace);
        Assert.NotNull(command.TriggerId);
        Assert.True(command.ResponseUrl!.TryGet(null, out var url));
        Assert.Equal("https://hooks.slack.com/commands/T111/111/xxxxx", url!.AbsoluteUri);

        var fields = JsonDocument.Parse(Source.Sample("slash-command/slash_command.fields.json")).RootElement.EnumerateObject()
            .Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value.GetString()!)}");
        var other = Assert.IsType<PayloadReadResult<SlashCommand>.Read>(SlashCommand.ReadForm(Encoding.ASCII.GetBytes(string.Join('&', fields)))).Value;
        Assert.Equal(("/test", "A111", false), (other.Command, other.ApiAppId, other.Workspace.IsEnterpriseInstall));
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void Each_answer_of_the_web_api_is_read_for_what_it_is(string name)
    {
        var json = Sample(name);
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var method = Regex.Match(Path.GetFileName(name), @"^[a-zA-Z]+(\.v2)?\.[a-zA-Z]+").Value;
        var exchange = new Exchange.Answered(200, SlackHeaders.None, json, null, DateTimeOffset.UnixEpoch);

        if (!root.GetProperty("ok").GetBoolean())
        {
            var outcome = PostOutcomes.Classify(exchange, _ => "value");
            Assert.False(outcome is CallOutcome<string>.Ok or CallOutcome<string>.NotSlack, $"{name} is an error and came out as {outcome}");
            return;
        }

        if (method == "chat.postMessage")
        {
            var posted = Assert.IsType<PostOutcome.Posted>(PostOutcomes.Classify(exchange, "C1"));
            Assert.Equal((At(root, "ts"), At(root, "channel"), At(root, "message.thread_ts"), true), (posted.Ts.ToString(), posted.Channel, posted.ThreadTs?.ToString(), posted.HasMessage));
            return;
        }

        var value = Assert.IsType<CallOutcome<object>.Ok>(PostOutcomes.Classify(exchange, Methods.GetValueOrDefault(method, _ => "a method that we do not call"))).Value;
        if (value is MessagePage page)
        {
            var all = root.GetProperty("messages").EnumerateArray().ToArray();
            Assert.Equal(all.Length, page.Messages.Count);
            Assert.Equal(all.Select(message => At(message, "ts")), page.Messages.Select(message => message.Ts.ToString()));
            Assert.Equal(all.Select(message => At(message, "thread_ts")), page.Messages.Select(message => message.ThreadTs?.ToString()));
            Assert.Equal(all.Select(message => At(message, "text") ?? ""), page.Messages.Select(message => message.Text));
            Assert.Equal(all.Select(message => At(message, "user") ?? ""), page.Messages.Select(message => message.User ?? ""));
            Assert.Equal(all.Select(message => At(message, "metadata.event_type")), page.Messages.Select(message => message.MetadataEventType));
            Assert.Equal(At(root, "response_metadata.next_cursor") ?? "", page.NextCursor ?? "");
            Assert.Equal(At(root, "has_more"), page.HasMore ? "true" : At(root, "has_more") is null ? null : "false");
        }
    }

    [Fact]
    public void The_samples_cover_every_method_that_we_read() => Assert.Empty(Methods.Keys
        .Except(AnswerNames.Select(name => Regex.Match(Path.GetFileName(name), @"^[a-zA-Z]+\.[a-zA-Z]+").Value)));

    /// <summary>
    /// A sample as it is. The shapes have every field that was ever seen, blanked: they are filled again, so that the reader
    /// meets every field with something in it.
    /// </summary>
    private static byte[] Sample(string name)
    {
        if (!name.StartsWith("shape", StringComparison.Ordinal))
        {
            return Source.Sample(name);
        }

        var text = Encoding.UTF8.GetString(Source.Sample(name));
        text = Regex.Replace(text, @"""((?:[a-z_]+_)?ts|latest_reply)"": """"", @"""$1"": ""1503435956.000247""");
        text = Regex.Replace(text, @""": """"", @""": ""X1""");
        var root = JsonNode.Parse(text)!;
        if (root["ok"] is not null)
        {
            root["ok"] = true;
        }

        if (name.StartsWith("shape/events", StringComparison.Ordinal))
        {
            root["type"] = name.Contains("AppRateLimited", StringComparison.Ordinal) ? "app_rate_limited" : "event_callback";
        }

        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    private static InteractivePayload Read(string name) =>
        Assert.IsType<PayloadReadResult<InteractivePayload>.Read>(InteractivePayloadReader.ReadJson(Source.Sample(name))).Value;

    /// <summary>A scalar's text by its path; null where there is none.</summary>
    private static string? At(JsonElement element, string path)
    {
        foreach (var step in path.Split('.'))
        {
            if (element.ValueKind == JsonValueKind.Array && int.TryParse(step, out var index) && index < element.GetArrayLength())
            {
                element = element[index];
            }
            else if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(step, out element))
            {
                return null;
            }
        }

        return element.ValueKind switch
        {
            JsonValueKind.String => element.GetString(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Number => element.GetRawText(),
            _ => null,
        };
    }

    private static PayloadUser? User(InteractivePayload payload) => payload switch
    {
        BlockActions a => a.User,
        ViewSubmission v => v.User,
        ViewClosed v => v.User,
        MessageAction m => m.User,
        Shortcut s => s.User,
        BlockSuggestion b => b.User,
        _ => null,
    };

    private static PayloadContainer? Container(InteractivePayload payload) => payload switch
    {
        BlockActions a => a.Container,
        BlockSuggestion b => b.Container,
        _ => null,
    };

    private static PayloadMessage? Message(InteractivePayload payload) => payload switch
    {
        BlockActions a => a.Message,
        MessageAction m => m.Message,
        _ => null,
    };

    private static PayloadView? View(InteractivePayload payload) => payload switch
    {
        BlockActions a => a.View,
        ViewSubmission v => v.View,
        ViewClosed v => v.View,
        BlockSuggestion b => b.View,
        _ => null,
    };

    private static string? Given(object? secret) => secret is null ? null : "given";
}
