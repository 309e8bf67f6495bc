using System.Text.Json;
using CsCheck;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Slack.Tests.WebApi;

public sealed class SecretTests
{
    [Theory]
    [InlineData("xoxb-123-abc", "xoxb-…")]
    [InlineData("xoxp-123", "xoxp-…")]
    [InlineData("xapp-1-A-2-abc", "xapp-…")]
    [InlineData("xwfp-12", "xwfp-…")]
    [InlineData("xoxe.xoxb-1-abc", "xoxe.xoxb-…")]
    [InlineData("something-else", "…")]
    [InlineData("xoxb", "…")]
    public void A_token_prints_its_kind_alone(string secret, string shown)
    {
        Assert.Equal(shown, new SlackToken(secret).ToString());
        Assert.Equal("{}", JsonSerializer.Serialize(new SlackToken(secret)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("xoxb-1\r\nX-Evil: 1")]
    [InlineData("xoxb-é")]
    public void A_token_that_is_none_is_refused_without_being_shown(string secret)
    {
        var refusal = Assert.Throws<ArgumentException>(() => new SlackToken(secret));
        Assert.DoesNotContain("Evil", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("token xoxb-12-ab34 failed", "token xoxb-… failed")]
    [InlineData("a xoxe.xoxb-1-Mi0yLTE= b", "a xoxe.… b")]
    [InlineData("\"xapp-1-A-2\"", "\"xapp-…\"")]
    [InlineData("xwfp-0000", "xwfp-…")]
    [InlineData("POST https://hooks.slack.com/actions/T1/2/abc failed", "POST https://hooks.slack.com/… failed")]
    [InlineData("https://hooks.slack-gov.com/services/T1/x", "https://hooks.slack-gov.com/…")]
    [InlineData("response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1%2Fx&a=1", "response_url=https%3A%2F%2Fhooks.slack.com%2F…")]
    [InlineData("Authorization: Bearer abcdef", "Authorization: Bearer …")]
    [InlineData("nothing secret here, xo", "nothing secret here, xo")]
    public void Secrets_are_taken_out_of_text(string text, string expected) => Assert.Equal(expected, SlackRedaction.Redact(text));

    [Fact]
    public void No_secret_survives_redaction_wherever_it_stands()
    {
        var secret = Gen.String[Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789-"], 12, 40];
        string[] kinds = ["xoxb-", "xoxp-", "xoxa-", "xoxe-", "xoxe.xoxp-", "xapp-", "xwfp-", "https://hooks.slack.com/actions/", "Bearer "];
        var kind = Gen.Int[0, kinds.Length - 1].Select(i => kinds[i]);
        Gen.Select(Gen.String, kind, secret, Gen.String).Sample((before, prefix, value, after) =>
            !SlackRedaction.Redact($"{before} {prefix}{value} {after}").Contains(value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Neither_outcomes_nor_messages_print_secrets_or_text()
    {
        await using var server = new RawServer(_ => RawAnswer.Json($$"""{"ok":false,"error":"bad token {{Messages.Secret}}"}"""));
        using var client = server.Client();

        var outcome = await client.PostRoot(Messages.Token, Messages.Root("the text"), Messages.Window(), CancellationToken.None);

        Assert.DoesNotContain(Messages.Secret, outcome.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("the text", Messages.Root("the text").ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("the text", Messages.Reply("the text").ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("the text", Messages.Update("the text").ToString(), StringComparison.Ordinal);
        Assert.Equal("…", new TriggerId("1.2.abc").ToString());
    }
}
