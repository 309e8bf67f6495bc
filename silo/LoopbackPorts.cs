using System.Net;
using System.Net.Sockets;

namespace ThreadGrains.Silo;

/// <summary>Ports of this machine that nobody listens on.</summary>
public static class LoopbackPorts
{
    /// <summary>
    /// Chooses free ports, all different. Somebody else may take one before it is used; whoever listens then finds out.
    /// </summary>
    public static IReadOnlyList<int> Choose(int count)
    {
        // All are held until all are chosen: a port given back at once could be chosen again.
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        try
        {
            listeners.ForEach(listener => listener.Start());
            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
    }
}
