using System.Net;
using System.Net.Sockets;

namespace ThreadGrains.Silo.Tests;

public class ChoosingPorts
{
    [Fact]
    public void A_port_that_was_chosen_is_free_and_no_other_process_chooses_it_before_it_is_listened_on()
    {
        int port = LoopbackPorts.ChooseOne();
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Assert.Throws<SocketException>(() => other.Bind(new IPEndPoint(IPAddress.Loopback, port))); // what it would do first

        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
    }

    [Fact]
    public void A_port_that_another_process_chose_or_listens_on_is_passed_over()
    {
        // The next ones, as far as no test beside this one has chosen them already.
        int last = LoopbackPorts.ChooseOne();
        var others = Enumerable.Range(last + 1, 20).Select(port => (Port: port, Socket: Held(port, chosen: port % 2 == 0))).Where(other => other.Socket is not null).ToList();
        Assert.NotEmpty(others);

        Assert.Empty(LoopbackPorts.Choose(40).Intersect(others.Select(other => other.Port)));
        others.ForEach(other => other.Socket!.Dispose());
    }

    private static Socket? Held(int port, bool chosen)
    {
        var socket = chosen ? new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            if (!chosen)
            {
                socket.Listen();
            }

            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
