using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ThreadGrains.Chaos.Networks;
using ThreadGrains.Chaos.Relays;

namespace ThreadGrains.Chaos.Tests;

/// <summary>Cuts in a network of namespaces, where the kernel allows one; elsewhere it has to say why not.</summary>
public sealed class What_a_network_loses : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private NamespacedNetwork? _network;
    private string? _refusal;
    private TcpListener? _echo;

    public async Task InitializeAsync()
    {
        try
        {
            _network = await NamespacedNetwork.Create();
            await _network.Add("us");
            await _network.Add("them");
        }
        catch (InvalidOperationException refused)
        {
            _refusal = refused.Message;
            return;
        }

        _echo = new TcpListener(_network.Slack, 0);
        _echo.Start();
        _ = Echo(_echo);
    }

    public async Task DisposeAsync()
    {
        _echo?.Dispose();
        await (_network?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Fact]
    public async Task What_is_sent_while_a_way_is_cut_arrives_when_it_is_healed_and_others_are_not_touched()
    {
        if (_network is not { } network)
        {
            Assert.StartsWith("--netns: network namespaces are not to be had here", _refusal, StringComparison.Ordinal);
            return;
        }

        var way = new NamespacedWay(network, network.Slack, () => ["us"]);
        using var us = Talk(network, "us");
        using var them = Talk(network, "them");
        Assert.Equal("one", await Says(us, "one"));
        Assert.Equal("uno", await Says(them, "uno"));

        await way.Set(Cut.Swallow);
        var held = Says(us, "two");
        Assert.Equal("due", await Says(them, "due"));
        // Longer than a packet that is lost once, and sent again, would take.
        Assert.NotSame(held, await Task.WhenAny(held, Task.Delay(TimeSpan.FromSeconds(1))));

        await way.Set(Cut.None);
        Assert.Equal("two", await held);
        us.Kill(entireProcessTree: true);
        them.Kill(entireProcessTree: true);
    }

    private Process Talk(NamespacedNetwork network, string member)
    {
        var there = (IPEndPoint)_echo!.LocalEndpoint;
        var start = new ProcessStartInfo("bash", ["-c", "exec 3<>/dev/tcp/$0/$1; cat <&3 & cat >&3", $"{there.Address}", $"{there.Port}"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return Process.Start(network.Inside(member, start))!;
    }

    private static async Task<string?> Says(Process talker, string line)
    {
        using var patience = new CancellationTokenSource(Patience);
        await talker.StandardInput.WriteLineAsync(line);
        await talker.StandardInput.FlushAsync(patience.Token);
        return await talker.StandardOutput.ReadLineAsync(patience.Token);
    }

    private static async Task Echo(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync();
                _ = Task.Run(async () =>
                {
                    await using var stream = new NetworkStream(socket, ownsSocket: true);
                    await stream.CopyToAsync(stream);
                });
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }
}
