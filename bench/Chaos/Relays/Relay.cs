using System.Net;
using System.Net.Sockets;

namespace ThreadGrains.Chaos.Relays;

/// <summary>
/// A TCP proxy in this process, through which one side reaches another, and that can be cut: for all, or for what one process
/// opened. It knows nothing of what runs through it.
/// </summary>
internal sealed class Relay : IWay, IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly IPEndPoint _target;
    private readonly Func<IPEndPoint, string?> _ownerOf;
    private readonly HashSet<RelayedConnection> _connections = [];
    private readonly Dictionary<string, Cut> _from = [];
    private readonly Lock _gate = new();
    private readonly Task _accepting;
    private Cut _cut;

    /// <param name="target">The port on loopback where everything goes.</param>
    /// <param name="ownerOf">Whose end of a connection this is; asked once for each connection.</param>
    /// <param name="at">Where it listens; null: on loopback.</param>
    public Relay(int target, Func<IPEndPoint, string?>? ownerOf = null, IPAddress? at = null)
    {
        _target = new IPEndPoint(IPAddress.Loopback, target);
        _ownerOf = ownerOf ?? (_ => null);
        _listener = new TcpListener(at ?? IPAddress.Loopback, 0);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = Accept();
    }

    /// <summary>The port on which it listens.</summary>
    public int Port { get; }

    /// <summary>Connections that are open.</summary>
    public int Open => Count(_ => true);

    /// <summary>Of these, those of which something was swallowed.</summary>
    public int Broken => Count(connection => connection.HasSwallowed);

    /// <summary>Of these, those in which bytes wait.</summary>
    public int Holding => Count(connection => connection.Holds);

    /// <summary>Cuts or heals: everything, or what one process opened.</summary>
    public void Set(Cut cut, string? from = null)
    {
        lock (_gate)
        {
            if (from is null)
            {
                _cut = cut;
            }
            else
            {
                _from[from] = cut;
            }

            foreach (var connection in _connections)
            {
                connection.Set(Of(connection.Owner));
            }
        }
    }

    Task IWay.Set(Cut cut, string? from)
    {
        Set(cut, from);
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        lock (_gate)
        {
            foreach (var connection in _connections)
            {
                connection.Reset();
            }
        }
    }

    private int Count(Func<RelayedConnection, bool> which)
    {
        lock (_gate)
        {
            return _connections.Count(which);
        }
    }

    private Cut Of(string? owner) => _cut != Cut.None ? _cut : owner is not null && _from.TryGetValue(owner, out var cut) ? cut : Cut.None;

    private async Task Accept()
    {
        while (true)
        {
            Socket near;
            try
            {
                near = await _listener.AcceptSocketAsync();
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
            {
                return;
            }

            _ = Serve(near);
        }
    }

    private async Task Serve(Socket near)
    {
        string? owner = _ownerOf((IPEndPoint)near.RemoteEndPoint!);
        var connection = new RelayedConnection(near, owner);
        lock (_gate)
        {
            _connections.Add(connection);
            connection.Set(Of(owner));
        }

        await connection.Run(_target);
        lock (_gate)
        {
            _connections.Remove(connection);
        }
    }
}
