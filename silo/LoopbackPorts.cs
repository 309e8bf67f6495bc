using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ThreadGrains.Silo;

/// <summary>Ports of this machine that nobody listens on.</summary>
public static class LoopbackPorts
{
    /// <summary>Two processes with neighbouring numbers choose so far apart.</summary>
    private const int BetweenProcesses = 97;

    /// <summary>Below it are ports that services are known by; between it and the outgoing ones lies room enough.</summary>
    private const int First = 12_000;

    private static readonly int FirstOutgoing = ReadFirstOutgoing();

    // What tells other choosers of a port that it is given out. The system closes them with the process, however that ends.
    private static readonly ConcurrentBag<Socket> Marks = [];
    private static int _chosen;

    /// <summary>
    /// Chooses free ports, each for as long as this process lives: no other process of ours chooses it meanwhile, listened on or not. They
    /// lie below those that the system takes for outgoing connections: one of those may be taken before it is listened on, or again
    /// while a process that listened on it is started anew. Somebody else may still take one before it is used; whoever listens then
    /// finds out.
    /// </summary>
    /// <exception cref="InvalidOperationException">None is free.</exception>
    public static IReadOnlyList<int> Choose(int count) => [.. Enumerable.Range(0, count).Select(_ => ChooseOne())];

    /// <inheritdoc cref="Choose"/>
    public static int ChooseOne()
    {
        for (int attempt = First; attempt < FirstOutgoing; attempt++)
        {
            uint number = (uint)Environment.ProcessId * BetweenProcesses + (uint)Interlocked.Increment(ref _chosen);
            int port = First + (int)(number % (uint)(FirstOutgoing - First));
            if (TryMark(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No port from {First} to {FirstOutgoing - 1} is free.");
    }

    /// <summary>The first of two neighbouring ports that are both free: gateways stand side by side.</summary>
    /// <exception cref="InvalidOperationException">None is free.</exception>
    public static int ChooseNeighbours()
    {
        while (true)
        {
            var ports = Choose(2);
            if (ports[1] == ports[0] + 1)
            {
                return ports[0];
            }
        }
    }

    /// <summary>A port's mark is UDP's port of the same number, which nobody else has a use for and only one can hold.</summary>
    private static bool TryMark(int port)
    {
        // In this order: a port with a mark may be about to be listened on, and must not be tried.
        if (Bound(port, SocketType.Dgram, ProtocolType.Udp) is not { } mark)
        {
            return false;
        }

        if (Bound(port, SocketType.Stream, ProtocolType.Tcp) is not { } free)
        {
            mark.Dispose();
            return false;
        }

        free.Dispose();
        Marks.Add(mark);
        return true;
    }

    private static Socket? Bound(int port, SocketType type, ProtocolType protocol)
    {
        var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>ip(7), <c>ip_local_port_range</c>: 32768 unless somebody has changed it. Where there is no such file it begins higher.</summary>
    private static int ReadFirstOutgoing()
    {
        const int usual = 32_768;
        const string file = "/proc/sys/net/ipv4/ip_local_port_range";
        return File.Exists(file) && int.TryParse(File.ReadAllText(file).Split('\t')[0], CultureInfo.InvariantCulture, out int first) && first > First + 1000 ? first : usual;
    }
}
