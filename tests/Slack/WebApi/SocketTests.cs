using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using ThreadGrains.Slack.Blocks;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Slack.Tests.WebApi;

public sealed class SocketTests
{
    [Fact]
    public async Task A_post_whose_pooled_connection_is_closed_after_the_commit_is_not_sent_again()
    {
        var posts = 0;
        await using var server = new RawServer(_ => ++posts == 2 ? RawAnswer.Hangup : RawAnswer.Json(Messages.Posted));
        using var client = server.Client();

        var first = await client.PostRoot(Messages.Token, Messages.Root(), Messages.Window(), CancellationToken.None);
        var second = await client.PostRoot(Messages.Token, Messages.Root(), Messages.Window(), CancellationToken.None);

        Assert.IsType<PostOutcome.Posted>(first);
        Assert.Equal("cut_off", Assert.IsType<PostOutcome.Unknown>(second).Evidence);
        Assert.Equal(2, server.Requests.Count);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task The_same_closing_makes_a_request_without_body_go_out_twice_which_is_why_every_call_has_one()
    {
        var calls = 0;
        await using var server = new RawServer(_ => ++calls == 2 ? RawAnswer.Hangup : RawAnswer.Json(Messages.Posted));
        using var http = new HttpMessageInvoker(SlackSockets.Handler(new SlackClientOptions()));

        using var first = await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(server.Api, "auth.test")), CancellationToken.None);
        await first.Content.ReadAsByteArrayAsync();
        using var second = await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(server.Api, "auth.test")), CancellationToken.None);

        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_body_that_would_be_written_a_second_time_refuses()
    {
        using var content = new OnceContent("{}"u8.ToArray(), "application/json", "utf-8", window: null);
        using var once = new MemoryStream();
        await content.CopyToAsync(once);

        using var twice = new MemoryStream();
        await Assert.ThrowsAnyAsync<Exception>(() => content.CopyToAsync(twice));

        Assert.Equal("{}"u8.ToArray(), once.ToArray());
        Assert.Empty(twice.ToArray());
    }

    [Fact]
    public async Task A_post_that_is_given_up_resets_its_connection()
    {
        await using var server = new RawServer(_ => RawAnswer.Silence);
        using var client = server.Client();
        var window = Messages.ShortWindow();

        var outcome = await client.PostRoot(Messages.Token, Messages.Root(), window, CancellationToken.None);

        Assert.Equal("timeout", Assert.IsType<PostOutcome.Unknown>(outcome).Evidence);
        Assert.Equal(How.Reset, (await server.End(1)).How);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_post_that_its_caller_gives_up_after_the_first_byte_is_in_doubt_and_resets_its_connection()
    {
        using var giveUp = new CancellationTokenSource();
        await using var server = new RawServer(_ =>
        {
            giveUp.Cancel();
            return RawAnswer.Silence;
        });
        using var client = server.Client();

        var outcome = await client.PostRoot(Messages.Token, Messages.Root(), Messages.Window(), giveUp.Token);

        Assert.Equal("cancelled", Assert.IsType<PostOutcome.Unknown>(outcome).Evidence);
        Assert.Equal(How.Reset, (await server.End(1)).How);
    }

    [Fact]
    public async Task Bytes_that_had_not_left_when_the_call_was_given_up_never_arrive()
    {
        // A receiver that reads nothing, behind the smallest buffers: most of the request stays on our side.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 2048 };
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var client = new SlackClient(
            Messages.Patient(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}/api/")), TimeProvider.System);
        var window = Messages.ShortWindow();
        var large = Messages.Root() with
        {
            Blocks = [.. Enumerable.Range(0, 50).Select(i => new Actions(Enumerable.Range(0, 2).Select(j => new Button($"{i}.{j}", "x") { Value = new string('x', 2000) })))],
        };

        var calling = client.PostRoot(Messages.Token, large, window, CancellationToken.None);
        using var peer = await listener.AcceptAsync();
        Assert.Equal("timeout", Assert.IsType<PostOutcome.Unknown>(await calling).Evidence);

        var (received, ended) = (0, "");
        var buffer = new byte[64 * 1024];
        while (ended.Length == 0)
        {
            try
            {
                var read = await peer.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(20));
                received += read;
                ended = read == 0 ? "closed" : "";
            }
            catch (SocketException broken) when (broken.SocketErrorCode == SocketError.ConnectionReset)
            {
                ended = "reset";
            }
        }

        Assert.Equal("reset", ended);
        Assert.InRange(received, 0, 100_000);
    }

    [Fact]
    public async Task A_connection_has_the_options_that_make_giving_up_final_and_ends_in_a_reset_even_when_idle()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var stream = Assert.IsAssignableFrom<NetworkStream>(await SlackSockets.Connect(
            new DnsEndPoint("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port), TimeSpan.FromSeconds(7), CancellationToken.None));
        using var peer = await listener.AcceptSocketAsync();

        Assert.True(stream.Socket.NoDelay);
        Assert.Equal((true, 0), (stream.Socket.LingerState!.Enabled, stream.Socket.LingerState.LingerTime));
        if (OperatingSystem.IsLinux())
        {
            var milliseconds = new byte[4];
            stream.Socket.GetRawSocketOption(6, 18, milliseconds);
            Assert.Equal(7000, BitConverter.ToInt32(milliseconds));
        }

        // Nothing pending on the socket, so that no other reason than ours can make it a reset.
        await stream.DisposeAsync();
        var broken = await Assert.ThrowsAsync<SocketException>(async () => await peer.ReceiveAsync(new byte[1]).WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(SocketError.ConnectionReset, broken.SocketErrorCode);
    }

    [Fact]
    public async Task A_window_that_closes_before_the_first_byte_sends_nothing()
    {
        var clock = new FakeTimeProvider();
        await using var server = new RawServer(_ => RawAnswer.Json(Messages.Posted));
        using var client = server.Client(clock);
        var window = SendWindow.Open(clock);
        clock.Advance(TimeSpan.FromSeconds(9)); // not less than 9 s, and of the call's 10 s one is left

        var outcome = await client.PostRoot(Messages.Token, Messages.Root(), window, CancellationToken.None);

        Assert.Equal("window_closed", Assert.IsType<PostOutcome.NotSent>(outcome).Reason);
        Assert.Equal(0, (await server.End(1)).Bytes);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_window_just_under_its_limit_still_sends()
    {
        var clock = new FakeTimeProvider();
        await using var server = new RawServer(_ => RawAnswer.Json(Messages.Posted));
        using var client = server.Client(clock);
        var window = SendWindow.Open(clock);
        clock.Advance(TimeSpan.FromSeconds(9) - TimeSpan.FromMilliseconds(1));

        Assert.IsType<PostOutcome.Posted>(await client.PostRoot(Messages.Token, Messages.Root(), window, CancellationToken.None));
    }

    [Fact]
    public async Task A_window_whose_call_time_is_over_does_not_even_connect()
    {
        var clock = new FakeTimeProvider();
        await using var server = new RawServer(_ => RawAnswer.Json(Messages.Posted));
        using var client = server.Client(clock);
        var window = SendWindow.Open(clock);
        clock.Advance(TimeSpan.FromSeconds(10));

        var post = await client.PostReply(Messages.Token, Messages.Reply(), window, CancellationToken.None);
        var update = await client.UpdateMessage(Messages.Token, Messages.Update(), window, CancellationToken.None);

        Assert.Equal(new PostOutcome.NotSent("window_closed"), post);
        Assert.Equal(new CallOutcome<UpdatedMessage>.RetryLater("window_closed", WorkspaceWide: false), update);
        Assert.Equal(0, server.Connections);
    }

    [Theory]
    [InlineData(9, 0)]  // the process stood still, the machine did not
    [InlineData(0, 9)]  // the machine was suspended: the monotonic clock stood still
    [InlineData(9, -60)] // the wall clock was set back
    public async Task Either_clock_closes_the_window(int monotonicSeconds, int wallSeconds)
    {
        var clock = new TwoClocks();
        await using var server = new RawServer(_ => RawAnswer.Json(Messages.Posted));
        using var client = server.Client(clock);
        var window = SendWindow.Open(clock);
        clock.Monotonic = TimeSpan.FromSeconds(monotonicSeconds);
        clock.Wall += TimeSpan.FromSeconds(wallSeconds);

        var outcome = await client.PostRoot(Messages.Token, Messages.Root(), window, CancellationToken.None);

        Assert.Equal(new PostOutcome.NotSent("window_closed"), outcome);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Refused_and_nameless_addresses_are_surely_not_sent()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // bound and not listening: refuses
        using var refused = new SlackClient(
            Messages.Patient(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}/api/")), TimeProvider.System);
        using var nameless = new SlackClient(Messages.Patient(new Uri("http://no-such-host.invalid/api/")), TimeProvider.System);

        Assert.Equal(new PostOutcome.NotSent("refused"), await refused.PostRoot(Messages.Token, Messages.Root(), Messages.Window(), CancellationToken.None));
        Assert.Equal(new PostOutcome.NotSent("dns"), await nameless.PostRoot(Messages.Token, Messages.Root(), Messages.Window(), CancellationToken.None));
    }

    [Fact]
    public async Task A_peer_that_does_not_speak_tls_is_surely_not_sent()
    {
        await using var server = new RawServer(_ => RawAnswer.Hangup);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new SlackClient(
            Messages.Patient(new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/api/")), TimeProvider.System);

        var calling = client.PostRoot(Messages.Token, Messages.Root(), Messages.Window(), CancellationToken.None);
        using (var peer = await listener.AcceptSocketAsync())
        {
            await peer.SendAsync("SSH-2.0-nothing\r\n"u8.ToArray());
        }

        Assert.Equal(new PostOutcome.NotSent("tls"), await calling);
    }

    [Fact]
    public async Task A_peer_that_accepts_and_never_finishes_tls_is_a_connect_timeout()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new SlackClient(
            new SlackClientOptions
            {
                ApiUrl = new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/api/"),
                ConnectTimeout = TimeSpan.FromMilliseconds(200),
            },
            TimeProvider.System);

        var outcome = await client.PostRoot(Messages.Token, Messages.Root(), Messages.Window(), CancellationToken.None);

        Assert.Equal(new PostOutcome.NotSent("connect_timeout"), outcome);
    }

    [Fact]
    public async Task A_call_that_was_cancelled_before_it_began_is_surely_not_sent()
    {
        await using var server = new RawServer(_ => RawAnswer.Json(Messages.Posted));
        using var client = server.Client();

        var outcome = await client.PostRoot(Messages.Token, Messages.Root(), Messages.Window(), new CancellationToken(canceled: true));

        Assert.Equal(new PostOutcome.NotSent("cancelled"), outcome);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_reset_and_a_cut_off_answer_leave_a_post_in_doubt()
    {
        var answers = new Queue<RawAnswer>([RawAnswer.Reset, RawAnswer.CutOff("""{"ok":true,""")]);
        await using var server = new RawServer(_ => answers.Dequeue());
        using var client = server.Client();

        Assert.Equal("reset", Assert.IsType<PostOutcome.Unknown>(await client.PostRoot(Messages.Token, Messages.Root(), Messages.Window(), CancellationToken.None)).Evidence);
        Assert.Equal("cut_off", Assert.IsType<PostOutcome.Unknown>(await client.PostRoot(Messages.Token, Messages.Root(), Messages.Window(), CancellationToken.None)).Evidence);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = new RawServer(_ => RawAnswer.Json(Messages.Posted));
        await using var server = new RawServer(_ => RawAnswer.Html(302, $"Location: {elsewhere.Api}chat.postMessage"));
        using var client = server.Client();

        var outcome = await client.PostRoot(Messages.Token, Messages.Root(), Messages.Window(), CancellationToken.None);

        Assert.Equal("302", Assert.IsType<PostOutcome.NotSlack>(outcome).Status);
        Assert.Equal(0, elsewhere.Connections);
    }

    [Fact]
    public async Task An_answer_larger_than_we_read_leaves_a_post_in_doubt()
    {
        await using var server = new RawServer(_ => RawAnswer.Json($$"""{"ok":true,"x":"{{new string('x', 4000)}}"}"""));
        var options = Messages.Patient(server.Api);
        options.MaxAnswerBytes = 2000;
        using var client = new SlackClient(options, TimeProvider.System);

        var outcome = await client.PostRoot(Messages.Token, Messages.Root(), Messages.Window(), CancellationToken.None);

        Assert.Equal("too_large", Assert.IsType<PostOutcome.Unknown>(outcome).Evidence);
    }

    private sealed class TwoClocks : TimeProvider
    {
        public TimeSpan Monotonic { get; set; }

        public DateTimeOffset Wall { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Monotonic.Ticks;

        public override DateTimeOffset GetUtcNow() => Wall;
    }
}
