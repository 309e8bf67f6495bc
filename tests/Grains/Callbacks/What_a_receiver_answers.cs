using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using ThreadGrains.Grains.Callbacks;

namespace ThreadGrains.Grains.Tests.Callbacks;

/// <summary>The sender against receivers that answer badly, slowly, endlessly or never.</summary>
public class What_a_receiver_answers
{
    private const string Body = """{"type":"activity"}""";
    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Impatient = TimeSpan.FromSeconds(1);
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly string Secret = "whsec_" + Convert.ToBase64String(Key);

    private static async Task<CallbackOutcome> Send(RawReceiver receiver, bool allowPrivate = true, string path = "/hooks?token=t", string host = "127.0.0.1", string? secret = null, TimeSpan? timeout = null)
    {
        using var sender = new CallbackSender(
            Options.Create(new CallbackOptions { Url = $"http://{host}:{receiver.Port}{path}", Secret = secret ?? Secret, AllowPrivate = allowPrivate, Timeout = timeout ?? Patient }), TimeProvider.System);
        return await sender.Send("slack:T1:abc", Body, CancellationToken.None);
    }

    private static string Status(string line, string headers = "", string body = "") =>
        $"HTTP/1.1 {line}\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}";

    [Fact]
    public async Task What_is_sent_is_signed_by_each_secret_over_id_time_and_bytes()
    {
        byte[] next = [.. Key.Reverse()];
        await using var receiver = RawReceiver.Saying(Status("204 No Content"));

        Assert.IsType<CallbackOutcome.Taken>(await Send(receiver, secret: $"{Secret}, whsec_{Convert.ToBase64String(next)}"));

        string[] parts = Assert.Single(receiver.Requests).Split("\r\n\r\n", 2);
        var headers = parts[0].Split("\r\n")[1..].Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0].ToLowerInvariant(), pair => pair[1]);
        Assert.StartsWith("POST /hooks?token=t HTTP/1.1", parts[0], StringComparison.Ordinal);
        Assert.Equal(Body, parts[1]);
        Assert.Equal(("slack:T1:abc", "application/json; charset=utf-8"), (headers["webhook-id"], headers["content-type"]));
        string time = headers["webhook-timestamp"];
        string Signature(byte[] key) => "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"slack:T1:abc.{time}.{Body}")));
        Assert.Equal($"{Signature(Key)} {Signature(next)}", headers["webhook-signature"]);
        Assert.False(headers.ContainsKey("cookie"));
    }

    [Theory]
    [InlineData("200 OK", "Taken")]
    [InlineData("202 Accepted", "Taken")]
    [InlineData("410 Gone", "Gone")]
    [InlineData("301 Moved", "Refused redirect")]
    [InlineData("308 Moved", "Refused redirect")]
    [InlineData("400 Bad", "Refused 400")]
    [InlineData("401 No", "Refused 401")]
    [InlineData("404 No", "Refused 404")]
    [InlineData("408 Slow", "Failed 408")]
    [InlineData("425 Early", "Failed 425")]
    [InlineData("429 Many", "Failed 429")]
    [InlineData("500 Oops", "Failed 500")]
    [InlineData("503 Busy", "Failed 503")]
    public async Task A_status_means(string line, string meaning)
    {
        await using var receiver = RawReceiver.Saying(Status(line, "Location: http://127.0.0.1:1/elsewhere\r\n"));

        var outcome = await Send(receiver);

        Assert.Equal(meaning, outcome switch
        {
            CallbackOutcome.Refused refused => $"Refused {refused.Status}",
            CallbackOutcome.Failed failed => $"Failed {failed.Status}",
            _ => outcome.GetType().Name,
        });
        Assert.Single(receiver.Requests);
    }

    [Theory]
    [InlineData("429 Many", "Retry-After: 17\r\n", 17)]
    [InlineData("503 Busy", "Retry-After: 3\r\n", 3)]
    [InlineData("503 Busy", "Retry-After: soon\r\n", null)]
    [InlineData("503 Busy", "Retry-After: Mon, 01 Jan 2001 00:00:00 GMT\r\n", null)]
    [InlineData("500 Oops", "Retry-After: 17\r\n", null)]
    public async Task A_receiver_can_say_when_it_wants_to_be_asked_again(string line, string header, int? seconds)
    {
        await using var receiver = RawReceiver.Saying(Status(line, header));
        Assert.Equal(seconds, (int?)Assert.IsType<CallbackOutcome.Failed>(await Send(receiver)).RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task Garbage_is_a_failure()
    {
        await using var receiver = RawReceiver.Saying("SSH-2.0-OpenSSH_9.6\r\n");
        Assert.Equal(new CallbackOutcome.Failed("invalid_answer"), await Send(receiver));
    }

    [Fact]
    public async Task A_connection_that_is_dropped_is_a_failure()
    {
        await using var receiver = RawReceiver.Saying("");
        Assert.Equal(new CallbackOutcome.Failed("invalid_answer"), await Send(receiver));
    }

    [Fact]
    public async Task A_receiver_that_never_answers_costs_no_more_than_the_time_that_is_given()
    {
        await using var receiver = RawReceiver.Doing((_, stop) => Task.Delay(Timeout.Infinite, stop));
        long start = Stopwatch.GetTimestamp();
        Assert.Equal(new CallbackOutcome.Failed("timeout"), await Send(receiver, timeout: Impatient));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0.9, 8);
    }

    [Fact]
    public async Task Headers_that_come_a_byte_at_a_time_cost_no_more_either()
    {
        await using var receiver = RawReceiver.Doing(Drip("HTTP/1.1 200 OK\r\nX: " + new string('x', 100_000)));
        Assert.Equal(new CallbackOutcome.Failed("timeout"), await Send(receiver, timeout: Impatient));
    }

    [Fact]
    public async Task A_body_that_drips_changes_nothing_about_the_status_and_costs_no_more_than_the_time_that_is_given()
    {
        await using var receiver = RawReceiver.Doing(Drip("HTTP/1.1 200 OK\r\n\r\n", then: new string('x', 100_000)));
        long start = Stopwatch.GetTimestamp();
        Assert.IsType<CallbackOutcome.Taken>(await Send(receiver, timeout: Impatient));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 8);
    }

    [Fact]
    public async Task A_body_without_end_is_cut_off()
    {
        long written = 0;
        await using var receiver = RawReceiver.Doing(async (stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), stop);
            byte[] block = new byte[64 * 1024];
            while (true)
            {
                await stream.WriteAsync(block, stop);
                written += block.Length;
            }
        });

        Assert.IsType<CallbackOutcome.Taken>(await Send(receiver));
        // What the kernel's buffers took may have been written; a second of loopback would be gigabytes.
        Assert.InRange(written, 0, 32 << 20);
    }

    [Fact]
    public async Task Headers_without_end_are_a_failure()
    {
        await using var receiver = RawReceiver.Saying("HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat($"X: {new string('x', 1000)}\r\n", 200)) + "\r\n");
        Assert.Equal(new CallbackOutcome.Failed("invalid_answer"), await Send(receiver));
    }

    [Fact]
    public async Task Nobody_there_is_a_failure()
    {
        var gone = RawReceiver.Saying("");
        int port = gone.Port;
        await gone.DisposeAsync();
        using var sender = new CallbackSender(
            Options.Create(new CallbackOptions { Url = $"http://127.0.0.1:{port}/", Secret = Secret, AllowPrivate = true, Timeout = Patient }), TimeProvider.System);
        Assert.Equal(new CallbackOutcome.Failed("connection"), await sender.Send("id", Body, CancellationToken.None));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::ffff:127.0.0.1]")]
    public async Task A_private_address_is_not_connected_to_whatever_name_leads_there(string host)
    {
        await using var receiver = RawReceiver.Saying(Status("200 OK"));
        Assert.Equal(new CallbackOutcome.Refused("private_address"), await Send(receiver, allowPrivate: false, host: host));
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task Stopping_gives_up_at_once_and_says_nothing_about_the_outcome()
    {
        var came = new TaskCompletionSource();
        await using var receiver = RawReceiver.Doing((_, stop) =>
        {
            came.SetResult();
            return Task.Delay(Timeout.Infinite, stop);
        });
        using var stopping = new CancellationTokenSource();
        using var sender = new CallbackSender(
            Options.Create(new CallbackOptions { Url = $"http://127.0.0.1:{receiver.Port}/", Secret = Secret, AllowPrivate = true }), TimeProvider.System);
        var sending = sender.Send("id", Body, stopping.Token);
        await came.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    private static Func<NetworkStream, CancellationToken, Task> Drip(string text, string then = "") => async (stream, stop) =>
    {
        byte[] slow = Encoding.ASCII.GetBytes(then.Length == 0 ? text : then);
        if (then.Length > 0)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(text), stop);
        }

        foreach (byte one in slow)
        {
            await stream.WriteAsync(new[] { one }, stop);
            await Task.Delay(20, stop);
        }
    };
}
