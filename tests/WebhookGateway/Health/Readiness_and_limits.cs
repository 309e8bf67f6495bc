using System.Net;
using Microsoft.Extensions.Options;

namespace ThreadGrains.WebhookGateway.Tests.Health;

public sealed class Readiness_and_limits
{
    [Fact]
    public async Task A_gateway_lives_without_a_key_and_is_ready_as_long_as_the_ledger_is()
    {
        await using var world = await World.Start();
        using var http = new HttpClient { BaseAddress = world.Address };

        Assert.Equal("""{"status":"live"}""", await http.GetStringAsync(new Uri("/health/live", UriKind.Relative)));
        Assert.Equal("""{"status":"ready"}""", await http.GetStringAsync(new Uri("/health/ready", UriKind.Relative)));
    }

    [Fact]
    public async Task A_gateway_whose_ledger_is_not_ready_is_not_either()
    {
        Script.IsReady = false;
        try
        {
            await using var world = await World.Start();
            (await world.Get("/health/ready")).Problem(503, "not_ready");
            Assert.Equal(HttpStatusCode.OK, (await world.Get("/health/live")).Status);
        }
        finally
        {
            Script.IsReady = true;
        }
    }

    [Theory]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n", "400")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n", "400")]
    [InlineData("Content-Length: 5\r\nContent-Length: 5\r\n", "12345", "400")]
    public async Task Two_framings_of_one_body_are_refused(string headers, string body, string status)
    {
        await using var world = await World.Start();

        string answer = await world.Raw($"POST /v1/activities HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {world.Key}\r\nContent-Type: application/json\r\n{headers}\r\n{body}");

        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_without_end_are_refused()
    {
        await using var world = await World.Start();

        Assert.StartsWith("HTTP/1.1 431", await world.Raw($"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Long: {new string('x', 17_000)}\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_does_not_come_is_answered_408_within_seconds_and_the_connection_ends()
    {
        await using var world = await World.Start();

        string answer = await world.Raw($"POST /v1/activities HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {world.Key}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{");

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("request_timeout", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Gateway:KeyBurst", "100")]
    [InlineData("Gateway:MaxRequestBytes", "0")]
    [InlineData("Gateway:SlackBudget", "00:00:03")]
    public async Task Settings_outside_their_limits_stop_the_start(string name, string value)
    {
        var wrong = await Assert.ThrowsAsync<OptionsValidationException>(() => World.Start(settings: (name, value)));

        Assert.Contains(name.Split(':')[1], string.Concat(wrong.Failures), StringComparison.Ordinal);
    }
}
