using System.Net;
using System.Net.Sockets;
using ThreadGrains.Chaos.Relays;

namespace ThreadGrains.Chaos.Tests;

/// <summary>With real sockets on loopback: an echo behind a relay.</summary>
public sealed class What_a_relay_does : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>How long something that must not come is looked out for: there is no condition to wait for.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    private readonly TcpListener _echo = new(IPAddress.Loopback, 0);
    private readonly List<byte> _arrived = [];
    private Relay _relay = null!;

    public Task InitializeAsync()
    {
        _echo.Start();
        _ = Echo();
        _relay = new Relay(((IPEndPoint)_echo.LocalEndpoint).Port, end => SocketOwners.Of(end, [("us", Environment.ProcessId)]));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _relay.DisposeAsync();
        _echo.Stop();
    }

    [Fact]
    public async Task Lets_everything_pass()
    {
        using var socket = await Connect();

        Assert.Equal(1, await Ask(socket, 1));
    }

    [Fact]
    public async Task Swallows_both_ways_and_resets_when_it_is_over()
    {
        using var socket = await Connect();
        Assert.Equal(1, await Ask(socket, 1));

        _relay.Set(Cut.Swallow);
        await socket.SendAsync(new byte[] { 2 });
        var answer = socket.ReceiveAsync(new byte[1]);
        await Until(() => _relay.Broken == 1);
        await Task.Delay(Quiet);
        Assert.False(answer.IsCompleted);
        _relay.Set(Cut.None);

        await Assert.ThrowsAsync<SocketException>(() => answer.WaitAsync(Patience));
        Assert.Equal([1], _arrived);
        using var fresh = await Connect();
        Assert.Equal(3, await Ask(fresh, 3));
    }

    [Fact]
    public async Task Holds_back_and_lets_go()
    {
        using var socket = await Connect();
        Assert.Equal(1, await Ask(socket, 1));

        _relay.Set(Cut.Hold);
        await socket.SendAsync(new byte[] { 2 });
        byte[] buffer = new byte[1];
        var answer = socket.ReceiveAsync(buffer);
        await Until(() => _relay.Holding == 1);
        await Task.Delay(Quiet);
        Assert.False(answer.IsCompleted);
        _relay.Set(Cut.None);

        Assert.Equal(1, await answer.WaitAsync(Patience));
        Assert.Equal(2, buffer[0]);
    }

    [Fact]
    public async Task Drops_what_it_held_of_a_writer_that_gave_up()
    {
        using (var socket = await Connect())
        {
            Assert.Equal(1, await Ask(socket, 1));
            _relay.Set(Cut.Hold);
            await socket.SendAsync(new byte[] { 2 });
            await Until(() => _relay.Holding == 1);
            Assert.Equal([1], _arrived);
            socket.LingerState = new LingerOption(true, 0);
        }

        await Until(() => _relay.Open == 0);
        _relay.Set(Cut.None);
        using var fresh = await Connect();
        Assert.Equal(3, await Ask(fresh, 3));
        Assert.Equal([1, 3], _arrived);
    }

    [Fact]
    public async Task Refuses_open_and_new_connections()
    {
        using var socket = await Connect();
        Assert.Equal(1, await Ask(socket, 1));

        _relay.Set(Cut.Refuse);
        await Assert.ThrowsAsync<SocketException>(() => Ask(socket, 2));
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using var other = await Connect();
            await Ask(other, 3);
        });
        _relay.Set(Cut.None);
        using var fresh = await Connect();
        Assert.Equal(4, await Ask(fresh, 4));
    }

    [Fact]
    public async Task Cuts_what_one_process_opened_and_nothing_else()
    {
        _relay.Set(Cut.Refuse, from: "somebody else");
        using (var socket = await Connect())
        {
            Assert.Equal(1, await Ask(socket, 1));
        }

        _relay.Set(Cut.Refuse, from: "us");
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using var socket = await Connect();
            await Ask(socket, 2);
        });
    }

    private static async Task Until(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!condition())
        {
            await Task.Delay(10, deadline.Token);
        }
    }

    private async Task<Socket> Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _relay.Port);
        return socket;
    }

    private static async Task<int> Ask(Socket socket, byte value)
    {
        byte[] buffer = [value];
        await socket.SendAsync(buffer);
        return await socket.ReceiveAsync(buffer).WaitAsync(Patience) == 1 ? buffer[0] : throw new SocketException((int)SocketError.ConnectionReset);
    }

    private async Task Echo()
    {
        try
        {
            while (true)
            {
                _ = Serve(await _echo.AcceptSocketAsync());
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task Serve(Socket socket)
    {
        using (socket)
        {
            byte[] buffer = new byte[1];
            try
            {
                while (await socket.ReceiveAsync(buffer) == 1)
                {
                    _arrived.Add(buffer[0]);
                    await socket.SendAsync(buffer);
                }
            }
            catch (SocketException)
            {
                // Reset: what a relay does.
            }
        }
    }
}
