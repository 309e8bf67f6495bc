using Microsoft.Extensions.Time.Testing;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Slack.Tests.WebApi;

/// <summary>Methods that no lane paces are held back by the client itself after Slack limited them.</summary>
public sealed class HeldBackTests
{
    private static readonly DateTimeOffset Now = new(2026, 8, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, Func<SlackClient, Task<TimeSpan?>>> Calls = new()
    {
        ["chat.delete"] = async c => Wait(await c.DeleteMessage(Messages.Token, "C1", Messages.Parent, default)),
        ["chat.postEphemeral"] = async c => Wait(await c.PostEphemeral(Messages.Token, new EphemeralMessage { Channel = "C1", User = "U1", Text = "x" }, default)),
        ["conversations.info"] = async c => Wait(await c.GetChannel(Messages.Token, "C1", default)),
        ["conversations.join"] = async c => Wait(await c.JoinChannel(Messages.Token, "C1", default)),
        ["auth.test"] = async c => Wait(await c.AuthTest(Messages.Token, default)),
        ["users.info"] = async c => Wait(await c.GetUser(Messages.Token, "U1", default)),
        ["views.open"] = async c => Wait(await c.OpenView(Messages.Token, new TriggerId("1.2.abc"), """{"type":"modal"}""", default)),
        ["views.update"] = async c => Wait(await c.UpdateView(Messages.Token, "V1", """{"type":"modal"}""", "h", default)),
    };

    public static TheoryData<string> Methods => new(Calls.Keys);

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_limiter_that_names_no_wait_is_called_less_and_less_often(string method)
    {
        int request = 0;
        await using var server = new RawServer(_ => Limited(request++ % 2 == 0 ? "0" : "Thu, 01 Jan 2026 00:00:00 GMT"));
        var clock = new FakeTimeProvider(Now);
        using var client = new SlackClient(new SlackClientOptions { ApiUrl = server.Api }, clock);

        int ended = 0;
        for (; clock.GetUtcNow() < Now.AddMinutes(10); ended++)
        {
            Assert.NotNull(await Calls[method](client));
            clock.Advance(TimeSpan.FromMilliseconds(200));
        }

        Assert.Equal(3000, ended);
        // 1 + 2 + 4 + 8 + 16 + 32 s, and then one a minute.
        Assert.InRange(server.Requests.Count, 10, 17);
    }

    [Fact]
    public async Task Another_method_and_another_workspace_go_on()
    {
        await using var server = new RawServer(_ => Limited("30"));
        using var client = new SlackClient(new SlackClientOptions { ApiUrl = server.Api }, new FakeTimeProvider(Now));
        Assert.Equal(TimeSpan.FromSeconds(30), await Calls["users.info"](client));
        Assert.Equal(TimeSpan.FromSeconds(30), await Calls["users.info"](client));
        Assert.Single(server.Requests);
        await Calls["auth.test"](client);
        await client.GetUser(new SlackToken("xoxb-another"), "U1", default);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task After_the_wait_it_is_called_again_and_an_answer_ends_the_series()
    {
        string? retryAfter = "0";
        await using var server = new RawServer(_ => retryAfter is { } wait ? Limited(wait) : RawAnswer.Json("""{"ok":true,"user":{"id":"U1"}}"""));
        var clock = new FakeTimeProvider(Now);
        using var client = new SlackClient(new SlackClientOptions { ApiUrl = server.Api }, clock);
        for (int i = 0; i < 4; i++)
        {
            clock.Advance((await Calls["users.info"](client))!.Value + LimitedPause.After(TimeSpan.Zero, i + 1));
        }

        retryAfter = null;
        Assert.Null(await Calls["users.info"](client));
        retryAfter = "0";
        await Calls["users.info"](client);
        Assert.Equal(LimitedPause.FirstFloor, await Calls["users.info"](client));
    }

    private static RawAnswer Limited(string retryAfter) => RawAnswer.Json("""{"ok":false,"error":"ratelimited"}""", 429, $"Retry-After: {retryAfter}");

    private static TimeSpan? Wait<T>(CallOutcome<T> outcome) => (outcome as CallOutcome<T>.Limited)?.RetryAfter;
}
