using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Slack.Tests.WebApi;

/// <summary>What Slack says beside its answers is handed on, whatever the method and the outcome, without secrets and contents.</summary>
public sealed class NoticeTests
{
    [Theory]
    [InlineData("""{"ok":true,"ts":"1.000002","warning":"message_truncated"}""", "message_truncated", "")]
    [InlineData("""{"ok":true,"ts":"1.000002","response_metadata":{"warnings":["invalid_metadata_schema"]}}""", "invalid_metadata_schema", "")]
    [InlineData("""{"ok":true,"warning":"a,b","response_metadata":{"warnings":["b","c"]}}""", "a,b,c", "")]
    [InlineData("""{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":["[ERROR] no such type [json-pointer:/blocks/0]"]}}""", "", "[ERROR] no such type [json-pointer:/blocks/0]")]
    [InlineData("""{"ok":true,"response_metadata":{"next_cursor":""}}""", null, null)]
    [InlineData("""{"ok":true,"warning":7,"response_metadata":{"warnings":"x","messages":[1,{}]}}""", null, null)]
    [InlineData("<html>", null, null)]
    [InlineData("", null, null)]
    public async Task What_Slack_says_beside_an_answer_is_told(string body, string? warnings, string? messages)
    {
        foreach (var (method, call) in new Dictionary<string, Func<SlackClient, Task>>
        {
            ["chat.postMessage"] = c => c.PostRoot(Messages.Token, Messages.Root(), Messages.Window(), default),
            ["chat.update"] = c => c.UpdateMessage(Messages.Token, Messages.Update(), default),
            ["conversations.join"] = c => c.JoinChannel(Messages.Token, "C1", default),
            ["conversations.history"] = c => c.GetHistory(Messages.Token, "C1", null, null, false, null, 15, default),
        })
        {
            await using var server = new RawServer(_ => RawAnswer.Json(body));
            var told = new List<SlackNotice>();
            using var client = new SlackClient(new SlackClientOptions { ApiUrl = server.Api, Noticed = told.Add }, TimeProvider.System);
            await call(client);
            if (warnings is null)
            {
                Assert.Empty(told);
                continue;
            }

            var notice = Assert.Single(told);
            Assert.Equal((method, warnings, messages), (notice.Method, string.Join(',', notice.Warnings), string.Join('|', notice.Messages)));
        }
    }

    [Fact]
    public async Task A_missing_scope_is_told_with_what_is_needed_and_provided()
    {
        await using var server = new RawServer(_ => RawAnswer.Json("""{"ok":false,"error":"missing_scope","needed":"users:read","provided":"chat:write"}"""));
        var told = new List<SlackNotice>();
        using var client = new SlackClient(new SlackClientOptions { ApiUrl = server.Api, Noticed = told.Add }, TimeProvider.System);
        await client.GetUser(Messages.Token, "U1", default);
        Assert.Equal(new MissingScope("users:read", "chat:write"), Assert.Single(told).Missing);
    }

    [Theory]
    [InlineData("[ERROR] must be one of \"a\", 'b' [json-pointer:/blocks/0/text]", "[ERROR] must be one of …, … [json-pointer:/blocks/0/text]")]
    [InlineData("[WARN] bad address https://secret.example.com/x?y=z in text", "[WARN] bad address … in text")]
    [InlineData("[ERROR] token xoxb-1-2-abc is bad\nsecond line", "[ERROR] token xoxb-… is bad second line")]
    [InlineData("[ERROR] unclosed \"the whole text", "[ERROR] unclosed …")]
    [InlineData("[ERROR] <@U123|Ada> is unknown", "[ERROR] … is unknown")]
    public void What_is_told_holds_nothing_of_what_a_message_says(string said, string told) => Assert.Equal(told, SlackNotice.WithoutContents(said));
}
