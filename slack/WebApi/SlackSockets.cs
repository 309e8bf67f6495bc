using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ThreadGrains.Slack.WebApi;

/// <summary>
/// Sockets on which giving up is final. A request that was written and given up must not reach Slack later: closing with
/// linger 0 throws unsent bytes away and resets the connection, and the user timeout ends what the kernel would go on
/// resending. Measured without: a POST arrived 21 s after its caller had given up. HTTP/2 shares one connection among
/// calls, so it cannot do this.
/// </summary>
internal static class SlackSockets
{
    // <netinet/tcp.h>: IPPROTO_TCP and TCP_USER_TIMEOUT, milliseconds. .NET has no name for it.
    private const int IpProtoTcp = 6;
    private const int TcpUserTimeout = 18;

    private static readonly string[] ProxyVariables = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

    public static SocketsHttpHandler Handler(SlackClientOptions options) => new()
    {
        AllowAutoRedirect = false,                          // a redirect would carry the token elsewhere
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseProxy = EnvironmentNamesProxy(),
        ConnectTimeout = options.ConnectTimeout,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), // else a busy connection would never see a change of DNS
        // Spans of ours, but no trace header to a stranger.
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        ConnectCallback = (context, cancellation) => Connect(context.DnsEndPoint, options.UnacknowledgedTimeout, cancellation),
    };

    /// <summary>
    /// Only variables count, as with curl. On other systems .NET would also ask the user's desktop settings, which no operator
    /// of a server expects.
    /// </summary>
    private static bool EnvironmentNamesProxy() =>
        ProxyVariables.Any(name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)));

    /// <summary>True when calls to this address go through a forward proxy: then late bytes cannot be excluded.</summary>
    public static bool GoesThroughProxy(Uri address) =>
        EnvironmentNamesProxy() && HttpClient.DefaultProxy.GetProxy(address) is { } proxy && proxy != address && !HttpClient.DefaultProxy.IsBypassed(address);

    internal static async ValueTask<Stream> Connect(DnsEndPoint endPoint, TimeSpan unacknowledged, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            if (OperatingSystem.IsLinux())
            {
                socket.SetRawSocketOption(IpProtoTcp, TcpUserTimeout, BitConverter.GetBytes((int)unacknowledged.TotalMilliseconds));
            }

            await socket.ConnectAsync(endPoint, cancellation);
            return new AbortingStream(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Closes without a word. The framework's stream shuts its socket down first, which sends what is queued and a FIN ahead of
    /// the reset, so the peer would see an orderly end of a request that was given up.
    /// </summary>
    private sealed class AbortingStream(Socket socket) : NetworkStream(socket, ownsSocket: false)
    {
        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (disposing)
            {
                Socket.Close(timeout: 0);
            }
        }
    }
}
