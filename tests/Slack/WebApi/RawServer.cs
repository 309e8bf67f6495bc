using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ThreadGrains.Slack.Tests.WebApi;

/// <summary>
/// A server that sees the bytes: one request a time on a connection, kept as they came, answered by the test's script. It also
/// tells how each connection ended, which no HTTP server does.
/// </summary>
internal sealed class RawServer : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private readonly ConcurrentBag<Task> _serving = [];
    private readonly Func<RawRequest, RawAnswer> _script;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<ConnectionEnd>> _ends = new();
    private int _connections;

    /// <param name="script">Called once for each complete request.</param>
    public RawServer(Func<RawRequest, RawAnswer> script)
    {
        _script = script;
        _listener.Start();
        _accepting = Accept();
    }

    public Uri Api => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/api/"));

    public ConcurrentQueue<RawRequest> Requests { get; } = new();

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>How the n-th connection (from 1) ended, when it has.</summary>
    public async Task<ConnectionEnd> End(int connection) =>
        await _ends.GetOrAdd(connection, _ => new TaskCompletionSource<ConnectionEnd>(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_serving);
        _stop.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                _serving.Add(Serve(socket, Interlocked.Increment(ref _connections)));
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
        }
    }

    private async Task Serve(Socket socket, int connection)
    {
        long bytes = 0;
        var how = How.ByServer;
        try
        {
            var buffer = new List<byte>();
            var chunk = new byte[16 * 1024];
            while (true)
            {
                var read = await socket.ReceiveAsync(chunk, _stop.Token);
                if (read == 0)
                {
                    how = How.Closed;
                    return;
                }

                bytes += read;
                buffer.AddRange(chunk.AsSpan(0, read));
                if (RawRequest.TryTake(buffer, connection) is not { } request)
                {
                    continue;
                }

                Requests.Enqueue(request);
                var answer = _script(request);
                if (answer.Bytes is { } reply)
                {
                    await socket.SendAsync(reply, _stop.Token);
                }

                if (answer.Then == After.Close)
                {
                    socket.Shutdown(SocketShutdown.Both);
                    return;
                }

                if (answer.Then == After.Reset)
                {
                    socket.LingerState = new LingerOption(true, 0);
                    return;
                }
            }
        }
        catch (SocketException broken) when (broken.SocketErrorCode == SocketError.ConnectionReset)
        {
            how = How.Reset;
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            socket.Dispose();
            _ends.GetOrAdd(connection, _ => new TaskCompletionSource<ConnectionEnd>(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult(new ConnectionEnd(how, bytes));
        }
    }
}

internal enum How
{
    ByServer,
    Closed,
    Reset,
}

internal sealed record ConnectionEnd(How How, long Bytes);

internal enum After
{
    KeepOpen,
    Close,
    Reset,
}

internal sealed record RawAnswer(byte[]? Bytes, After Then)
{
    /// <summary>Read the request, and say nothing at all.</summary>
    public static RawAnswer Silence { get; } = new(null, After.KeepOpen);

    public static RawAnswer Hangup { get; } = new(null, After.Close);

    public static RawAnswer Reset { get; } = new(null, After.Reset);

    public static RawAnswer Json(string body, int status = 200, params ReadOnlySpan<string> headers) =>
        new(Encoding.UTF8.GetBytes(Head(status, Encoding.UTF8.GetByteCount(body), "application/json; charset=utf-8", headers) + body), After.KeepOpen);

    public static RawAnswer Html(int status, params ReadOnlySpan<string> headers)
    {
        const string Page = "<!DOCTYPE html><html><body>no Slack here</body></html>";
        return new RawAnswer(Encoding.UTF8.GetBytes(Head(status, Page.Length, "text/html", headers) + Page), After.KeepOpen);
    }

    /// <summary>An answer that ends in the middle of its body.</summary>
    public static RawAnswer CutOff(string body) => new(Encoding.UTF8.GetBytes(Head(200, body.Length + 100, "application/json", []) + body), After.Close);

    private static string Head(int status, int length, string type, ReadOnlySpan<string> headers)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} Status\r\nContent-Type: {type}\r\nContent-Length: {length}\r\n");
        foreach (var header in headers)
        {
            head += header + "\r\n";
        }

        return head + "\r\n";
    }
}

internal sealed record RawRequest(int Connection, string Line, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string Method => Line.Split(' ')[1].Split('/')[^1];

    public static RawRequest? TryTake(List<byte> buffer, int connection)
    {
        var bytes = buffer.ToArray();
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return null;
        }

        var lines = Encoding.ASCII.GetString(bytes, 0, end).Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        var length = headers.TryGetValue("Content-Length", out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
        if (bytes.Length < end + 4 + length)
        {
            return null;
        }

        buffer.RemoveRange(0, end + 4 + length);
        return new RawRequest(connection, lines[0], headers, Encoding.UTF8.GetString(bytes, end + 4, length));
    }
}
