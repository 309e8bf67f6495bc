using System.Net;
using System.Net.Sockets;

namespace ThreadGrains.Silo;

/// <summary>Finds a port in use before anything is started for it.</summary>
public static class ListeningPort
{
    /// <summary>Checks the addresses of an <c>ASPNETCORE_URLS</c> list; names that need resolving are left to the server.</summary>
    /// <exception cref="StartRefusedException">Somebody listens there already.</exception>
    public static void RequireFree(string? urls)
    {
        foreach (string url in urls?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [])
        {
            if (Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Port > 0
                && (uri.Host is "localhost" ? IPAddress.Loopback : IPAddress.TryParse(uri.Host, out var given) ? given : null) is { } address)
            {
                RequireFree(address, uri.Port, "choose another one in ASPNETCORE_URLS");
            }
        }
    }

    /// <exception cref="StartRefusedException">Somebody listens there already.</exception>
    public static void RequireFree(IPAddress address, int port, string remedy)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new StartRefusedException($"port {port} is in use; stop what listens there, or {remedy}.");
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new StartRefusedException($"port {port} needs rights that this user does not have; {remedy}.");
        }
    }
}
