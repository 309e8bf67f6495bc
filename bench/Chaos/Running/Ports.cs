using System.Net;
using System.Net.Sockets;

namespace ThreadGrains.Chaos.Running;

/// <summary>Ports of loopback that nobody listens on.</summary>
internal static class Ports
{
    /// <summary>All are held until all are chosen: a port given back at once could be chosen again.</summary>
    public static Queue<int> Choose(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        try
        {
            listeners.ForEach(listener => listener.Start());
            return new Queue<int>(listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port));
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
    }
}
