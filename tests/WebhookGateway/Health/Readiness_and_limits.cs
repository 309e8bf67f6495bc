using System.Net;
using System.Net.Sockets;
using System.Text;
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
    [InlineData("/v1/alerts", 64 * 1024)]
    [InlineData("/v1/activities/batch", 1024 * 1024)]
    [InlineData("/slack/actions", 1024 * 1024)]
    [InlineData("/slack/events", 1024 * 1024)]
    public async Task A_body_without_length_or_end_is_answered_413_at_its_limit_and_the_connection_ends(string path, int limit)
    {
        await using var world = await World.Start();
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, world.Address.Port);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var stream = client.GetStream();
        string mediaType = path.EndsWith("batch", StringComparison.Ordinal) ? "application/x-ndjson" : "application/json";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {world.Key}\r\nContent-Type: {mediaType}\r\nTransfer-Encoding: chunked\r\n\r\n"), patience.Token);

        await Send(limit + 1);
        byte[] answer = new byte[16 * 1024];
        string head = Encoding.ASCII.GetString(answer, 0, await stream.ReadAsync(answer, patience.Token));
        Assert.StartsWith("HTTP/1.1 413", head, StringComparison.Ordinal);
        Assert.Contains("Connection: close", head, StringComparison.Ordinal);

        // It goes on without end, and what is read of it does not: far more than the system's own buffers hold is not taken.
        await Assert.ThrowsAsync<IOException>(() => Send(64 * 1024 * 1024));

        async Task Send(int bytes)
        {
            for (int sent = 0; sent < bytes;)
            {
                int length = Math.Min(bytes - sent, 16 * 1024);
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"{length:x}\r\n{new string('x', length)}\r\n"), patience.Token);
                sent += length;
            }
        }
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
