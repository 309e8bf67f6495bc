using System.Text.Json.Nodes;
using ThreadGrains.Tests.Referees;

namespace ThreadGrains.SlackEmulator.Tests;

/// <summary>Slack's own packages are the referees: what they accept is Slack, whatever we believe.</summary>
public sealed class NodeTests
{
    [Fact]
    public async Task The_official_client_uses_the_emulator_unmodified()
    {
        await using var slack = await Emulator.Start();
        var said = await Referee.Judge("client.mjs", "", new Dictionary<string, string>
        {
            ["SLACK_API_URL"] = new Uri(slack.Address, "api/").ToString(),
            ["EMULATOR_URL"] = slack.Address.ToString().TrimEnd('/'),
            ["SLACK_BOT_TOKEN"] = Emulator.Token,
            ["SLACK_CHANNEL"] = Emulator.Channel,
            ["SLACK_WORKSPACE"] = Emulator.Team,
        });
        Assert.Equal(13, said.Split('\n').Count(static line => line.StartsWith("held: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_official_verifier_accepts_the_signature_of_a_click()
    {
        await using var slack = await Emulator.Start();
        await using var app = await Receiver.Start();
        await slack.Put("app", new JsonObject { ["requestUrl"] = app.Address.ToString() });
        var ts = await slack.Post("Ümläut & 😀", more: ("blocks", """[{"type":"actions","elements":[{"type":"button","action_id":"a","value":"ü+ %","text":{"type":"plain_text","text":"B"}}]}]"""));
        await slack.Do("click", new JsonObject { ["team"] = Emulator.Team, ["channel"] = Emulator.Channel, ["ts"] = ts, ["actionId"] = "a", ["user"] = Emulator.User });
        var (_, headers, body) = Assert.Single(app.Received);

        var said = await Referee.Judge("click.mjs", new JsonObject
        {
            ["signingSecret"] = Emulator.Secret,
            ["headers"] = new JsonObject { ["signature"] = headers["X-Slack-Signature"], ["timestamp"] = headers["X-Slack-Request-Timestamp"] },
            ["body"] = Convert.ToBase64String(body),
        }.ToJsonString());

        Assert.Equal("held: signature", said.Trim());
    }
}
